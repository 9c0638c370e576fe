#include "core/srgb.h"
#include "io/model_io.h"
#include "tests/io/rigged_models.h"
#include <gtest/gtest.h>

using namespace mp4d;
using namespace mp4d::test;

namespace {

namespace fs = std::filesystem;

class ModelsTest : public testing::Test {
 protected:
  fs::path file(const std::string& name) const { return folder_.path() / name; }
  fs::path put(const std::string& name, const std::string& bytes) const {
    EXPECT_TRUE(write_atomically(file(name), bytes));
    return file(name);
  }
  /// The tube as a document to be changed.
  GltfText tube_text() const {
    EXPECT_TRUE(write_glb(file("tube_source.glb"), make_tube()));
    return GltfText::of(file("tube_source.glb"));
  }
  RiggedModel read(const std::string& name) const {
    auto model = read_model(file(name));
    EXPECT_TRUE(model) << (model ? "" : model.error().message);
    return model ? *model : RiggedModel{};
  }
  /// Reading must fail with an error that names the file and contains `text`.
  void expect_refused(const fs::path& path, const std::string& text) const {
    const auto model = read_model(path);
    ASSERT_FALSE(model) << path << " was read";
    EXPECT_EQ(model.error().code, ErrorCode::kInput);
    EXPECT_NE(model.error().message.find(path.filename().string()), std::string::npos) << model.error().message;
    EXPECT_NE(model.error().message.find(text), std::string::npos) << model.error().message;
  }

