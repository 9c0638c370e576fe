#include "core/files.h"
#include "core/srgb.h"
#include "io/internal/imported_scene.h"
#include "io/internal/usd_text.h"
#include "io/listing.h"
#include "motion/kinematics.h"
#include <Eigen/LU>
#include <algorithm>
#include <set>

namespace mp4d {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

/// Meshes with UsdSkel, as this program and simple exporters write them.
class UsdImporter {
 public:
  UsdImporter(const std::filesystem::path& path, const UsdLayer& layer, const Files& packed, JobContext* job)
      : path_(path), layer_(layer), packed_(packed), job_(job), textures_(path.string()) {}

  Result<ImportedScene> run() {
    rate_ = metadata("timeCodesPerSecond", metadata("framesPerSecond", 24));
    if (!(rate_ > 0)) return error("timeCodesPerSecond must be above 0");
    MP4D_CHECK(visit(layer_.root, "", &UsdImporter::read_skeleton));
    MP4D_CHECK(visit(layer_.root, "", &UsdImporter::read_animation));
    MP4D_CHECK(visit(layer_.root, "", &UsdImporter::read_mesh));
    MP4D_CHECK(textures_.hand_out(picture_of_, scene_.materials));
    scene_.motion_only = scene_.meshes.empty() && !scene_.nodes.empty();
    to_metres_and_y_up();
    return std::move(scene_);
  }

 private:
  using Reader = Result<void> (UsdImporter::*)(const UsdPrim&, const std::string&);

  tl::unexpected<Error> error(const std::string& what) const {
    return fail(ErrorCode::kInput, "{}: {}", path_.string(), what);
  }

  double metadata(const char* name, double fallback) const {
    const auto found = layer_.metadata.find(name);
    return found == layer_.metadata.end() || found->second.numbers.empty() ? fallback : found->second.numbers[0];
  }

  Result<void> visit(const UsdPrim& prim, const std::string& path, Reader reader) {
    if (!path.empty()) {
      const UsdAttribute* order = prim.find("xformOpOrder");
      if (order && !order->value.texts.empty())
        return error(fmt::format("<{}> is moved by xformOps, which are not read; apply its transform first", path));
      MP4D_CHECK((this->*reader)(prim, path));
    }
    for (const auto& child : prim.children) MP4D_CHECK(visit(*child, path + "/" + child->name, reader));
    return {};
  }

  static const std::vector<double>& numbers(const UsdPrim& prim, const char* name) {
    static const std::vector<double> kNone;
    const UsdAttribute* attribute = prim.find(name);
    return attribute ? attribute->value.numbers : kNone;
  }
  static std::string text(const UsdPrim& prim, const char* name) {
    const UsdAttribute* attribute = prim.find(name);
    return attribute && !attribute->value.texts.empty() ? attribute->value.texts[0] : std::string();
  }
  static Mat4 matrix(const std::vector<double>& values, std::size_t index) {
    return Eigen::Map<const Eigen::Matrix4d>(&values[16 * index]).cast<float>();  // rows there are columns here
  }

  Result<void> read_skeleton(const UsdPrim& prim, const std::string& path) {
    if (prim.type != "Skeleton") return {};
    if (!joints_.empty()) return error("has several skeletons; only one can be read");
    const UsdAttribute* joints = prim.find("joints");
    if (!joints || joints->value.texts.empty()) return error(fmt::format("<{}> has no joints", path));
    joints_ = joints->value.texts;
    const std::vector<double>&rest = numbers(prim, "restTransforms"), &bind = numbers(prim, "bindTransforms");
    if (rest.size() != 16 * joints_.size() || bind.size() != 16 * joints_.size())
      return error(fmt::format("<{}> has {} joints, but restTransforms or bindTransforms for another number", path,
                               joints_.size()));
    for (std::size_t j = 0; j < joints_.size(); ++j) {
      ImportedNode node;
      const std::size_t slash = joints_[j].rfind('/');
      node.name = slash == std::string::npos ? joints_[j] : joints_[j].substr(slash + 1);
      if (slash != std::string::npos) node.parent = joint_index(joints_[j].substr(0, slash));
      if (node.parent >= static_cast<int>(j))
        return error(fmt::format("joint '{}' comes before its parent", joints_[j]));
      node.rest = decompose(matrix(rest, j));
      scene_.nodes.push_back(std::move(node));
      bind_.push_back(matrix(bind, j));
    }
    return {};
  }

