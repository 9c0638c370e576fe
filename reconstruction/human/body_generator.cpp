#include "reconstruction/human/body_generator.h"
#include "reconstruction/human/body_colors.h"
#include "reconstruction/human/body_garment.h"
#include "reconstruction/human/body_morph.h"
#include "reconstruction/human/body_weights.h"
#include "reconstruction/human/garment_names.h"
#include <algorithm>
#include <filesystem>
#include <functional>

namespace mp4d::human {
namespace {

/// Cube of helper vertices of the base mesh around each joint; they follow the morph.
constexpr std::array<std::string_view, kJointCount> kJointCubes = {
    "joint-pelvis",    "joint-l-upper-leg", "joint-r-upper-leg",  "joint-spine-4",     "joint-l-knee",
    "joint-r-knee",    "joint-spine-2",     "joint-l-ankle",      "joint-r-ankle",     "joint-spine-1",
    "joint-l-toe-3-1", "joint-r-toe-3-1",   "joint-neck",         "joint-l-clavicle",  "joint-r-clavicle",
    "joint-head",      "joint-l-shoulder",  "joint-r-shoulder",   "joint-l-elbow",     "joint-r-elbow",
    "joint-l-hand",    "joint-r-hand",      "joint-l-finger-3-1", "joint-r-finger-3-1"};

/// How far skin that a garment covers is drawn in, so that it does not show through in a pose; it has the garment's
/// colour for the same reason.
constexpr float kTuckMetres = 0.006f;

struct Wardrobe {
  std::vector<std::string> names;
  std::vector<Garment> garments;

  const Garment* find(int index) const {
    return index >= 0 && index < static_cast<int>(garments.size()) ? &garments[index] : nullptr;
  }
};

std::vector<int> vertices_of_group(const ObjFile& obj, std::string_view group) {
  std::vector<int> vertices;
  for (std::size_t f = 0; f < obj.group_of_face.size(); ++f)
    if (obj.group_of_face[f] >= 0 && obj.groups[obj.group_of_face[f]] == group)
      for (int corner = 0; corner < 3; ++corner) vertices.push_back(obj.faces(static_cast<Eigen::Index>(f), corner));
  std::sort(vertices.begin(), vertices.end());
  vertices.erase(std::unique(vertices.begin(), vertices.end()), vertices.end());
  return vertices;
}

Faces faces_of_group(const ObjFile& obj, std::string_view group) {
  std::vector<Eigen::Index> chosen;
  for (std::size_t f = 0; f < obj.group_of_face.size(); ++f)
    if (obj.group_of_face[f] >= 0 && obj.groups[obj.group_of_face[f]] == group)
      chosen.push_back(static_cast<Eigen::Index>(f));
  return obj.faces(chosen, Eigen::all);
}

/// Which part of an eyeball of the base mesh each of its vertices is on; the eyes look along +z.
std::vector<EyeZone> eye_zones(const Points& ball) {
  const Vec3 centre = ball.colwise().mean().transpose();
  std::vector<EyeZone> zones;
  for (Eigen::Index v = 0; v < ball.rows(); ++v) {
    const Vec3 out = ball.row(v).transpose() - centre;
    const float off_axis = out.head<2>().norm() / out.norm();
    zones.push_back(out.z() < 0 || off_axis > 0.5f ? EyeZone::kWhite
                    : off_axis > 0.3f              ? EyeZone::kIris
                                                   : EyeZone::kPupil);
  }
  return zones;
}

Result<Wardrobe> load_wardrobe(const std::filesystem::path& folder, const std::vector<std::string>& names,
                               const Points& base, const std::vector<JointWeights>& weights) {
  Wardrobe wardrobe;
  for (const std::string& name : names) {
    const std::filesystem::path own = folder / (name.starts_with("fedora") ? "fedora01" : name);
    MP4D_TRY(garment, Garment::load(own / (name + ".mhclo"), base, weights));
    wardrobe.names.push_back(name);
    wardrobe.garments.push_back(std::move(garment));
  }
  return wardrobe;
}

}  // namespace

struct BodyGenerator::Data {
  Points base;  ///< skin first, then helpers
  int skin_vertices = 0;
  Faces skin_faces;
  std::vector<int> body;  ///< rows of the base mesh that are shown: the skin, then the eyes
  Faces body_faces;       ///< of rows of `body`
  std::vector<JointWeights> body_weights;
  std::vector<EyeZone> eyes;
  std::array<std::vector<int>, kJointCount> cubes;
  std::vector<JointWeights> weights;  ///< of the base mesh
  BodyMorph morph;
  Wardrobe suits, shoes, hair, hats;