  TempFolder folder_ = *TempFolder::create();
};

TEST_F(ModelsTest, GlbBringsEverythingBack) {
  const RiggedModel tube = make_tube();
  ASSERT_TRUE(write_glb(file("tube.glb"), tube));
  const RiggedModel back = read("tube.glb");
  EXPECT_EQ(back.mesh.faces, tube.mesh.faces);
  EXPECT_EQ(back.mesh.verts, tube.mesh.verts);
  EXPECT_LT(largest_distance(back.mesh.normals, tube.mesh.normals), 1e-6f);
  EXPECT_EQ(back.mesh.uvs, tube.mesh.uvs);
  EXPECT_EQ(back.mesh.face_material, tube.mesh.face_material);
  ASSERT_EQ(back.mesh.materials.size(), 2u);
  EXPECT_EQ(back.mesh.materials[0].texture.data, tube.mesh.materials[0].texture.data);
  EXPECT_EQ(back.mesh.materials[1].base_color, tube.mesh.materials[1].base_color);
  EXPECT_FALSE(back.mesh.materials[1].double_sided);
  EXPECT_TRUE(back.mesh.materials[0].double_sided);
  ASSERT_EQ(back.skeleton.size(), 3);
  for (int j = 0; j < 3; ++j) {
    EXPECT_EQ(back.skeleton.joints[j].name, tube.skeleton.joints[j].name);
    EXPECT_EQ(back.skeleton.joints[j].parent, tube.skeleton.joints[j].parent);
  }
  EXPECT_EQ(back.skin.joints, tube.skin.joints);
  EXPECT_LT((back.skin.weights - tube.skin.weights).cwiseAbs().maxCoeff(), 1e-6f);
  ASSERT_EQ(back.clips.size(), 2u);
  for (std::size_t c = 0; c < 2; ++c) {
    EXPECT_EQ(back.clips[c].name, tube.clips[c].name);
    EXPECT_EQ(back.clips[c].times, tube.clips[c].times);
    const MeshSequence expected = animate(tube, tube.clips[c]), got = animate(back, back.clips[c]);
    for (std::size_t f = 0; f < expected.frames.size(); ++f) {
      EXPECT_LT(largest_distance(expected.frames[f], got.frames[f]), 1e-6f) << tube.clips[c].name << " " << f;
    }
  }
  ASSERT_TRUE(write_glb(file("again.glb"), tube));
  EXPECT_EQ(*read_file(file("tube.glb")), *read_file(file("again.glb")));  // same model, same bytes
}

TEST_F(ModelsTest, GlbKeepsColoursAndPlainMeshes) {
  RiggedModel plain;
  plain.name = "plain";
  plain.mesh = make_tube().mesh;
  plain.mesh.uvs.resize(0, 2);
  plain.mesh.materials.clear();
  plain.mesh.face_material.clear();
  plain.mesh.colors = (plain.mesh.verts.array() * 0.5f + 0.4f).matrix();
  ASSERT_TRUE(write_glb(file("plain.glb"), plain));
  const RiggedModel back = read("plain.glb");
  EXPECT_EQ(back.skeleton.size(), 0);
  EXPECT_EQ(back.skin.joints.rows(), 0);
  EXPECT_EQ(back.mesh.verts, plain.mesh.verts);
  EXPECT_LT(largest_distance(back.mesh.colors, plain.mesh.colors), 1e-5f);
}

TEST_F(ModelsTest, GlbHoldsWhatPlayersNeed) {
  RiggedModel tube = make_tube();
  tube.skin.joints.row(0) << 1, 1, 2, 0;  // one joint twice
  tube.skin.weights.row(0) << 0.3f, 0.3f, 0.4f, 0;
  ASSERT_TRUE(write_glb(file("tube.glb"), tube));
  const GltfText text = GltfText::of(file("tube.glb"));
  const auto& json = text.json;
  EXPECT_EQ(json["asset"]["generator"], "MagicPose4D Studio");
  EXPECT_EQ(json["skins"][0]["skeleton"], 0);
  EXPECT_EQ(json["meshes"][0]["primitives"].size(), 2u);
  const auto& roots = json["scenes"][0]["nodes"];
  ASSERT_EQ(roots.size(), 2u);  // the mesh beside the armature
  EXPECT_EQ(json["nodes"][roots[1].get<int>()]["skin"], 0);
  EXPECT_FALSE(json["nodes"][0].contains("scale"));  // identity is left out

  // "still" moves nothing, but says for all that "bend" moves where it stands; one channel has all times.
  ASSERT_EQ(json["animations"].size(), 2u);
  EXPECT_EQ(json["animations"][0]["channels"].size(), json["animations"][1]["channels"].size());
  int whole = 0;
  for (const auto& sampler : json["animations"][1]["samplers"]) {
    const auto& input = json["accessors"][sampler["input"].get<int>()];
    whole += input["count"] == 2;
    EXPECT_EQ(input["min"][0], 0);
  }
  EXPECT_EQ(whole, 1);

  const auto& attributes = json["meshes"][0]["primitives"][0]["attributes"];
  const auto view = [&](const char* name) {
    return json["bufferViews"][json["accessors"][attributes[name].get<int>()]["bufferView"].get<int>()];
  };
  const std::size_t weights_at = view("WEIGHTS_0")["byteOffset"], joints_at = view("JOINTS_0")["byteOffset"];
  for (Eigen::Index v = 0; v < tube.mesh.verts.rows(); ++v) {
    float w[4];
    std::memcpy(w, text.bin.data() + weights_at + 16 * v, 16);
    EXPECT_EQ(w[0] + w[1] + w[2] + w[3], 1.0f) << v;
    std::uint8_t j[4];
    std::memcpy(j, text.bin.data() + joints_at + 4 * v, 4);
    for (int k = 0; k < 4; ++k) {
      EXPECT_TRUE(w[k] > 0 || j[k] == 0) << v;
      for (int i = 0; i < k; ++i) EXPECT_FALSE(w[k] > 0 && w[i] > 0 && j[i] == j[k]) << v;
    }
  }
}

TEST_F(ModelsTest, WriterRefusesBrokenModelsByName) {
  const auto refused = [&](auto change, const std::string& text) {
    RiggedModel model = make_tube();
    change(model);
    const auto result = write_glb(file("broken.glb"), model);
    ASSERT_FALSE(result) << text;
    EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message;
    EXPECT_FALSE(fs::exists(file("broken.glb")));
  };
  refused([](RiggedModel& m) { m.mesh.verts(3, 1) = NAN; }, "position is not finite");
  refused([](RiggedModel& m) { m.mesh.faces(0, 0) = 100000; }, "missing vertex");
  refused([](RiggedModel& m) { m.skin.joints(0, 0) = 9; }, "missing joint");
  refused([](RiggedModel& m) { m.skin.weights.row(2).setZero(); }, "no skin weights");
  refused([](RiggedModel& m) { m.clips[0].times[2] = 0.05; }, "clip 'bend': time 2");
  refused([](RiggedModel& m) { m.skeleton.joints[0].parent = 2; }, "before its parent");
  refused([](RiggedModel& m) { m.mesh.face_material[0] = 7; }, "face material 7");
  refused([](RiggedModel& m) { m.mesh = {}; }, "no triangles");
}

// A mesh on a node of its own transform, another bound in its own space, and a rigid one: one skin serves all.
TEST_F(ModelsTest, MeshesBoundInDifferentSpacesShareOneSkin) {
  GltfText text = tube_text();
  auto& json = text.json;
  const RiggedModel tube = make_tube();
  // The same mesh again, in centimetres and bound so.
  std::vector<float> verts, bind;
  for (Eigen::Index v = 0; v < tube.mesh.verts.rows(); ++v) {
    for (int k = 0; k < 3; ++k) verts.push_back(100 * tube.mesh.verts(v, k));
  }
  Mat4 metre_from_cm = Mat4::Identity();
  metre_from_cm.topLeftCorner<3, 3>() *= 0.01f;
  for (const Mat4& m : tube.skin.joint_from_mesh) {
    const Mat4 scaled = m * metre_from_cm;
    bind.insert(bind.end(), scaled.data(), scaled.data() + 16);
  }
  auto mesh = json["meshes"][0];
  const int position = text.add(verts, 5126, "VEC3", 3);
  for (auto& primitive : mesh["primitives"]) primitive["attributes"]["POSITION"] = position;
  json["meshes"].push_back(mesh);
  auto skin = json["skins"][0];
  skin["inverseBindMatrices"] = text.add(bind, 5126, "MAT4", 16);
  json["skins"].push_back(skin);
  // A rigid copy on the last joint, turned.
  auto rigid = json["meshes"][0];
  for (auto& primitive : rigid["primitives"]) {
    primitive["attributes"].erase("JOINTS_0");
    primitive["attributes"].erase("WEIGHTS_0");
  }
  json["meshes"].push_back(rigid);
  const int nodes = static_cast<int>(json["nodes"].size());
  json["nodes"].push_back({{"name", "cm"}, {"mesh", 1}, {"skin", 1}});
  json["nodes"].push_back({{"name", "rigid"}, {"mesh", 2}, {"rotation", {0, 0, 1, 0}}, {"translation", {1, 0, 0}}});
  json["scenes"][0]["nodes"].push_back(nodes);
  json["nodes"][2]["children"] = {nodes + 1};
  put("mixed.glb", text.glb());

  const RiggedModel mixed = read("mixed.glb");
  const Eigen::Index n = tube.mesh.verts.rows();
  ASSERT_EQ(mixed.mesh.verts.rows(), 3 * n);
  EXPECT_EQ(mixed.skeleton.size(), 4);  // "rigid" became a joint, "cm" and "tube" did not
  const MeshSequence expected = animate(tube, tube.clips[0]), got = animate(mixed, mixed.clips[0]);
  for (std::size_t f = 0; f < expected.frames.size(); ++f) {
    EXPECT_LT(largest_distance(got.frames[f].topRows(n), expected.frames[f]), 1e-5f);
    EXPECT_LT(largest_distance(got.frames[f].middleRows(n, n), expected.frames[f]), 1e-5f);
    Transform hang;
    hang.rotation = Quat(0, 0, 0, 1);
    hang.translation = Vec3(1, 0, 0);
    const Mat4 world = forward_kinematics(tube.skeleton, tube.clips[0].poses[f])[2] * hang.matrix();
    const Points carried =
        (tube.mesh.verts * world.topLeftCorner<3, 3>().transpose()).rowwise() + world.topRightCorner<3, 1>().transpose();
    EXPECT_LT(largest_distance(got.frames[f].bottomRows(n), carried), 1e-5f);
  }
}

TEST_F(ModelsTest, MeshesBoundInDifferentPosesGetTwinJoints) {
  GltfText text = tube_text();
  auto& json = text.json;
  const RiggedModel tube = make_tube();
  std::vector<float> bind;
  for (int j = 0; j < 3; ++j) {
    Transform moved;
    moved.translation = Vec3(0.01f * static_cast<float>(j * j), 0, 0);
    const Mat4 m = moved.matrix() * tube.skin.joint_from_mesh[j];
    bind.insert(bind.end(), m.data(), m.data() + 16);
  }
  auto skin = json["skins"][0];
  skin["inverseBindMatrices"] = text.add(bind, 5126, "MAT4", 16);
  json["skins"].push_back(skin);
  json["nodes"].push_back({{"name", "other"}, {"mesh", 0}, {"skin", 1}});
  json["scenes"][0]["nodes"].push_back(json["nodes"].size() - 1);
  put("twins.glb", text.glb());
  const RiggedModel twins = read("twins.glb");
  EXPECT_GT(twins.skeleton.size(), 3);
  RiggedModel other = tube;
  for (int j = 0; j < 3; ++j) other.skin.joint_from_mesh[j] = Eigen::Map<const Mat4>(&bind[16 * j]);
  const Eigen::Index n = tube.mesh.verts.rows();
  for (std::size_t f = 0; f < tube.clips[0].poses.size(); ++f) {
    const Points got = animate(twins, twins.clips[0]).frames[f];
    EXPECT_LT(largest_distance(got.topRows(n), animate(tube, tube.clips[0]).frames[f]), 1e-5f);
    EXPECT_LT(largest_distance(got.bottomRows(n), animate(other, tube.clips[0]).frames[f]), 1e-5f);
  }
}

TEST_F(ModelsTest, ManyAndNormalisedInfluencesKeepTheHeaviestFour) {
  const RiggedModel chain = make_chain(6, 0.25f, 4, 8);
  ASSERT_TRUE(write_glb(file("chain.glb"), chain));
  GltfText text = GltfText::of(file("chain.glb"));
  const Eigen::Index n = chain.mesh.verts.rows();
  std::vector<std::uint8_t> joints[2], weights[2];
  for (Eigen::Index v = 0; v < n; ++v) {
    for (const int j : {0, 1, 2, 3}) joints[0].push_back(static_cast<std::uint8_t>(j));
    for (const int w : {10, 60, 20, 40}) weights[0].push_back(static_cast<std::uint8_t>(w));
    for (const int j : {4, 5, 2, 0}) joints[1].push_back(static_cast<std::uint8_t>(j));
    for (const int w : {80, 5, 30, 0}) weights[1].push_back(static_cast<std::uint8_t>(w));  // joint 2 comes again
  }
  auto& attributes = text.json["meshes"][0]["primitives"][0]["attributes"];
  for (const int set : {0, 1}) {
    attributes["JOINTS_" + std::to_string(set)] = text.add(joints[set], 5121, "VEC4", 4);
    attributes["WEIGHTS_" + std::to_string(set)] = text.add(weights[set], 5121, "VEC4", 4, true);
  }
  put("weights.glb", text.glb());
  const RiggedModel model = read("weights.glb");
  ASSERT_EQ(model.skin.weights.rows(), n);
  for (Eigen::Index v = 0; v < n; ++v) {
    EXPECT_EQ(model.skin.joints.row(v), Eigen::RowVector4i(4, 1, 2, 3));
    EXPECT_LT((model.skin.weights.row(v) - Eigen::RowVector4f(80, 60, 50, 40) / 230).cwiseAbs().maxCoeff(), 1e-6f);
  }
}

TEST_F(ModelsTest, StepsAndCubicCurvesAreSampledExactly) {
  GltfText text = tube_text();
  auto& json = text.json;
  const int times = text.add(std::vector<float>{0, 1}, 5126, "SCALAR", 1);
  const int stepped = text.add(std::vector<float>{0, 0, 0, 5, 0, 0}, 5126, "VEC3", 3);
  // Tangents of 6 in at the start and at the end: s -> 6 (s^3 - 2 s^2 + s) + (3 s^2 - 2 s^3) 2 + 6 (s^3 - s^2).
  const int cubic = text.add(std::vector<float>{0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 6, 0, 0, 2, 0, 0, 0, 0}, 5126, "VEC3", 3);
  json["animations"] = nlohmann::json::array();
  json["animations"].push_back(
      {{"samplers",
        {{{"input", times}, {"output", stepped}, {"interpolation", "STEP"}},
         {{"input", times}, {"output", cubic}, {"interpolation", "CUBICSPLINE"}}}},
       {"channels",
        {{{"sampler", 0}, {"target", {{"node", 0}, {"path", "translation"}}}},
         {{"sampler", 1}, {"target", {{"node", 1}, {"path", "translation"}}}}}}});
  put("curves.glb", text.glb());
  const RiggedModel model = read("curves.glb");
  ASSERT_EQ(model.clips.size(), 1u);
  const Clip& clip = model.clips[0];
  EXPECT_FALSE(clip.name.empty());
  EXPECT_EQ(clip.times.front(), 0);
  EXPECT_EQ(clip.times.back(), 1);
  EXPECT_EQ(sample_clip(clip, 0.999).at(0).translation.x(), 0);
  EXPECT_EQ(sample_clip(clip, 1).at(0).translation.x(), 5);
  for (const double s : {0.0, 0.2, 0.5, 0.77, 1.0}) {
    const double expected = 6 * (s * s * s - 2 * s * s + s) + 2 * (3 * s * s - 2 * s * s * s) + 6 * (s * s * s - s * s);
    EXPECT_NEAR(sample_clip(clip, s).at(1).translation.y(), expected, 2e-3) << s;
  }
}

TEST_F(ModelsTest, NamesAreMadeUniqueAndWeightlessVerticesBound) {
  GltfText text = tube_text();
  text.json["nodes"][0].erase("name");
  text.json["nodes"][1]["name"] = "twice";
  text.json["nodes"][2]["name"] = "twice";
  const auto& attributes = text.json["meshes"][0]["primitives"][0]["attributes"];
  const auto& accessor = text.json["accessors"][attributes["WEIGHTS_0"].get<int>()];
  const std::size_t at = text.json["bufferViews"][accessor["bufferView"].get<int>()]["byteOffset"];
  std::memset(text.bin.data() + at, 0, 16);
  put("names.glb", text.glb());
  std::vector<std::string> messages;
  JobContext job({{"read", 1}}, {}, [&](MessageLevel, const std::string& m) { messages.push_back(m); });
  const auto model = read_model(file("names.glb"), &job);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->skeleton.joints[0].name, "node_0");
  EXPECT_EQ(model->skeleton.joints[1].name, "twice");
  EXPECT_EQ(model->skeleton.joints[2].name, "twice_2");
  EXPECT_EQ(model->skin.weights.row(0), Eigen::RowVector4f(1, 0, 0, 0));
  EXPECT_EQ(messages.size(), 2u);
}

