#include "core/files.h"
#include "core/json_file.h"
#include "core/srgb.h"
#include "io/internal/export_formats.h"
#include "io/internal/part_name.h"
#include "io/model_io.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tiny_gltf.h>

namespace mp4d {
namespace {

namespace gltf = tinygltf;

class GlbBuilder {
 public:
  explicit GlbBuilder(const RiggedModel& model) : model_(model) {
    out_.asset.version = "2.0";
    out_.asset.generator = "MagicPose4D Studio";
    out_.buffers.emplace_back();
  }

  Result<gltf::Model> run() {
    if (has_mesh()) MP4D_CHECK(add_materials());
    gltf::Scene scene;
    scene.name = model_.name;
    if (model_.skeleton.size() > 0) add_skeleton(scene);
    if (has_mesh()) {
      gltf::Node node;
      node.name = unused_node_name(model_.name.empty() ? "mesh" : model_.name);
      node.mesh = add_mesh();
      if (model_.skeleton.size() > 0) node.skin = 0;
      scene.nodes.push_back(static_cast<int>(out_.nodes.size()));
      out_.nodes.push_back(std::move(node));
    }
    out_.scenes.push_back(std::move(scene));
    out_.defaultScene = 0;
    if (!model_.clips.empty()) add_clips();
    return std::move(out_);
  }

 private:
  bool has_mesh() const { return model_.mesh.faces.rows() > 0; }

  std::string unused_node_name(std::string name) const {
    while (std::any_of(out_.nodes.begin(), out_.nodes.end(), [&](const gltf::Node& n) { return n.name == name; })) {
      name += "_mesh";
    }
    return name;
  }

  /// `target` 0 = not vertex or index data.
  int add_view(const void* data, std::size_t size, int target) {
    std::vector<unsigned char>& buffer = out_.buffers[0].data;
    buffer.resize((buffer.size() + 3) / 4 * 4);
    gltf::BufferView view;
    view.buffer = 0;
    view.byteOffset = buffer.size();
    view.byteLength = size;
    view.target = target;
    const auto* bytes = static_cast<const unsigned char*>(data);
    buffer.insert(buffer.end(), bytes, bytes + size);
    out_.bufferViews.push_back(std::move(view));
    return static_cast<int>(out_.bufferViews.size()) - 1;
  }

  template <class T>
  int add_accessor(const std::vector<T>& values, int component_type, int type, int target, bool min_max = false) {
    const std::size_t width = static_cast<std::size_t>(gltf::GetNumComponentsInType(static_cast<std::uint32_t>(type)));
    gltf::Accessor accessor;
    accessor.bufferView = add_view(values.data(), values.size() * sizeof(T), target);
    accessor.componentType = component_type;
    accessor.type = type;
    accessor.count = values.size() / width;
    if (min_max) {
      accessor.minValues.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(width));
      accessor.maxValues = accessor.minValues;
      for (std::size_t i = 0; i < values.size(); ++i) {
        double& low = accessor.minValues[i % width];
        double& high = accessor.maxValues[i % width];
        low = std::min(low, double(values[i]));
        high = std::max(high, double(values[i]));
      }
    }
    out_.accessors.push_back(std::move(accessor));
    return static_cast<int>(out_.accessors.size()) - 1;
  }

  template <class Rows>
  int add_rows(const Rows& rows, int type, bool min_max = false) {
    const std::vector<float> values(rows.data(), rows.data() + rows.size());
    return add_accessor(values, TINYGLTF_COMPONENT_TYPE_FLOAT, type, TINYGLTF_TARGET_ARRAY_BUFFER, min_max);
  }

