// make_fuzz_corpus FOLDER: small valid inputs for every fuzz target, one folder a target.
#include "core/blob.h"
#include "core/files.h"
#include "io/camera_set.h"
#include "io/export.h"
#include "io/frames.h"
#include "io/internal/foreign_scene.h"
#include "io/model_io.h"
#include "io/point_cloud.h"
#include "io/posed_scene.h"
#include "motion/auto_rig.h"
#include "motion/chain_map.h"
#include "motion/retarget.h"
#include "tests/fuzz/targets.h"
#include "tests/io/rigged_models.h"
#include "tests/io/tflite_writer.h"
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

namespace mp4d::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlobHeader = 41;  // what stands before the content

/// A tube of few vertices: small inputs are mutated faster.
RiggedModel small_model(bool clip) {
  RiggedModel model = test::make_tube();
  RiggedModel coarse = test::make_chain(2, 0.25f, 1, 3);
  coarse.name = "small";
  coarse.mesh.uvs.setConstant(coarse.mesh.verts.rows(), 2, 0.5f);
  coarse.mesh.materials = {model.mesh.materials[0], model.mesh.materials[1]};
  coarse.mesh.face_material.assign(coarse.mesh.faces.rows(), 0);
  coarse.mesh.face_material.back() = 1;
  if (!clip) return coarse;
  Pose rest = rest_pose(coarse.skeleton);
  Clip nod{"nod", {0, 0.1, 0.2}, {rest, rest, rest}};
  nod.poses[1][1].rotation = test::turn(Vec3(0, 0, 1), 20);
  coarse.clips = {nod};
  return coarse;
}

PosedScene small_scene() {
  PosedScene scene;
  for (const char* name : {"a.png", "b.png"}) {
    PosedView view;
    view.name = name;
    view.camera = make_camera(4, 3, 1.0f);
    view.image = Image(4, 3, 3, 90);
    view.lens.kind = Lens::Kind::kBrown;
    view.lens.k[0] = 0.1;
    scene.views.push_back(view);
  }
  scene.points = Points::Constant(2, 3, 0.5f);
  return scene;
}

