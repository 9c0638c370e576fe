#include "core/json_file.h"
#include "core/srgb.h"
#include "io/internal/gltf_file.h"
#include "io/internal/imported_scene.h"
#include "motion/kinematics.h"
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace mp4d {
namespace {

using Json = nlohmann::json;

// Of the whole scene: a mesh is as large as the number of nodes that show it, and many may share the file's data.
constexpr std::size_t kMostVertices = 100'000'000, kMostFaces = 2 * kMostVertices, kMostInfluences = 4 * kMostVertices;
constexpr std::size_t kMostBones = 10'000'000;
constexpr std::size_t kLongestName = 200;  // of a mesh, which only messages tell
constexpr std::size_t kMostKeyValues = std::size_t{3} << 25;  // of a clip of the most transforms, each path animated

struct UvTransform {
  float offset[2] = {0, 0}, scale[2] = {1, 1}, rotation = 0;
};

class GltfImporter {
 public:
  GltfImporter(const GltfFile& file, const std::string& where, JobContext* job) : file_(file), where_(where), job_(job), textures_(where) {}

  Result<ImportedScene> run() {
    MP4D_CHECK(read_nodes());
    MP4D_CHECK(read_materials());
    MP4D_CHECK(count_uses());
    const Json& nodes = file_.list("nodes");
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].contains("mesh")) MP4D_CHECK(read_mesh(static_cast<int>(i)));
    }
    for (const Json& animation : file_.list("animations")) MP4D_CHECK(read_animation(animation));
    scene_.motion_only = file_.list("meshes").empty() && !scene_.clips.empty();
    if (morphs_) warn(job_, "morph targets are not read; the mesh keeps its base shape");
    return std::move(scene_);
  }

 private:
  /// `index` of array `name` as int, checked.
  Result<int> reference(const Json& index, const char* name) const {
    const std::size_t value = whole(index);
    if (value >= file_.list(name).size()) return file_.error(fmt::format("{} {} does not exist", name, value));
    return static_cast<int>(value);
  }

  Result<void> read_nodes() {
    const Json& nodes = file_.list("nodes");
    scene_.nodes.resize(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Json& json = nodes[i];
      ImportedNode& node = scene_.nodes[i];
      node.name = json.value("name", std::string());
      node.holds_object = json.contains("camera") || json.contains("extensions");
      if (json.contains("matrix")) {
        const auto m = json.at("matrix").get<std::vector<float>>();
        if (m.size() != 16) return file_.error(fmt::format("node {} has a matrix of {} numbers", i, m.size()));
        node.rest = decompose(Eigen::Map<const Mat4>(m.data()));
      }
      MP4D_CHECK(read_vector(json, "translation", node.rest.translation));
      MP4D_CHECK(read_vector(json, "scale", node.rest.scale));
      Vec4 rotation = node.rest.rotation.coeffs();
      MP4D_CHECK(read_vector(json, "rotation", rotation));
      node.rest.rotation = rotation.norm() > 1e-12f ? Quat(Vec4(rotation.normalized())) : Quat::Identity();
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      for (const Json& child : nodes[i].value("children", Json::array())) {
        MP4D_TRY(c, reference(child, "nodes"));
        if (scene_.nodes[c].parent >= 0) return file_.error(fmt::format("node {} has two parents", c));
        scene_.nodes[c].parent = static_cast<int>(i);
      }
    }
    return mark_scene();
  }

  template <class V>
  Result<void> read_vector(const Json& json, const char* key, V& out) const {
    if (!json.contains(key)) return {};
    const auto values = json.at(key).get<std::vector<float>>();
    if (values.size() != std::size_t(out.size())) {
      return file_.error(fmt::format("{} has {} numbers instead of {}", key, values.size(), out.size()));
    }
    for (int i = 0; i < out.size(); ++i) out[i] = values[i];
    return {};
  }

  Result<void> mark_scene() {
    const Json& scenes = file_.list("scenes");
    if (scenes.empty()) return {};
    MP4D_TRY(shown, reference(file_.json().value("scene", Json(0)), "scenes"));
    for (ImportedNode& node : scene_.nodes) node.in_scene = false;
    std::vector<int> stack;
    for (const Json& root : scenes[shown].value("nodes", Json::array())) {
      MP4D_TRY(index, reference(root, "nodes"));
      stack.push_back(index);
    }
    while (!stack.empty()) {
      const int i = stack.back();
      stack.pop_back();
      if (scene_.nodes[i].in_scene) continue;
      scene_.nodes[i].in_scene = true;
      for (const Json& child : file_.list("nodes")[i].value("children", Json::array())) stack.push_back(whole_int(child));
    }
    return {};
  }

  Result<void> read_materials() {
    std::vector<int> picture_of;
    for (const Json& json : file_.list("materials")) {
      int picture = -1;
      Material material;
      material.name = json.value("name", std::string());
      material.double_sided = json.value("doubleSided", false);
      material.base_color = Vec4::Ones();
      const Json pbr = json.value("pbrMetallicRoughness", Json::object());
      MP4D_CHECK(read_vector(pbr, "baseColorFactor", material.base_color));
      int uv_set = 0;
      UvTransform transform;
      if (pbr.contains("baseColorTexture")) {
        const Json& texture = pbr.at("baseColorTexture");
        uv_set = whole_int(texture, "texCoord", 0);
        const Json extensions = texture.value("extensions", Json::object());
        if (extensions.contains("KHR_texture_transform")) {
          const Json& t = extensions.at("KHR_texture_transform");
          uv_set = whole_int(t, "texCoord", uv_set);
          transform.rotation = t.value("rotation", 0.0f);
          for (int i = 0; i < 2; ++i) {
            if (t.contains("offset")) transform.offset[i] = t.at("offset").at(i).get<float>();
            if (t.contains("scale")) transform.scale[i] = t.at("scale").at(i).get<float>();
          }
        }
        MP4D_TRY(index, reference(texture.at("index"), "textures"));
        MP4D_TRY(shown, read_texture(index));
        picture = shown;
      }
      picture_of.push_back(picture);
      scene_.materials.push_back(std::move(material));
      uv_sets_.push_back(uv_set);
      uv_transforms_.push_back(transform);
    }
    MP4D_CHECK(textures_.hand_out(picture_of, scene_.materials));
    for (std::size_t m = 0; m < picture_of.size(); ++m)
      if (file_.list("materials")[m].value("alphaMode", std::string("OPAQUE")) == "OPAQUE") drop_alpha(scene_.materials[m].texture);
    return {};
  }

  static void drop_alpha(Image& image) {
    if (image.channels != 4) return;
    Image rgb(image.width, image.height, 3);
    for (std::size_t i = 0; i < image.pixels(); ++i) std::copy_n(&image.data[4 * i], 3, &rgb.data[3 * i]);
    image = std::move(rgb);
  }

  /// Index in textures_, -1 if it was left out.
  Result<int> read_texture(int index) {
    const Json& texture = file_.list("textures")[index];
    const Json extensions = texture.value("extensions", Json::object());
    Json source = texture.value("source", Json());
    if (extensions.contains("EXT_texture_webp")) source = extensions.at("EXT_texture_webp").at("source");
    if (source.is_null()) {
      warn(job_, fmt::format("texture {} is in a format that cannot be read and was left out", index));
      return -1;
    }
    MP4D_TRY(image_index, reference(source, "images"));
    return textures_.find(fmt::format("{}", image_index), [&] { return read_image_entry(image_index); });
  }

  Result<Image> read_image_entry(int index) const {
    const Json& json = file_.list("images")[index];
    std::string content;
    std::string_view bytes;
    if (json.contains("bufferView")) {
      MP4D_TRY(viewed, file_.view(whole(json.at("bufferView"))));
      bytes = viewed;
    } else {
      MP4D_TRY(loaded, file_.load_uri(json.at("uri").get<std::string>()));
      bytes = content = std::move(loaded);
    }
    auto image = decode_image(bytes);
    if (!image) return fail(image.error().code, "{}: image {} is {}", where_, index, image.error().message);
    return image;
  }

  /// What is known of the scene's size before it is read.
  Result<void> count_uses() {
    shown_.assign(file_.list("meshes").size(), 0);
    std::size_t bones = 0;
    for (const Json& node : file_.list("nodes")) {
      if (!node.contains("mesh")) continue;
      MP4D_TRY(mesh, reference(node.at("mesh"), "meshes"));
      ++shown_[static_cast<std::size_t>(mesh)];
      if (!node.contains("skin")) continue;
      MP4D_TRY(skin, reference(node.at("skin"), "skins"));
      MP4D_CHECK(count_in(bones, file_.list("skins")[skin].at("joints").size(), kMostBones, "bones of skins"));
    }
    std::size_t values = 0;
    for (const Json& animation : file_.list("animations"))
      for (const Json& channel : animation.at("channels")) {
        const std::size_t sampler = whole(channel.at("sampler"));
        if (sampler >= animation.at("samplers").size()) continue;  // told when it is read
        const std::size_t output = whole(animation.at("samplers")[sampler].at("output"));
        if (output >= file_.list("accessors").size()) continue;
        MP4D_CHECK(count_in(values, whole(file_.list("accessors")[output].at("count")), kMostKeyValues, "values of animations"));
      }
    return {};
  }

  Result<void> count_in(std::size_t& sum, std::size_t more, std::size_t most, const char* what) const {
    sum += std::min(more, most + 1);
    if (sum <= most) return {};
    return file_.error(fmt::format("shows more than {} {}, copies included; simplify it", most, what));
  }

  /// One ImportedMesh a group of primitives that share their vertices.
  Result<void> read_mesh(int node) {
    const Json& node_json = file_.list("nodes")[node];
    MP4D_TRY(mesh_index, reference(node_json.at("mesh"), "meshes"));
    const Json& mesh_json = file_.list("meshes")[mesh_index];
    // Counted when it is first read, for all nodes that show it.
    const std::size_t copies = std::exchange(shown_[static_cast<std::size_t>(mesh_index)], 0);
    std::map<std::string, std::size_t> group_of;
    const std::size_t first = scene_.meshes.size();
    for (const Json& primitive : mesh_json.at("primitives")) {
      MP4D_CHECK(check(job_));
      const int mode = whole_int(primitive, "mode", 4);
      if (mode < 4) continue;  // points and lines
      if (mode > 6) return file_.error(fmt::format("primitive mode {} is unknown", mode));
      morphs_ |= primitive.contains("targets");
      int material = -1;
      if (primitive.contains("material")) {
        MP4D_TRY(index, reference(primitive.at("material"), "materials"));
        material = index;
      }
      const Json& attributes = primitive.at("attributes");
      if (!attributes.contains("POSITION")) continue;
      const UvTransform uv = material < 0 ? UvTransform{} : uv_transforms_[material];
      const std::string key = fmt::format("{} {} {} {} {} {} {}", attributes.dump(), material < 0 ? 0 : uv_sets_[material],
                                          uv.offset[0], uv.offset[1], uv.scale[0], uv.scale[1], uv.rotation);
      const auto [known, is_new] = group_of.try_emplace(key, scene_.meshes.size());
      if (is_new) {
        ImportedMesh mesh;
        mesh.node = node;
        mesh.name = mesh_json.value("name", fmt::format("mesh_{}", mesh_index)).substr(0, kLongestName);
        MP4D_CHECK(read_vertices(attributes, material, copies, mesh));
        scene_.meshes.push_back(std::move(mesh));
      }
      MP4D_CHECK(read_faces(primitive, mode, material < 0 ? default_material() : material, copies, scene_.meshes[known->second]));
    }
    if (!node_json.contains("skin")) return {};
    MP4D_TRY(skin, reference(node_json.at("skin"), "skins"));
    for (std::size_t m = first; m < scene_.meshes.size(); ++m) {
      if (!scene_.meshes[m].influences.empty()) MP4D_CHECK(read_skin(skin, scene_.meshes[m]));
    }
    return {};
  }

  /// glTF's white material, appended when a primitive has none.
  int default_material() {
    if (default_material_ < 0) {
      default_material_ = static_cast<int>(scene_.materials.size());
      Material material;
      material.base_color = Vec4::Ones();
      material.double_sided = false;
      scene_.materials.push_back(material);
      uv_sets_.push_back(0);
      uv_transforms_.push_back({});
    }
    return default_material_;
  }

  Result<void> read_vertices(const Json& attributes, int material, std::size_t copies, ImportedMesh& mesh) {
    MP4D_CHECK(read_rows(attributes, "POSITION", 3, mesh.verts));
    const Eigen::Index count = mesh.verts.rows();
    MP4D_CHECK(count_in(vertices_, copies * static_cast<std::size_t>(count), kMostVertices, "vertices"));
    std::size_t sets = 0;
    while (attributes.contains(fmt::format("JOINTS_{}", sets))) ++sets;
    MP4D_CHECK(count_in(influences_, 4 * copies * sets * static_cast<std::size_t>(count), kMostInfluences, "weights of vertices"));
    MP4D_CHECK(read_rows(attributes, "NORMAL", 3, mesh.normals));
    MP4D_CHECK(read_rows(attributes, "COLOR_0", 3, mesh.colors));
    for (float& value : mesh.colors.reshaped()) value = srgb_from_linear(value);
    const int uv_set = material < 0 ? 0 : uv_sets_[material];
    MP4D_CHECK(read_rows(attributes, fmt::format("TEXCOORD_{}", uv_set), 2, mesh.uvs));
    if (material >= 0) apply(uv_transforms_[material], mesh.uvs);
    for (std::size_t set = 0; set < sets; ++set) {
      const std::string weights_name = fmt::format("WEIGHTS_{}", set);
      if (!attributes.contains(weights_name)) return file_.error(weights_name + " is missing");
      MP4D_TRY(joints, file_.read(whole(attributes.at(fmt::format("JOINTS_{}", set))), 4));
      MP4D_TRY(weights, file_.read(whole(attributes.at(weights_name)), 4));
      if (joints.size() != std::size_t(count) || weights.size() != std::size_t(count)) {
        return file_.error(fmt::format("mesh '{}' has {} vertices, but {} joints and {} weights", mesh.name, count,
                                       joints.size(), weights.size()));
      }
      mesh.influences.resize(count);
      for (Eigen::Index v = 0; v < count; ++v) {
        for (int k = 0; k < 4; ++k) {
          const float weight = static_cast<float>(weights(v, k));
          if (!std::isfinite(weight)) {
            return file_.error(fmt::format("mesh '{}': a weight of vertex {} is not finite", mesh.name, v));
          }
          if (!(joints(v, k) >= 0 && joints(v, k) <= INT32_MAX))
            return file_.error(fmt::format("mesh '{}': vertex {} follows joint {}", mesh.name, v, joints(v, k)));
          if (weight > 0) mesh.influences[v].emplace_back(static_cast<int>(joints(v, k)), weight);
        }
      }
    }
    return {};
  }

  template <class Rows>
  Result<void> read_rows(const Json& attributes, const std::string& name, int components, Rows& out) const {
    if (!attributes.contains(name)) return {};
    MP4D_TRY(values, file_.read(whole(attributes.at(name)), components));
    const std::size_t expected = whole(file_.list("accessors").at(whole(attributes.at("POSITION"))).at("count"));
    if (values.size() != expected) {
      return file_.error(fmt::format("{} has {} entries for {} vertices", name, values.size(), expected));
    }
    out.resize(static_cast<Eigen::Index>(values.size()), components);
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
      for (int c = 0; c < components; ++c) out(i, c) = static_cast<float>(values(i, c));
    }
    return {};
  }

  static void apply(const UvTransform& t, Points2& uvs) {
    const float c = std::cos(t.rotation), s = std::sin(t.rotation);
    for (Eigen::Index i = 0; i < uvs.rows(); ++i) {
      const float u = uvs(i, 0) * t.scale[0], v = uvs(i, 1) * t.scale[1];
      uvs(i, 0) = c * u + s * v + t.offset[0];
      uvs(i, 1) = -s * u + c * v + t.offset[1];
    }
  }

  Result<void> read_faces(const Json& primitive, int mode, int material, std::size_t copies, ImportedMesh& mesh) {
    std::vector<double> indices;
    if (primitive.contains("indices")) {
      MP4D_TRY(values, file_.read(whole(primitive.at("indices")), 1));
      indices = std::move(values.data);
    } else {
      for (Eigen::Index i = 0; i < mesh.verts.rows(); ++i) indices.push_back(double(i));
    }
    for (const double index : indices) {
      if (!(index >= 0 && index < double(mesh.verts.rows()))) {
        return file_.error(fmt::format("mesh '{}': index {} with {} vertices", mesh.name, index, mesh.verts.rows()));
      }
    }
    const std::size_t corners = indices.size();
    const std::size_t count = mode == 4 ? corners / 3 : corners < 3 ? 0 : corners - 2;
    MP4D_CHECK(count_in(faces_, copies * count, kMostFaces, "triangles"));
    const Eigen::Index before = mesh.faces.rows();
    mesh.faces.conservativeResize(before + static_cast<Eigen::Index>(count), 3);
    for (std::size_t f = 0; f < count; ++f) {
      std::size_t a = 3 * f, b = a + 1, c = a + 2;
      if (mode == 5) a = f, b = f + 1 + f % 2, c = f + 2 - f % 2;
      if (mode == 6) a = 0, b = f + 1, c = f + 2;
      mesh.faces.row(before + static_cast<Eigen::Index>(f)) << static_cast<int>(indices[a]),
          static_cast<int>(indices[b]), static_cast<int>(indices[c]);
    }
    mesh.face_material.insert(mesh.face_material.end(), count, material);
    return {};
  }

  Result<void> read_skin(int index, ImportedMesh& mesh) {
    const Json& skin = file_.list("skins")[index];
    MP4D_CHECK(count_in(bones_, skin.at("joints").size(), kMostBones, "bones of skins"));
    for (const Json& joint : skin.at("joints")) {
      MP4D_TRY(node, reference(joint, "nodes"));
      mesh.bones.push_back(node);
    }
    mesh.bone_from_mesh.assign(mesh.bones.size(), Mat4::Identity());
    if (skin.contains("inverseBindMatrices")) {
      MP4D_TRY(values, file_.read(whole(skin.at("inverseBindMatrices")), 16));
      if (values.size() < mesh.bones.size()) {
        return file_.error(fmt::format("skin {} has {} joints, but {} bind matrices", index, mesh.bones.size(),
                                       values.size()));
      }
      for (std::size_t b = 0; b < mesh.bones.size(); ++b) {
        for (int i = 0; i < 16; ++i) mesh.bone_from_mesh[b](i % 4, i / 4) = static_cast<float>(values(b, i));
      }
    }
    for (std::size_t v = 0; v < mesh.influences.size(); ++v) {
      for (const auto& [bone, weight] : mesh.influences[v]) {
        if (bone < 0 || bone >= static_cast<int>(mesh.bones.size())) {
          return file_.error(fmt::format("mesh '{}': vertex {} follows joint {} of a skin with {}", mesh.name, v, bone,
                                         mesh.bones.size()));
        }
      }
    }
    return {};
  }

  Result<void> read_animation(const Json& json) {
    ImportedClip clip;
    clip.name = json.value("name", std::string());
    const Json& samplers = json.at("samplers");
    for (const Json& channel : json.at("channels")) {
      const Json& target = channel.at("target");
      const std::string path = target.at("path").get<std::string>();
      if (!target.contains("node") || path == "weights" || path == "pointer") continue;
      ImportedTrack track;
      MP4D_TRY(node, reference(target.at("node"), "nodes"));
      track.node = node;
      track.path = path == "rotation" ? Path::kRotation : path == "scale" ? Path::kScale : Path::kTranslation;
      if (track.path == Path::kTranslation && path != "translation") {
        return file_.error(fmt::format("animation path '{}' is unknown", path));
      }
      const std::size_t sampler_index = whole(channel.at("sampler"));
      if (sampler_index >= samplers.size()) return file_.error(fmt::format("sampler {} does not exist", sampler_index));
      const Json& sampler = samplers[sampler_index];
      const std::string interpolation = sampler.value("interpolation", std::string("LINEAR"));
      if (interpolation == "STEP") track.interpolation = Interpolation::kStep;
      if (interpolation == "CUBICSPLINE") track.interpolation = Interpolation::kCubic;
      MP4D_TRY(times, file_.read(whole(sampler.at("input")), 1));
      const int width = track.path == Path::kRotation ? 4 : 3;
      MP4D_TRY(values, file_.read(whole(sampler.at("output")), width));
      const std::size_t expected = times.size() * (track.interpolation == Interpolation::kCubic ? 3 : 1);
      if (values.size() != expected) {
        return file_.error(fmt::format("animation '{}': {} keys, but {} values instead of {}", clip.name, times.size(),
                                       values.size(), expected));
      }
      track.times = std::move(times.data);
      for (std::size_t i = 0; i < values.size(); ++i) {
        Vec4 value = Vec4::Zero();
        for (int c = 0; c < width; ++c) value[c] = static_cast<float>(values(i, c));
        track.values.push_back(value);
      }
      clip.tracks.push_back(std::move(track));
    }
    scene_.clips.push_back(std::move(clip));
    return {};
  }

  const GltfFile& file_;
  std::string where_;
  JobContext* job_;
  ImportedScene scene_;
  std::vector<int> uv_sets_;  // one a material
  std::vector<UvTransform> uv_transforms_;
  Textures textures_;
  std::vector<std::size_t> shown_;  // nodes a mesh
  std::size_t vertices_ = 0, faces_ = 0, influences_ = 0, bones_ = 0;
  int default_material_ = -1;
  bool morphs_ = false;
};