  Result<void> add_materials() {
    std::vector<Material> materials = model_.mesh.materials;
    if (materials.empty()) {
      Material plain;
      plain.name = "default";
      if (model_.mesh.colors.rows() > 0) plain.base_color = Vec4::Ones();  // the colours say it all
      materials.push_back(plain);
    }
    std::vector<const Image*> written;
    for (const Material& source : materials) {
      gltf::Material material;
      material.name = source.name;
      material.doubleSided = source.double_sided;
      gltf::PbrMetallicRoughness& pbr = material.pbrMetallicRoughness;
      const Vec4 color = source.base_color.cwiseMax(0.0f).cwiseMin(1.0f);
      pbr.baseColorFactor = {color[0], color[1], color[2], color[3]};
      pbr.metallicFactor = 0;
      pbr.roughnessFactor = 1;
      if (color[3] < 1) material.alphaMode = "BLEND";
      if (!source.texture.empty() && model_.mesh.uvs.rows() > 0) {
        std::size_t index = 0;
        while (index < written.size() && !(written[index]->width == source.texture.width &&
                                           written[index]->channels == source.texture.channels &&
                                           written[index]->data == source.texture.data)) {
          ++index;
        }
        if (index == written.size()) {
          written.push_back(&source.texture);
          MP4D_CHECK(add_texture(source.texture));
        }
        pbr.baseColorTexture.index = static_cast<int>(index);
        if (source.texture.channels == 4 && color[3] >= 1) material.alphaMode = "MASK";
      }
      out_.materials.push_back(std::move(material));
    }
    return {};
  }

  Result<void> add_texture(const Image& image) {
    MP4D_TRY(png, encode_png(image));
    gltf::Image out;
    out.name = fmt::format("texture_{}", out_.images.size());
    out.mimeType = "image/png";
    out.bufferView = add_view(png.data(), png.size(), 0);
    gltf::Texture texture;
    texture.source = static_cast<int>(out_.images.size());
    texture.sampler = 0;
    if (out_.samplers.empty()) out_.samplers.emplace_back();
    out_.images.push_back(std::move(out));
    out_.textures.push_back(std::move(texture));
    return {};
  }

  static std::vector<double> numbers(const Vec3& v) { return {v[0], v[1], v[2]}; }

  void add_skeleton(gltf::Scene& scene) {
    gltf::Skin skin;
    skin.name = "armature";
    std::vector<int> roots;
    for (int j = 0; j < model_.skeleton.size(); ++j) {
      const Joint& joint = model_.skeleton.joints[j];
      gltf::Node node;
      node.name = joint.name;
      if (joint.rest.translation != Vec3::Zero()) node.translation = numbers(joint.rest.translation);
      const std::vector<float> q = rest_values(j, 1);
      if (q[0] != 0 || q[1] != 0 || q[2] != 0) node.rotation = {q[0], q[1], q[2], q[3]};
      if (joint.rest.scale != Vec3::Ones()) node.scale = numbers(joint.rest.scale);
      out_.nodes.push_back(std::move(node));
      if (joint.parent < 0) roots.push_back(j);
      else out_.nodes[joint.parent].children.push_back(j);
      skin.joints.push_back(j);
    }
    if (roots.size() > 1) {  // a skin's joints need one common root
      gltf::Node group;
      group.name = unused_node_name("armature");
      group.children = roots;
      roots = {static_cast<int>(out_.nodes.size())};
      out_.nodes.push_back(std::move(group));
    }
    scene.nodes = roots;
    if (!has_mesh()) return;
    skin.skeleton = roots.front();
    std::vector<float> matrices;
    for (Mat4 m : model_.skin.joint_from_mesh) {
      m.row(3) << 0, 0, 0, 1;
      matrices.insert(matrices.end(), m.data(), m.data() + 16);
    }
    skin.inverseBindMatrices = add_accessor(matrices, TINYGLTF_COMPONENT_TYPE_FLOAT, TINYGLTF_TYPE_MAT4, 0);
    out_.skins.push_back(std::move(skin));
  }