std::string joined(const fs::path& folder, const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += kNextFile;
    out += read_file(folder / name).value();
  }
  return out;
}

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class Corpus {
 public:
  explicit Corpus(fs::path root) : root_(std::move(root)) {}

  void add(const std::string& target, const std::string& name, const std::string& bytes) {
    fs::create_directories(root_ / target);
    need(write_atomically(root_ / target / name, bytes));
  }

  void models() {
    const RiggedModel moving = small_model(true);
    RiggedModel plain = small_model(false);
    plain.skeleton = {};
    plain.skin = {};
    plain.mesh.colors.setConstant(plain.mesh.verts.rows(), 3, 0.5f);
    const fs::path work = work_.path();
    for (const char* ending : {"glb", "bvh", "usda", "usdz", "anime"}) {
      const fs::path file = work / (std::string("small.") + ending);
      need(export_model(file, moving));
      add(ending, "moving", read_file(file).value());
    }
    for (const char* ending : {"glb", "obj", "usda"}) {
      const fs::path file = work / (std::string("plain.") + ending);
      need(export_model(file, plain));
      add(ending, "plain", read_file(file).value());
    }
    add("obj", "material",
        "mtllib in.mtl\nv 0 0 0\nv 1 0 0 1 0 0\nv 0 1 0\nvt 0 0\nvn 0 0 1\nusemtl m\nf 1/1/1 2/1/1 -1//1\n" +
            std::string(kNextFile) + "newmtl m\nKd 1 0 0\nd 0.5\nmap_Kd a.png\n");
    foreign_scene();
    need(export_model(work / "small.gltf", moving));
    auto json = nlohmann::json::parse(read_file(work / "small.gltf").value());
    json["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64(read_file(work / json["buffers"][0]["uri"].get<std::string>()).value());
    add("gltf", "embedded", json.dump());
    need(write_ply_points(work / "points.ply", Points::Constant(3, 3, 1)));
    add("ply_points", "binary", read_file(work / "points.ply").value());
    add("ply_points", "ascii",
        "ply\nformat ascii 1.0\nelement vertex 1\nproperty double x\nproperty float y\nproperty float z\n"
        "property uchar red\nend_header\n1 2 3 4\n");
  }

  void scenes() {
    const PosedScene scene = small_scene();
    const std::vector<std::string> stems{"cameras", "images", "points3D"};
    for (const bool binary : {true, false}) {
      const fs::path folder = work_.path() / (binary ? "b" : "t");
      need(write_colmap_scene(folder, scene, binary));
      std::vector<std::string> names;
      for (const std::string& stem : stems) names.push_back(stem + (binary ? ".bin" : ".txt"));
      add(binary ? "colmap_binary" : "colmap_text", "scene", joined(folder / "sparse/0", names));
    }
    need(write_transforms_scene(work_.path() / "n", scene));
    add("transforms", "scene", read_file(work_.path() / "n/transforms.json").value());
    add("cameras", "set", cameras_to_json({{scene.views[0].camera, scene.views[1].camera}, 24}).dump());
  }

  void settings() {
    MapFile map;
    map.source = {{ChainRole::kLeg, Side::kLeft, 1, {"hip", "knee"}}};
    map.pairs = {{"leg left 1", "arm right", 0.5, true}};
    need(write_map(work_.path() / "map.json", map));
    add("chain_map", "map", read_file(work_.path() / "map.json").value());
    const AutoRigOptions rig;
    const RetargetOptions transfer;
    const ExportOptions format;
    add("options", "rig", auto_rig_options().to_json(&rig).dump());
    add("options", "transfer", retarget_options().to_json(&transfer).dump());
    add("options", "export", export_options().to_json(&format).dump());
    const std::string head = "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }";
    add("npy", "floats", std::string("\x93NUMPY\1\0", 8) + static_cast<char>(head.size()) + '\0' + head + std::string(8, '\1'));
    add("sdfstudio", "scene",
        R"({"width": 4, "height": 3, "frames": [{"rgb_path": "a.png", "camtoworld": [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]],
            "intrinsics": [[4,0,2,0],[0,4,2,0],[0,0,1,0],[0,0,0,1]]}], "scene_box": {"aabb": [[0,0,0],[1,1,1]]}})");
    BlobWriter blob;
    blob.put(std::string("name")).put(std::vector<float>{1, 2}).put(Points(Points::Ones(2, 3))).put(Mat4(Mat4::Identity()));
    const std::string bytes = blob.bytes();
    add("checkpoint", "whole", bytes);
    add("checkpoint", "content", bytes.substr(kBlobHeader));
  }

  void scene_folders() {
    const std::string next(kNextFile), pose = "1 0 0 0\n0 1 0 0\n0 0 1 2\n0 0 0 1\n", lens = "4 0 2 0\n0 4 1.5 0\n0 0 1 0\n0 0 0 1\n";
    add("nsvf", "scene", lens + next + pose + next + "-1 -1 -1 1 1 1 0.4\n");
    add("nerfpp", "scene", pose + next + lens);
    std::string head = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 17), }";
    std::string values;
    for (const double v : {0.0, 1.0, 0.0, 0.0, 3.0, 1.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 1.0, 2.0, 4.0, 1.0, 9.0})
      values.append(reinterpret_cast<const char*>(&v), sizeof v);
    add("llff", "scene", std::string("\x93NUMPY\1\0", 8) + static_cast<char>(head.size()) + '\0' + head + values);
    const std::string frames = R"({"camera_angle_x": 0.7, "frames": [{"file_path": "./train/a", "time": 0.5,
        "transform_matrix": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 4], [0, 0, 0, 1]]}]})";
    add("synthetic", "scene", frames + next + frames);
    head = "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 4), }";
    values.clear();
    for (const double v : {4.0, 0.0, 2.0, 1.0, 0.0, 4.0, 1.5, 2.0, 0.0, 0.0, 1.0, 3.0, 0.0, 0.0, 0.0, 1.0})
      values.append(reinterpret_cast<const char*>(&v), sizeof v);
    const std::string matrix = std::string("\x93NUMPY\1\0", 8) + static_cast<char>(head.size()) + '\0' + head + values;
    add("idr", "scene", matrix + next + matrix);
  }

  void networks() {
    test::TfliteWriter net;
    const int input = net.tensor({1, 2, 2, 3});
    const int weights = net.add(6, {net.add(124, {test::sparse_weights(net)}, {2, 1, 1, 3})}, {2, 1, 1, 3});
    const test::FlatValue one = test::FlatValue::number(1);
    const int folded = net.add(3, {input, weights, net.constant<float>({2}, 0, {1, 2})}, {1, 2, 2, 2}, {{1, one}, {2, one}});
    const int flat = net.add(22, {folded, net.constant<int>({2}, 2, {1, 8})}, {1, 8});
    add("tflite", "sparse", net.finish(input, {net.add(2, {flat, flat}, {2, 8})}));
  }

  void pictures() {
    const Image picture(6, 5, 3, 120);
    for (const char* ending : {".png", ".jpg"}) {
      need(write_image(work_.path() / (std::string("p") + ending), picture));
      add("image", ending + 1, read_file(work_.path() / (std::string("p") + ending)).value());
    }
    std::vector<Image> frames;
    for (int i = 0; i < 4; ++i) frames.emplace_back(32, 32, 3, static_cast<std::uint8_t>(50 * i));
    for (const char* ending : {".mp4", ".gif"}) {
      need(write_video(work_.path() / (std::string("v") + ending), frames, 24));
      add("video", ending + 1, read_file(work_.path() / (std::string("v") + ending)).value());
    }
  }

 private:
  void foreign_scene() {
    internal::ForeignScene foreign;
    ImportedScene& scene = foreign.scene;
    scene.nodes.resize(2);
    scene.nodes[1].name = "bone";
    scene.nodes[1].parent = 0;
    scene.materials.resize(1);
    ImportedMesh mesh;
    mesh.verts = Points::Identity(3, 3);
    mesh.faces.resize(1, 3);
    mesh.faces << 0, 1, 2;
    mesh.face_material = {0};
    mesh.bones = {1};
    mesh.bone_from_mesh = {Mat4::Identity()};
    mesh.influences = {{{0, 1.0f}}, {{0, 1.0f}}, {{0, 0.5f}}};
    scene.meshes = {mesh};
    ImportedTrack track;
    track.node = 1;
    track.times = {0, 1};
    track.values = {Vec4::Zero(), Vec4::UnitX()};
    scene.clips = {{"nod", {track}}};
    foreign.textures = {{"a.png", "", {}}};
    foreign.texture_of_material = {0};
    add("foreign_scene", "skinned", internal::to_bytes(foreign).substr(kBlobHeader));
  }

  static std::string base64(const std::string& bytes) {
    static const char* kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      unsigned block = 0;
      for (std::size_t k = 0; k < 3; ++k)
        block = block << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
      for (std::size_t k = 0; k < 4; ++k)
        out += i + k > bytes.size() ? '=' : kDigits[block >> (18 - 6 * k) & 63];
    }
    return out;
  }

  fs::path root_;
  TempFolder work_ = TempFolder::create().value();
};

}  // namespace
}  // namespace mp4d::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_fuzz_corpus FOLDER\n");
    return 2;
  }
  mp4d::fuzz::Corpus corpus(argv[1]);
  corpus.models();
  corpus.scenes();
  corpus.settings();
  corpus.pictures();
  corpus.networks();
  corpus.scene_folders();
}