TEST_F(ModelsTest, DamagedFilesAreRefusedByName) {
  expect_refused(file("missing.glb"), "no such file");
  expect_refused(put("model.blend", "x"), "'.blend'");
  expect_refused(put("empty.glb", ""), "not a glTF file");
  expect_refused(put("garbage.glb", std::string(5000, '\xa7')), "not a glTF file");
  for (const char* ending : {"fbx", "dae", "ply", "stl", "obj"}) {
    const auto model = read_model(put(std::string("garbage.") + ending, std::string(3000, 'q')));
    ASSERT_FALSE(model) << ending;
    EXPECT_NE(model.error().message.find("garbage."), std::string::npos);
  }
  const std::string whole = tube_text().glb();
  for (const std::size_t size : {4u, 19u, 30u, 700u}) expect_refused(put("cut.glb", whole.substr(0, size)), "truncated");
  expect_refused(put("cut.glb", whole.substr(0, whole.size() - 1)), "truncated");

  const auto changed = [&](auto change, const std::string& expected) {
    GltfText text = tube_text();
    change(text.json, text);
    expect_refused(put("changed.glb", text.glb()), expected);
  };
  using Json = nlohmann::json;
  changed([](Json& j, GltfText&) { j["accessors"][0]["count"] = 4000000000u; }, "declares 4000000000 elements");
  changed([](Json& j, GltfText&) { j["accessors"][0]["count"] = 2000000000; }, "do not fit");
  changed([](Json& j, GltfText&) { j["bufferViews"][0]["byteLength"] = 18446744073709551615u; }, "reaches");
  changed([](Json& j, GltfText&) { j["bufferViews"][0]["byteOffset"] = 18446744073709551615u; }, "reaches");
  changed([](Json& j, GltfText&) { j["bufferViews"][0]["buffer"] = 3; }, "buffer 3 does not exist");
  changed([](Json& j, GltfText&) { j["nodes"][0]["children"] = {99}; }, "nodes 99 does not exist");
  changed([](Json& j, GltfText&) { j["nodes"][2]["children"] = {0}; }, "cycle");
  changed([](Json& j, GltfText&) { j["nodes"][0]["mesh"] = "one"; }, "damaged glTF");
  changed([](Json& j, GltfText&) { j["asset"]["version"] = "1.0"; }, "glTF 1.0");
  changed([](Json& j, GltfText&) { j["meshes"][0]["primitives"] = Json::array(); }, "no triangles");
  changed([](Json& j, GltfText&) { j["images"][0] = {{"uri", "../../etc/passwd"}}; }, "outside its own folder");
  changed([](Json& j, GltfText&) { j["images"][0] = {{"uri", "http://x/y.png"}}; }, "on the network");
  changed([](Json& j, GltfText&) { j["extensionsRequired"] = {"KHR_draco_mesh_compression"}; },
          "KHR_draco_mesh_compression");
  changed(
      [](Json& j, GltfText& t) {
        const int at = t.add(std::vector<float>{0, 0.5f, 0.5f, 1}, 5126, "SCALAR", 1);
        j["animations"][0]["samplers"][0]["input"] = at;
      },
      "clip 'bend'");
  changed(
      [](Json& j, GltfText& t) {
        j["meshes"][0]["primitives"][0]["indices"] = t.add(std::vector<std::uint32_t>{0, 1, 5000}, 5125, "SCALAR", 1);
      },
      "index 5000");
  changed(
      [](Json& j, GltfText& t) {
        const std::size_t at = j["bufferViews"][j["accessors"][1]["bufferView"].get<int>()]["byteOffset"];
        const float nan = NAN;
        std::memcpy(t.bin.data() + at + 12, &nan, 4);
      },
      "vertex 1 is not a finite number");
}