  int add_mesh() {
    const Mesh& mesh = model_.mesh;
    std::map<std::string, int> attributes;
    attributes["POSITION"] = add_rows(mesh.verts, TINYGLTF_TYPE_VEC3, true);
    if (mesh.normals.rows() > 0) attributes["NORMAL"] = add_rows(unit_normals(), TINYGLTF_TYPE_VEC3);
    if (mesh.colors.rows() > 0) {
      const Points linear = mesh.colors.unaryExpr([](float c) { return linear_from_srgb(std::clamp(c, 0.0f, 1.0f)); });
      attributes["COLOR_0"] = add_rows(linear, TINYGLTF_TYPE_VEC3);
    }
    if (mesh.uvs.rows() > 0) attributes["TEXCOORD_0"] = add_rows(mesh.uvs, TINYGLTF_TYPE_VEC2);
    if (model_.skeleton.size() > 0) add_skin_attributes(attributes);

    gltf::Mesh out;
    out.name = model_.name.empty() ? "mesh" : model_.name;
    const int materials = static_cast<int>(out_.materials.size());
    for (int m = 0; m < materials; ++m) {
      std::vector<std::uint32_t> indices;
      for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
        if ((mesh.face_material.empty() ? 0 : mesh.face_material[f]) != m) continue;
        for (int k = 0; k < 3; ++k) indices.push_back(static_cast<std::uint32_t>(mesh.faces(f, k)));
      }
      if (indices.empty()) continue;
      gltf::Primitive primitive;
      primitive.mode = TINYGLTF_MODE_TRIANGLES;
      primitive.attributes = attributes;
      primitive.material = m;
      if (mesh.verts.rows() < 65536) {  // 65535 itself restarts strips
        const std::vector<std::uint16_t> narrow(indices.begin(), indices.end());
        primitive.indices = add_accessor(narrow, TINYGLTF_COMPONENT_TYPE_UNSIGNED_SHORT, TINYGLTF_TYPE_SCALAR,
                                         TINYGLTF_TARGET_ELEMENT_ARRAY_BUFFER);
      } else {
        primitive.indices = add_accessor(indices, TINYGLTF_COMPONENT_TYPE_UNSIGNED_INT, TINYGLTF_TYPE_SCALAR,
                                         TINYGLTF_TARGET_ELEMENT_ARRAY_BUFFER);
      }
      out.primitives.push_back(std::move(primitive));
    }
    out_.meshes.push_back(std::move(out));
    return 0;
  }

  Points unit_normals() const {
    const Mesh& mesh = model_.mesh;
    Points normals = mesh.normals;
    Points computed;
    for (Eigen::Index i = 0; i < normals.rows(); ++i) {
      const Eigen::RowVector3d n = normals.row(i).cast<double>();
      if (n.allFinite() && n.norm() > 1e-12) {
        normals.row(i) = n.normalized().cast<float>();
      } else {
        if (computed.rows() == 0) computed = vertex_normals(mesh.verts, mesh.faces);
        normals.row(i) = computed.row(i);
      }
    }
    return normals;
  }

  /// Weights that sum to 1 in float, unused slots joint 0, no joint twice.
  void add_skin_attributes(std::map<std::string, int>& attributes) {
    const Skin& skin = model_.skin;
    const Eigen::Index count = skin.joints.rows();
    std::vector<std::uint16_t> joints(count * 4, 0);
    std::vector<float> weights(count * 4, 0);
    for (Eigen::Index v = 0; v < count; ++v) {
      std::uint16_t* j = &joints[v * 4];
      float* w = &weights[v * 4];
      int used = 0;
      for (int k = 0; k < 4; ++k) {
        if (skin.weights(v, k) <= 0) continue;
        const auto joint = static_cast<std::uint16_t>(skin.joints(v, k));
        const int slot = static_cast<int>(std::find(j, j + used, joint) - j);
        used = std::max(used, slot + 1);
        j[slot] = joint;
        w[slot] += skin.weights(v, k);
      }
      const double sum = double(w[0]) + w[1] + w[2] + w[3];
      for (int k = 0; k < 4; ++k) w[k] = static_cast<float>(w[k] / sum);
      const int heaviest = static_cast<int>(std::max_element(w, w + 4) - w);
      for (int pass = 0; pass < 4 && w[0] + w[1] + w[2] + w[3] != 1.0f; ++pass) {
        w[heaviest] += 1.0f - (w[0] + w[1] + w[2] + w[3]);
      }
    }
    if (model_.skeleton.size() <= 256) {
      const std::vector<std::uint8_t> narrow(joints.begin(), joints.end());
      attributes["JOINTS_0"] = add_accessor(narrow, TINYGLTF_COMPONENT_TYPE_UNSIGNED_BYTE, TINYGLTF_TYPE_VEC4,
                                            TINYGLTF_TARGET_ARRAY_BUFFER);
    } else {
      attributes["JOINTS_0"] = add_accessor(joints, TINYGLTF_COMPONENT_TYPE_UNSIGNED_SHORT, TINYGLTF_TYPE_VEC4,
                                            TINYGLTF_TARGET_ARRAY_BUFFER);
    }
    attributes["WEIGHTS_0"] = add_accessor(weights, TINYGLTF_COMPONENT_TYPE_FLOAT, TINYGLTF_TYPE_VEC4,
                                           TINYGLTF_TARGET_ARRAY_BUFFER);
  }

