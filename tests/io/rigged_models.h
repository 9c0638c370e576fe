#pragma once
#include "core/files.h"
#include "tests/motion/make_rig.h"
#include <nlohmann/json.hpp>
#include <cstring>

namespace mp4d::test {

/// A bending tube of three joints with normals, texture coordinates, two materials (one textured) and two clips:
/// "bend" at uneven times, "still" that stands where it is not at rest.
inline RiggedModel make_tube() {
  RiggedModel model = make_chain(3, 0.25f, 4, 8);
  model.name = "tube";
  Mesh& mesh = model.mesh;
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  mesh.uvs.resize(mesh.verts.rows(), 2);
  for (Eigen::Index v = 0; v < mesh.uvs.rows(); ++v) mesh.uvs.row(v) << (v % 8) / 8.0f, (v / 8) / 12.0f;
  Material skin, tip;
  skin.name = "skin";
  skin.base_color = Vec4::Ones();
  skin.texture = Image(4, 2, 3);
  for (std::size_t i = 0; i < skin.texture.data.size(); ++i) skin.texture.data[i] = static_cast<std::uint8_t>(10 * i);
  tip.name = "tip";
  tip.base_color = Vec4(0.25f, 0.5f, 0.75f, 1);
  tip.double_sided = false;
  mesh.materials = {skin, tip};
  mesh.face_material.assign(mesh.faces.rows(), 0);
  for (std::size_t f = mesh.face_material.size() / 2; f < mesh.face_material.size(); ++f) mesh.face_material[f] = 1;

  Pose rest = rest_pose(model.skeleton);
  Clip bend{"bend", {0, 0.1f, 0.25f, 1}, {rest, rest, rest, rest}};
  for (std::size_t i = 0; i < bend.poses.size(); ++i) {
    bend.poses[i][1].rotation = turn(Vec3(0, 0, 1), 25.0f * static_cast<float>(i));
    bend.poses[i][2].rotation = turn(Vec3(1, 0, 1), 100.0f * static_cast<float>(i));
    bend.poses[i][2].scale = Vec3::Constant(1 + 0.1f * static_cast<float>(i));
    bend.poses[i][0].translation = Vec3(0.1f * static_cast<float>(i), 0, 0);
  }
  Clip still{"still", {0, 0.5f}, {rest, rest}};
  for (Pose& pose : still.poses) pose[0].rotation = turn(Vec3(0, 1, 0), 90);
  model.clips = {bend, still};
  return model;
}

/// A glTF document being made or changed by hand, for what our own writer never writes.
struct GltfText {
  nlohmann::json json;
  std::string bin;

  static GltfText of(const std::filesystem::path& glb) {
    const std::string bytes = *read_file(glb);
    std::uint32_t size;
    std::memcpy(&size, bytes.data() + 12, 4);
    return {nlohmann::json::parse(bytes.substr(20, size)), bytes.substr(28 + size)};
  }

  /// Appends `values` as an accessor and returns its index.
  template <class T>
  int add(const std::vector<T>& values, int component_type, const char* type, int width, bool normalized = false) {
    bin.resize((bin.size() + 3) / 4 * 4);
    json["bufferViews"].push_back({{"buffer", 0}, {"byteOffset", bin.size()}, {"byteLength", values.size() * sizeof(T)}});
    bin.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    json["accessors"].push_back({{"bufferView", json["bufferViews"].size() - 1},
                                 {"componentType", component_type},
                                 {"count", values.size() / width},
                                 {"type", type},
                                 {"normalized", normalized}});
    return static_cast<int>(json["accessors"].size()) - 1;
  }

  std::string glb() {
    bin.resize((bin.size() + 3) / 4 * 4);
    json["buffers"] = nlohmann::json::array({{{"byteLength", bin.size()}}});
    std::string text = json.dump();
    text.resize((text.size() + 3) / 4 * 4, ' ');
    std::string out;
    const auto put = [&](std::uint32_t value) { out.append(reinterpret_cast<const char*>(&value), 4); };
    put(0x46546C67), put(2), put(static_cast<std::uint32_t>(28 + text.size() + bin.size()));
    put(static_cast<std::uint32_t>(text.size())), put(0x4E4F534A);
    out += text;
    put(static_cast<std::uint32_t>(bin.size())), put(0x004E4942);
    return out + bin;
  }
};

/// Largest distance between corresponding rows.
inline float largest_distance(const Points& a, const Points& b) {
  return a.rows() == b.rows() ? (a - b).rowwise().norm().maxCoeff() : INFINITY;
}

}  // namespace mp4d::test