  int joint_index(const std::string& path) const {
    const auto found = std::find(joints_.begin(), joints_.end(), path);
    return found == joints_.end() ? -1 : static_cast<int>(found - joints_.begin());
  }

  Result<void> read_animation(const UsdPrim& prim, const std::string& path) {
    if (prim.type != "SkelAnimation") return {};
    const UsdAttribute* joints = prim.find("joints");
    if (!joints) return error(fmt::format("<{}> names no joints", path));
    ImportedClip clip;
    clip.name = prim.name;
    struct Kind {
      const char* name;
      Path path;
      std::size_t width;
    };
    for (const Kind& kind : {Kind{"translations", Path::kTranslation, 3}, Kind{"rotations", Path::kRotation, 4},
                             Kind{"scales", Path::kScale, 3}}) {
      const UsdAttribute* attribute = prim.find(kind.name);
      if (!attribute) continue;
      std::map<double, UsdValue> samples = attribute->samples;
      if (samples.empty() && !attribute->value.numbers.empty()) samples[0] = attribute->value;
      const std::size_t first = clip.tracks.size();
      for (const std::string& joint : joints->value.texts) {
        ImportedTrack track;
        track.node = joint_index(joint);
        track.path = kind.path;
        if (track.node < 0) return error(fmt::format("<{}> moves '{}', which no skeleton has", path, joint));
        clip.tracks.push_back(std::move(track));
      }
      for (const auto& [code, value] : samples) {
        if (value.numbers.size() != kind.width * joints->value.texts.size())
          return error(fmt::format("<{}>: {} at {} has {} numbers for {} joints", path, kind.name, code,
                                   value.numbers.size(), joints->value.texts.size()));
        for (std::size_t j = 0; j < joints->value.texts.size(); ++j) {
          const double* v = &value.numbers[kind.width * j];
          ImportedTrack& track = clip.tracks[first + j];
          track.times.push_back(code / rate_);
          track.values.push_back(
              (kind.width == 4 ? Eigen::Vector4d(v[1], v[2], v[3], v[0]) : Eigen::Vector4d(v[0], v[1], v[2], 0))
                  .cast<float>());
        }
      }
    }
    scene_.clips.push_back(std::move(clip));
    return {};
  }