  /// A path that any clip moves gets a channel in every clip, or else a program that plays one clip after the
  /// other (Blender, game engines) would leave the joint where the last one left it. Where it stands still during
  /// a clip, one key is enough; but one channel at least has all keys, so that the clip keeps its times.
  void add_clips() {
    const int joints = model_.skeleton.size();
    std::vector<char> animated(3 * joints, 0);
    for (const Clip& clip : model_.clips) {
      for (int t = 0; t < 3 * joints; ++t) {
        if (animated[t]) continue;
        const std::vector<float> values = track_values(clip, t / 3, t % 3), rest = rest_values(t / 3, t % 3);
        for (std::size_t i = 0; i < values.size() && !animated[t]; ++i) animated[t] = values[i] != rest[i % rest.size()];
      }
    }
    if (std::count(animated.begin(), animated.end(), 1) == 0) animated[0] = 1;
    for (const Clip& clip : model_.clips) add_clip(clip, animated);
  }

  void add_clip(const Clip& clip, const std::vector<char>& animated) {
    gltf::Animation animation;
    animation.name = clip.name;
    std::vector<std::pair<int, std::vector<float>>> tracks;
    bool all_still = true;
    for (int t = 0; t < static_cast<int>(animated.size()); ++t) {
      if (!animated[t]) continue;
      std::vector<float> values = track_values(clip, t / 3, t % 3);
      const std::size_t width = t % 3 == 1 ? 4 : 3;
      bool still = true;
      for (std::size_t i = width; i < values.size() && still; ++i) still = values[i] == values[i % width];
      if (still) values.resize(width);
      all_still &= still;
      tracks.emplace_back(t, std::move(values));
    }
    if (all_still) tracks[0].second = track_values(clip, tracks[0].first / 3, tracks[0].first % 3);

    const std::vector<float> times(clip.times.begin(), clip.times.end());
    const int all_times = add_accessor(times, TINYGLTF_COMPONENT_TYPE_FLOAT, TINYGLTF_TYPE_SCALAR, 0, true);
    int first_time = times.size() == 1 ? all_times : -1;
    static constexpr const char* kPaths[] = {"translation", "rotation", "scale"};
    for (const auto& [track, values] : tracks) {
      const std::size_t width = track % 3 == 1 ? 4 : 3;
      const bool whole = values.size() == times.size() * width;
      if (!whole && first_time < 0) {
        first_time = add_accessor(std::vector<float>{times.front()}, TINYGLTF_COMPONENT_TYPE_FLOAT, TINYGLTF_TYPE_SCALAR,
                                  0, true);
      }
      gltf::AnimationSampler sampler;
      sampler.input = whole ? all_times : first_time;
      sampler.output = add_accessor(values, TINYGLTF_COMPONENT_TYPE_FLOAT,
                                    width == 4 ? TINYGLTF_TYPE_VEC4 : TINYGLTF_TYPE_VEC3, 0);
      sampler.interpolation = "LINEAR";
      gltf::AnimationChannel channel;
      channel.sampler = static_cast<int>(animation.samplers.size());
      channel.target_node = track / 3;
      channel.target_path = kPaths[track % 3];
      animation.samplers.push_back(std::move(sampler));
      animation.channels.push_back(std::move(channel));
    }
    out_.animations.push_back(std::move(animation));
  }