// Every byte of the binary part and the JSON may be wrong: an error or a model, never a crash.
TEST_F(ModelsTest, RandomDamageNeverCrashes) {
  const std::string whole = tube_text().glb();
  std::uint32_t state = 7;
  int read = 0;
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole;
    for (int k = 0; k < 1 + round % 4; ++k) {
      state = state * 1664525 + 1013904223;
      bytes[20 + state % (bytes.size() - 20)] = static_cast<char>(state >> 24);
    }
    const auto model = read_model(put("damaged.glb", bytes));
    if (!model) {
      EXPECT_NE(model.error().message.find("damaged.glb"), std::string::npos) << model.error().message;
      continue;
    }
    ++read;
    EXPECT_TRUE(model->mesh.verts.allFinite());
    EXPECT_LT(model->mesh.faces.maxCoeff(), model->mesh.verts.rows());
  }
  EXPECT_GT(read, 10);
}

TEST_F(ModelsTest, MeshFilesKeepTopology) {
  Mesh mesh = make_tube().mesh;
  mesh.materials.clear();
  mesh.face_material.clear();
  mesh.verts.row(5) = mesh.verts.row(6);  // coinciding vertices stay apart
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  mesh.colors = ((mesh.verts.array() + 1) * 100).round().matrix() / 255;
  for (const char* name : {"mesh.obj", "mesh.ply"}) {
    ASSERT_TRUE(write_mesh(file(name), mesh));
    const Mesh back = read(name).mesh;
    EXPECT_EQ(back.verts, mesh.verts) << name;
    EXPECT_EQ(back.faces, mesh.faces) << name;
    EXPECT_LT(largest_distance(back.colors, mesh.colors), 1e-6f) << name;
    ASSERT_EQ(back.uvs.rows(), mesh.uvs.rows()) << name;
    EXPECT_LT((back.uvs - mesh.uvs).cwiseAbs().maxCoeff(), 1e-6f) << name;
    EXPECT_LT(largest_distance(back.normals, mesh.normals), 1e-5f) << name;
  }
  EXPECT_EQ(write_mesh(file("mesh.xyz"), mesh).error().code, ErrorCode::kUsage);
}