  template <class Rows>
  Result<void> read_rows(const UsdPrim& prim, const char* name, Eigen::Index count, Rows& rows) {
    const std::vector<double>& values = numbers(prim, name);
    if (values.empty()) return {};
    if (static_cast<Eigen::Index>(values.size()) != count * rows.cols()) {
      warn(job_,
           fmt::format("{}: mesh '{}': {} are not one a vertex and were left out", path_.string(), prim.name, name));
      return {};
    }
    rows.resize(count, rows.cols());
    for (Eigen::Index i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(values[i]);
    return {};
  }

  Result<void> read_mesh(const UsdPrim& prim, const std::string& path) {
    if (prim.type != "Mesh") return {};
    ImportedMesh mesh;
    mesh.name = prim.name;
    const std::vector<double>& points = numbers(prim, "points");
    const auto count = static_cast<Eigen::Index>(points.size() / 3);
    if (points.empty() || points.size() % 3 != 0) return error(fmt::format("<{}> has no points", path));
    MP4D_CHECK(read_rows(prim, "points", count, mesh.verts));
    MP4D_CHECK(read_rows(prim, "normals", count, mesh.normals));
    MP4D_CHECK(read_rows(prim, "primvars:st", count, mesh.uvs));
    MP4D_CHECK(read_rows(prim, "primvars:displayColor", count, mesh.colors));
    if (mesh.uvs.rows() > 0) mesh.uvs.col(1) = 1 - mesh.uvs.col(1).array();
    mesh.colors = mesh.colors.unaryExpr([](float c) { return srgb_from_linear(std::clamp(c, 0.0f, 1.0f)); }).eval();
    MP4D_TRY(polygons, read_faces(prim, path, mesh));
    MP4D_CHECK(read_materials(prim, polygons, mesh));
    MP4D_CHECK(read_skin(prim, path, mesh));
    scene_.meshes.push_back(std::move(mesh));
    return {};
  }

  /// Polygons as fans; returns the polygon of each triangle.
  Result<std::vector<int>> read_faces(const UsdPrim& prim, const std::string& path, ImportedMesh& mesh) {
    const std::vector<double>&counts = numbers(prim, "faceVertexCounts"), &indices = numbers(prim, "faceVertexIndices");
    std::vector<int> corners, polygons;
    std::size_t at = 0;
    for (std::size_t f = 0; f < counts.size(); ++f) {
      const double stated = std::max(0.0, counts[f]);
      const auto left = static_cast<double>(indices.size() - at);
      const auto size = static_cast<std::size_t>(std::min(stated, left));
      if (stated > left)
        return error(
            fmt::format("<{}>: faceVertexCounts need more than the {} faceVertexIndices", path, indices.size()));
      for (std::size_t k = 2; k < size; ++k) {
        for (const std::size_t i : {at, at + k - 1, at + k}) {
          if (!(indices[i] >= 0 && indices[i] < static_cast<double>(mesh.verts.rows())))
            return error(fmt::format("<{}>: face {} refers to point {} of {}", path, f, indices[i], mesh.verts.rows()));
          corners.push_back(static_cast<int>(indices[i]));
        }
        polygons.push_back(static_cast<int>(f));
      }
      at += size;
    }
    mesh.faces = Eigen::Map<const Faces>(corners.data(), static_cast<Eigen::Index>(corners.size() / 3), 3);
    return polygons;
  }

  Result<void> read_skin(const UsdPrim& prim, const std::string& path, ImportedMesh& mesh) {
    const std::vector<double>&joints = numbers(prim, "primvars:skel:jointIndices"),
          &weights = numbers(prim, "primvars:skel:jointWeights");
    if (joints_.empty() || joints.empty()) {
      if (joints_.empty()) mesh.node = own_node(prim.name);
      return {};
    }
    const auto count = static_cast<std::size_t>(mesh.verts.rows());
    if (joints.size() != weights.size() || joints.size() % count != 0)
      return error(fmt::format("<{}> has {} joint indices and {} weights for {} points", path, joints.size(),
                               weights.size(), count));
    const std::size_t width = joints.size() / count;
    Mat4 geometry = Mat4::Identity();
    if (numbers(prim, "primvars:skel:geomBindTransform").size() == 16)
      geometry = matrix(numbers(prim, "primvars:skel:geomBindTransform"), 0);
    std::vector<std::string> order = joints_;  // a mesh may have its own list of joints
    if (const UsdAttribute* own = prim.find("skel:joints"); own && !own->value.texts.empty()) order = own->value.texts;
    for (const std::string& name : order) {
      const int joint = joint_index(name);
      if (joint < 0) return error(fmt::format("<{}> follows '{}', which the skeleton lacks", path, name));
      mesh.bones.push_back(joint);
      mesh.bone_from_mesh.push_back(Mat4(bind_[joint].cast<double>().inverse().cast<float>() * geometry));
    }
    mesh.influences.resize(count);
    for (std::size_t v = 0; v < count; ++v)
      for (std::size_t k = 0; k < width; ++k) {
        const double joint = joints[v * width + k];
        if (!(joint >= 0 && joint < static_cast<double>(order.size())))
          return error(fmt::format("<{}>: point {} follows joint {} of {}", path, v, joint, order.size()));
        if (weights[v * width + k] > 0)
          mesh.influences[v].emplace_back(static_cast<int>(joint), static_cast<float>(weights[v * width + k]));
      }
    return {};
  }

  int own_node(const std::string& name) {
    ImportedNode node;
    node.name = name;
    scene_.nodes.push_back(std::move(node));
    return static_cast<int>(scene_.nodes.size()) - 1;
  }

  Result<void> read_materials(const UsdPrim& prim, const std::vector<int>& polygons, ImportedMesh& mesh) {
    MP4D_TRY(whole, material_at(text(prim, "material:binding")));
    mesh.face_material.assign(polygons.size(), whole);
    for (const auto& child : prim.children) {
      if (child->type != "GeomSubset") continue;
      MP4D_TRY(part, material_at(text(*child, "material:binding")));
      const std::vector<double>& indices = numbers(*child, "indices");
      const std::set<double> chosen(indices.begin(), indices.end());
      for (std::size_t t = 0; t < polygons.size(); ++t)
        if (chosen.count(polygons[t])) mesh.face_material[t] = part;
    }
    return {};
  }

  Result<int> material_at(const std::string& path) {
    const auto [entry, fresh] = materials_.emplace(path, static_cast<int>(scene_.materials.size()));
    if (!fresh) return entry->second;
    Material material;
    int shown = -1;
    const UsdPrim* prim = path.empty() ? nullptr : layer_.at(path);
    if (prim) {
      material.name = prim->name;
      for (const auto& shader : prim->children) MP4D_CHECK(read_shader(*shader, material, shown));
      if (shown >= 0) material.base_color.head<3>().setOnes();
    }
    scene_.materials.push_back(std::move(material));
    picture_of_.push_back(shown);
    return entry->second;
  }

  /// `shown`: index in textures_ of the picture on it.
  Result<void> read_shader(const UsdPrim& shader, Material& material, int& shown) {
    const std::string id = text(shader, "info:id");
    if (id == "UsdPreviewSurface") {
      const std::vector<double>&color = numbers(shader, "inputs:diffuseColor"),
            &opacity = numbers(shader, "inputs:opacity");
      if (color.size() == 3)
        material.base_color.head<3>() = Eigen::Vector3d(color[0], color[1], color[2]).cast<float>();
      else
        material.base_color.head<3>().setOnes();
      if (opacity.size() == 1) material.base_color[3] = static_cast<float>(opacity[0]);
    }
    const std::string file = text(shader, "inputs:file");
    if (id != "UsdUVTexture" || file.empty()) return {};
    const auto packed =
        std::find_if(packed_.begin(), packed_.end(), [&](const auto& entry) { return entry.first == file; });
    std::filesystem::path beside;
    if (packed == packed_.end()) {
      MP4D_TRY(resolved, resolve_reference(path_, file));
      beside = resolved;
    }
    const auto picture = textures_.find(beside.empty() ? file : beside.string(), [&]() -> Result<Image> {
      if (beside.empty()) return decode_image(packed->second);
      MP4D_TRY(bytes, read_regular_file(beside));
      return decode_image(bytes);
    });
    if (!picture && picture.error().code == ErrorCode::kResource) return tl::unexpected(picture.error());
    if (picture) shown = *picture;
    else
      warn(job_, fmt::format("{}: texture '{}' is missing or unreadable", path_.string(), file));
    return {};
  }

  void to_metres_and_y_up() {
    const auto scale = static_cast<float>(metadata("metersPerUnit", 0.01));
    const auto up = layer_.metadata.find("upAxis");
    Mat3 turn = Mat3::Identity();
    if (up != layer_.metadata.end() && up->second.texts == std::vector<std::string>{"Z"})
      turn << 1, 0, 0, 0, 0, 1, 0, -1, 0;
    const Quat rotation(turn);
    for (ImportedNode& node : scene_.nodes) {
      node.rest.translation *= scale;
      if (node.parent >= 0) continue;
      node.rest.translation = turn * node.rest.translation;
      node.rest.rotation = rotation * node.rest.rotation;
    }
    for (ImportedMesh& mesh : scene_.meshes) {
      const bool rigid = mesh.bones.empty();  // then its own node is turned
      mesh.verts = (scale * mesh.verts).eval();
      if (!rigid) mesh.verts = (mesh.verts * turn.transpose()).eval();
      if (!rigid && mesh.normals.rows() > 0) mesh.normals = (mesh.normals * turn.transpose()).eval();
      for (Mat4& m : mesh.bone_from_mesh) {
        m.topLeftCorner<3, 3>() = (m.topLeftCorner<3, 3>() * turn.transpose()).eval();
        m.topRightCorner<3, 1>() *= scale;
      }
    }
    for (ImportedClip& clip : scene_.clips)
      for (ImportedTrack& track : clip.tracks) {
        const bool root = scene_.nodes[track.node].parent < 0;
        for (Vec4& value : track.values) {
          if (track.path == Path::kTranslation) value.head<3>() *= scale;
          if (root && track.path == Path::kTranslation) value.head<3>() = turn * Vec3(value.head<3>());
          if (root && track.path == Path::kRotation) value = (rotation * Quat(value)).coeffs();
        }
      }
  }

  const std::filesystem::path& path_;
  const UsdLayer& layer_;
  const Files& packed_;
  JobContext* job_;
  double rate_ = 24;
  std::vector<std::string> joints_;
  std::vector<Mat4> bind_;
  std::map<std::string, int> materials_;
  std::vector<int> picture_of_;  // one a material
  Textures textures_;
  ImportedScene scene_;
};

}  // namespace

Result<ImportedScene> import_usd(const std::filesystem::path& path, JobContext* job) {
  MP4D_TRY(bytes, read_file(path));
  Files files;
  std::string text;
  if (lower_extension(path) == ".usdz") {
    MP4D_TRY(unpacked, unpack_usdz(path.string(), bytes));
    files = std::move(unpacked);
    text = files[0].second;
  } else {
    text = std::move(bytes);
  }
  MP4D_TRY(layer, parse_usda(path.string(), text));
  return UsdImporter(path, layer, files, job).run();
}

}  // namespace mp4d