  /// Values of path 0 translation, 1 rotation (unit, no jumps of sign), 2 scale over the clip's poses.
  std::vector<float> track_values(const Clip& clip, int joint, int path) const {
    std::vector<float> values;
    Vec4 before = model_.skeleton.joints[joint].rest.rotation.coeffs();
    for (const Pose& pose : clip.poses) {
      if (path == 1) {
        before = unit(pose[joint].rotation, before);
        values.insert(values.end(), before.data(), before.data() + 4);
      } else {
        const Vec3& v = path == 0 ? pose[joint].translation : pose[joint].scale;
        values.insert(values.end(), v.data(), v.data() + 3);
      }
    }
    return values;
  }

  std::vector<float> rest_values(int joint, int path) const {
    const Transform& rest = model_.skeleton.joints[joint].rest;
    if (path == 1) {
      const Vec4 q = unit(rest.rotation, rest.rotation.coeffs());
      return {q.data(), q.data() + 4};
    }
    const Vec3& v = path == 0 ? rest.translation : rest.scale;
    return {v.data(), v.data() + 3};
  }

  /// x, y, z, w of length 1, on the side of `before`.
  static Vec4 unit(const Quat& rotation, const Vec4& before) {
    const Vec4 q = rotation.coeffs().cast<double>().normalized().cast<float>();
    return q.dot(before) < 0 ? Vec4(-q) : q;
  }

  const RiggedModel& model_;
  gltf::Model out_;
};

Result<gltf::Model> build(const std::filesystem::path& path, const RiggedModel& model) {
  MP4D_CHECK(check_writable(path.string(), model));
  auto built = GlbBuilder(model).run();
  if (!built) return fail(built.error().code, "{}: not written: {}", path.string(), built.error().message);
  if (built->buffers[0].data.size() > 0xF0000000u) {
    return fail(ErrorCode::kResource, "{}: not written: a glTF buffer holds at most 4 GB", path.string());
  }
  if (built->buffers[0].data.empty()) built->buffers.clear();  // bones without mesh and motion
  return built;
}

}  // namespace

Result<void> write_glb(const std::filesystem::path& path, const RiggedModel& model) {
  MP4D_TRY(built, build(path, model));
  std::ostringstream stream;
  if (!gltf::TinyGLTF().WriteGltfSceneToStream(&built, stream, false, true)) {
    return fail(ErrorCode::kFailed, "{}: not written: the GLB could not be assembled", path.string());
  }
  return write_atomically(path, stream.str());
}

Result<void> write_gltf(const std::filesystem::path& path, const RiggedModel& model) {
  MP4D_TRY(built, build(path, model));
  nlohmann::json buffers = nlohmann::json::array();
  if (!built.buffers.empty()) {
    const std::vector<unsigned char>& data = built.buffers[0].data;
    const std::string_view bytes(reinterpret_cast<const char*>(data.data()), data.size());
    const std::string bin = part_name(path.stem().string(), bytes, ".bin");
    buffers.push_back({{"uri", bin}, {"byteLength", data.size()}});
    MP4D_CHECK(write_atomically(path.parent_path() / bin, bytes));
    built.buffers[0].data.assign(4, 0);  // the library would write it into the JSON
  }
  std::ostringstream stream;
  if (!gltf::TinyGLTF().WriteGltfSceneToStream(&built, stream, true, false)) {
    return fail(ErrorCode::kFailed, "{}: not written: the glTF could not be assembled", path.string());
  }
  nlohmann::json json = nlohmann::json::parse(stream.str());
  if (!buffers.empty()) json["buffers"] = buffers;
  return write_atomically(path, json_text(json, 1) + "\n");
}

}  // namespace mp4d