/// Extensions that a file requires and that cannot be read: which, and what to do.
Result<void> check_extensions(const GltfFile& file) {
  static const std::set<std::string> kReadable = {"KHR_mesh_quantization", "KHR_texture_transform", "EXT_texture_webp",
                                                  "KHR_lights_punctual"};
  for (const Json& entry : file.list("extensionsRequired")) {
    const std::string name = entry.get<std::string>();
    if (kReadable.count(name) || name.rfind("KHR_materials_", 0) == 0) continue;
    std::string remedy = "export the model without it";
    if (name == "EXT_meshopt_compression" || name == "KHR_meshopt_compression") {
      remedy = "export the model without compression, or run 'gltfpack -noq -i IN.glb -o OUT.glb'";
    } else if (name == "KHR_draco_mesh_compression") {
      remedy = "export the model without compression, or open it in Blender and export it again";
    } else if (name == "KHR_texture_basisu") {
      remedy = "export the model with PNG, JPEG or WebP textures";
    }
    return file.error(fmt::format("uses the glTF extension {}, which cannot be read; {}", name, remedy));
  }
  return {};
}

}  // namespace

Result<ImportedScene> import_gltf(const std::filesystem::path& path, JobContext* job) {
  MP4D_TRY(file, GltfFile::open(path));
  try {
    const std::string version = file.json().at("asset").at("version").get<std::string>();
    if (version.rfind("2.", 0) != 0) {
      return file.error(fmt::format("is glTF {}; export it as glTF 2.0", version));
    }
    MP4D_CHECK(check_extensions(file));
    MP4D_CHECK(file.load_buffers());
    return GltfImporter(file, path.string(), job).run();
  } catch (const Json::exception& e) {
    return file.error(fmt::format("damaged glTF: {}", reason_of(e)));
  }
}

}  // namespace mp4d