TEST_F(ModelsTest, MeshFilesHaveTheTexturesColoursAtVertices) {
  Mesh mesh;
  mesh.verts.resize(4, 3);
  mesh.verts << 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0;
  mesh.faces.resize(2, 3);
  mesh.faces << 0, 1, 2, 0, 2, 3;
  mesh.uvs.resize(4, 2);
  mesh.uvs << 0.1f, 0.1f, 0.9f, 0.1f, 1.75f, -0.25f, 0.25f, 0.75f;  // outside 0..1 it repeats
  Image texture(2, 2, 3);
  texture.data = {255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 100, 50};
  mesh.materials = {{"painted", Vec4(1, 0.5f, 1, 1), texture, true}};
  const float half = srgb_from_linear(0.5f);
  Points wanted(4, 3);
  wanted << 1, 0, 0, 0, half, 0, 200 / 255.0f, srgb_from_linear(0.5f * linear_from_srgb(100 / 255.0f)), 50 / 255.0f, 0, 0, 1;
  for (const char* name : {"painted.obj", "painted.ply"}) {
    ASSERT_TRUE(write_mesh(file(name), mesh));
    EXPECT_LT(largest_distance(read(name).mesh.colors, wanted), 0.004f) << name;
  }
}

TEST_F(ModelsTest, ObjReadsSeamsPolygonsAndMaterials) {
  put("cube.mtl", "newmtl red\nKd 1 0 0\nd 0.5\nnewmtl outside\nmap_Kd ../secret.png\n");
  const std::string geometry =
      "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 2 0 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nvt 0.5 0.25\n"
      "usemtl red\nf 1/1 2/2 3/3 4/4\nf -4/5 5/1 -3/3\n";
  put("quad.obj", geometry);
  const Mesh mesh = read("quad.obj").mesh;
  ASSERT_EQ(mesh.faces.rows(), 3);
  ASSERT_EQ(mesh.verts.rows(), 6);  // vertex 2 has a second texture coordinate
  EXPECT_EQ(mesh.verts.row(5), mesh.verts.row(1));
  EXPECT_EQ(mesh.uvs.row(5), Eigen::RowVector2f(0.5f, 0.75f));
  EXPECT_EQ(mesh.uvs.row(0), Eigen::RowVector2f(0, 1));
  expect_refused(put("cube.obj", "mtllib cube.mtl\n" + geometry), "outside its own folder");
  put("cube.mtl", "newmtl red\nKd 1 0 0\nd 0.5\n");
  put("cube.obj", "mtllib cube.mtl\n" + geometry);
  const Mesh painted = read("cube.obj").mesh;
  ASSERT_EQ(painted.materials.size(), 1u);
  EXPECT_EQ(painted.materials[0].base_color, Vec4(1, 0, 0, 0.5f));
  expect_refused(put("bad.obj", "v 0 0 0\nf 1 2 3\n"), "line 2: a face refers to entry 2 of 1");
  expect_refused(put("nan.obj", "v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), "not a finite number");
}

TEST_F(ModelsTest, AnimeIsExact) {
  MeshSequence sequence = animate(make_tube(), make_tube().clips[0]);
  ASSERT_TRUE(write_anime(file("tube.anime"), sequence));
  const auto back = read_anime(file("tube.anime"), 8);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->faces, sequence.faces);
  EXPECT_EQ(back->frames[0], sequence.frames[0]);
  EXPECT_EQ(back->times[3], 3 / 8.0);
  for (std::size_t f = 0; f < 4; ++f) EXPECT_LT(largest_distance(back->frames[f], sequence.frames[f]), 1e-6f);
  const std::string bytes = *read_file(file("tube.anime"));
  const auto refused = [&](const std::string& content) {
    const auto result = read_anime(put("bad.anime", content));
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("bad.anime"), std::string::npos);
  };
  refused("");
  refused(bytes.substr(0, bytes.size() - 4));
  refused(bytes + "1234");
  std::string huge = bytes;
  const std::int32_t many = 2147483647;
  for (int k = 0; k < 3; ++k) std::memcpy(huge.data() + 4 * k, &many, 4);
  refused(huge);
  std::string index = bytes;
  std::memcpy(index.data() + 12 + 12 * sequence.frames[0].rows(), &many, 4);
  refused(index);
}

TEST_F(ModelsTest, MeshFolderMakesASequenceInNaturalOrder) {
  const MeshSequence sequence = animate(make_tube(), make_tube().clips[0]);
  Mesh mesh;
  mesh.faces = sequence.faces;
  for (std::size_t f = 0; f < 4; ++f) {
    mesh.verts = sequence.frames[f];
    ASSERT_TRUE(write_mesh(file("frame" + std::to_string(f + 8) + ".obj"), mesh));
  }
  auto meshes = read_mesh_folder(folder_.path());
  ASSERT_TRUE(meshes) << meshes.error().message;
  const auto back = to_sequence(*meshes, 4);
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->frames.size(), 4u);
  for (std::size_t f = 0; f < 4; ++f) EXPECT_EQ(back->frames[f], sequence.frames[f]);
  EXPECT_EQ(back->times[2], 0.5);
  (*meshes)[2].faces(0, 0) = 3;
  EXPECT_NE(to_sequence(*meshes, 4).error().message.find("mesh 2"), std::string::npos);
  EXPECT_FALSE(read_mesh_folder(file("nowhere")));
}

}  // namespace