  struct Rest {
    Points verts;  ///< as base; the skin's lowest point at y = 0
    Joints joints;
  };
  Rest rest(const Attributes& attributes) const {
    Rest rest{morph.apply(base, attributes), Joints::Zero()};
    rest.verts.col(1).array() -= rest.verts.col(1).head(skin_vertices).minCoeff();
    for (int j = 0; j < kJointCount; ++j) {
      for (const int vertex : cubes[j]) rest.joints.row(j) += rest.verts.row(vertex);
      rest.joints.row(j) /= static_cast<float>(cubes[j].size());
    }
    return rest;
  }
};

Result<BodyGenerator> BodyGenerator::load(const std::string& folder) {
  const std::filesystem::path core = std::filesystem::path(folder) / "makehuman" / "data";
  const std::filesystem::path extra = std::filesystem::path(folder) / "makehuman_extra";
  auto data = std::make_shared<Data>();

  const std::filesystem::path base_file = core / "3dobjs" / "base.obj";
  MP4D_TRY(base, read_obj_groups(base_file));
  const int base_vertex_count = static_cast<int>(base.verts.rows());
  data->skin_faces = faces_of_group(base, "body");
  const std::vector<int> skin = vertices_of_group(base, "body");
  if (skin.empty() || skin.back() + 1 != static_cast<int>(skin.size()))
    return fail(ErrorCode::kInput,
                "{}: the vertices of group body must be the first of the file; unpack the MakeHuman data again",
                base_file.string());
  data->skin_vertices = static_cast<int>(skin.size());
  for (int j = 0; j < kJointCount; ++j) {
    data->cubes[j] = vertices_of_group(base, kJointCubes[j]);
    if (data->cubes[j].empty())
      return fail(ErrorCode::kInput, "{}: no group {}; unpack the MakeHuman data again", base_file.string(),
                  kJointCubes[j]);
  }
  data->body = skin;
  data->body_faces = data->skin_faces;
  for (const std::string_view group : {"helper-l-eye", "helper-r-eye"}) {
    const std::vector<int> ball = vertices_of_group(base, group);
    if (ball.empty())
      return fail(ErrorCode::kInput, "{}: no group {}; unpack the MakeHuman data again", base_file.string(), group);
    Faces faces = faces_of_group(base, group);
    const int first = static_cast<int>(data->body.size());
    for (int& vertex : faces.reshaped())
      vertex = first + static_cast<int>(std::lower_bound(ball.begin(), ball.end(), vertex) - ball.begin());
    data->body_faces.conservativeResize(data->body_faces.rows() + faces.rows(), 3);
    data->body_faces.bottomRows(faces.rows()) = faces;
    data->body.insert(data->body.end(), ball.begin(), ball.end());
    const std::vector<EyeZone> zones = eye_zones(base.verts(ball, Eigen::all));
    data->eyes.insert(data->eyes.end(), zones.begin(), zones.end());
  }
  data->base = std::move(base.verts);

  MP4D_TRY(bones, read_bone_weights(extra / "rigs" / "weights.cmu_mb.json", base_vertex_count));
  MP4D_TRY(weights, joint_weights(bones, base_vertex_count));
  data->weights = std::move(weights);
  for (const int row : data->body) data->body_weights.push_back(data->weights[static_cast<std::size_t>(row)]);
  MP4D_TRY(morph, BodyMorph::load(core / "targets", base_vertex_count));
  data->morph = std::move(morph);

  struct {
    Wardrobe* wardrobe;
    const char* kind;
    const std::vector<std::string>& names;
  } const wardrobes[] = {{&data->suits, "clothes", kSuitNames},
                         {&data->shoes, "clothes", kShoeNames},
                         {&data->hair, "hair", kHairNames},
                         {&data->hats, "clothes", kHatNames}};
  for (const auto& [wardrobe, kind, names] : wardrobes) {
    MP4D_TRY(loaded, load_wardrobe(extra / "base" / kind, names, data->base, data->weights));
    *wardrobe = std::move(loaded);
  }

  BodyGenerator generator;
  generator.data_ = std::move(data);
  return generator;
}

const std::vector<std::string>& BodyGenerator::suits() const { return data_->suits.names; }
const std::vector<std::string>& BodyGenerator::shoes() const { return data_->shoes.names; }
const std::vector<std::string>& BodyGenerator::hair() const { return data_->hair.names; }
const std::vector<std::string>& BodyGenerator::hats() const { return data_->hats.names; }

Joints BodyGenerator::rest_joints(const Attributes& attributes) const { return data_->rest(attributes).joints; }

Body BodyGenerator::make(const Attributes& attributes, const Pose& pose) const {
  const Data& d = *data_;
  const Data::Rest rest = d.rest(attributes);

  struct Layer {
    BodyPart part;
    const Garment* garment;
    std::function<Vec3(bool lower)> color;
  };
  std::vector<Layer> layers = {
      {BodyPart::kTop, d.suits.find(attributes.suit), [&](bool lower) { return suit_color(attributes, lower); }},
      {BodyPart::kShoes, d.shoes.find(attributes.shoes), [&](bool) { return shoe_color(attributes); }},
      {BodyPart::kHair, d.hair.find(attributes.hair), [&](bool) { return hair_color(attributes); }},
      {BodyPart::kHat, d.hats.find(attributes.hat), [&](bool) { return hat_color(attributes); }}};
  std::erase_if(layers, [](const Layer& layer) { return layer.garment == nullptr; });

  const Eigen::Index body_count = static_cast<Eigen::Index>(d.body.size());
  Eigen::Index vert_count = body_count, face_count = d.body_faces.rows();
  for (const Layer& layer : layers) {
    vert_count += static_cast<Eigen::Index>(layer.garment->weights().size());
    face_count += layer.garment->faces().rows();
  }
  Body body;
  Mesh& mesh = body.mesh;
  mesh.verts.resize(vert_count, 3);
  mesh.colors.resize(vert_count, 3);
  mesh.faces.resize(face_count, 3);
  body.parts.assign(static_cast<std::size_t>(vert_count), BodyPart::kSkin);

  const std::array<Iso3, kJointCount> world_from_rest = joint_transforms(rest.joints, pose);
  auto naked = mesh.verts.topRows(body_count);
  naked = rest.verts(d.body, Eigen::all);
  mesh.faces.topRows(d.body_faces.rows()) = d.body_faces;
  mesh.colors.topRows(d.skin_vertices).rowwise() = skin_color(attributes).transpose();
  for (std::size_t v = 0; v < d.eyes.size(); ++v)
    mesh.colors.row(d.skin_vertices + static_cast<Eigen::Index>(v)) = eye_color(attributes, d.eyes[v]).transpose();
  Points normals;  // of the skin, where something covers it
  std::vector<bool> covered(static_cast<std::size_t>(d.skin_vertices), false);
  Eigen::Index first_vert = body_count, first_face = d.body_faces.rows();
  for (const Layer& layer : layers) {
    const Garment& garment = *layer.garment;
    const Eigen::Index verts = static_cast<Eigen::Index>(garment.weights().size());
    auto placed = mesh.verts.middleRows(first_vert, verts);
    placed = garment.fit(rest.verts);
    pose_vertices(garment.weights(), world_from_rest, placed);
    mesh.faces.middleRows(first_face, garment.faces().rows()) = garment.faces().array() + static_cast<int>(first_vert);
    for (Eigen::Index v = 0; v < verts; ++v) {
      mesh.colors.row(first_vert + v) = layer.color(garment.lower()[v]).transpose();
      body.parts[first_vert + v] =
          layer.part == BodyPart::kTop && garment.lower()[v] ? BodyPart::kTrousers : layer.part;
    }
    if (!garment.covered().empty() && normals.rows() == 0)
      normals = vertex_normals(rest.verts.topRows(d.skin_vertices), d.skin_faces);
    for (const auto& [vertex, lower] : garment.covered()) {
      if (vertex >= d.skin_vertices || covered[vertex]) continue;  // helpers, or boots under trousers
      covered[vertex] = true;
      naked.row(vertex) = rest.verts.row(vertex) - kTuckMetres * normals.row(vertex);
      mesh.colors.row(vertex) = layer.color(lower).transpose();
    }
    first_vert += verts;
    first_face += garment.faces().rows();
  }
  pose_vertices(d.body_weights, world_from_rest, naked);
  body.joints = posed_joints(rest.joints, pose);
  return body;
}

}  // namespace mp4d::human
