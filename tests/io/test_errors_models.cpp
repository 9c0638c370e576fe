// Errors of the readers and writers of models that no other test provokes: one thing is wrong in a file that is fine otherwise.
#include "io/export.h"
#include "io/internal/export_formats.h"
#include "io/internal/export_write.h"
#include "io/internal/imported_scene.h"
#include "io/internal/usd_text.h"
#include "io/model_io.h"
#include "rigged_models.h"
#include "tests/errors/expect_error.h"
#include "tests/errors/no_descriptors.h"
#include <cmath>
#include <functional>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class ModelErrors : public testing::Test {
 protected:
  fs::path put(const std::string& name, const std::string& bytes) const {
    EXPECT_TRUE(write_atomically(folder_.path() / name, bytes));
    return folder_.path() / name;
  }
  void expect_unreadable(const std::string& name, const std::string& bytes, const std::string& text) const {
    SCOPED_TRACE(text);
    expect_error(read_model(put(name, bytes)), text);
  }

  TempFolder folder_ = TempFolder::create().value();
};

using Spoil = std::function<void(GltfText&)>;

struct SpoiltGltf {
  const char* text;
  Spoil spoil;
};

Json& primitive(GltfText& t) { return t.json["meshes"][0]["primitives"][0]; }
Json& attribute(GltfText& t, const char* name) { return primitive(t)["attributes"][name]; }
Json& accessor(GltfText& t, const char* name) { return t.json["accessors"][attribute(t, name).get<std::size_t>()]; }
Json& positions_view(GltfText& t) { return t.json["bufferViews"][accessor(t, "POSITION")["bufferView"].get<std::size_t>()]; }
std::size_t vertices(GltfText& t) { return accessor(t, "POSITION")["count"]; }
Json& sampler(GltfText& t) { return t.json["animations"][0]["samplers"][0]; }
Json& channel(GltfText& t) { return t.json["animations"][0]["channels"][0]; }

TEST_F(ModelErrors, Gltf) {
  const fs::path whole = folder_.path() / "whole.glb";
  ASSERT_TRUE(write_glb(whole, make_tube()));
  const SpoiltGltf all[] = {
      {"bufferView 99 does not exist", [](GltfText& t) { accessor(t, "POSITION")["bufferView"] = 99; }},
      {"buffer 7 does not exist", [](GltfText& t) { positions_view(t)["buffer"] = 7; }},
      {"bytes into a buffer of", [](GltfText& t) { positions_view(t)["byteLength"] = 1000000000; }},
      {"stride 1 is below 12", [](GltfText& t) { positions_view(t)["byteStride"] = 1; }},
      {"elements of 12 bytes do not fit", [](GltfText& t) { accessor(t, "POSITION")["count"] = 100000; }},
      {"has an unknown type", [](GltfText& t) { accessor(t, "POSITION")["componentType"] = 1; }},
      {"has 2 components where 3 are needed", [](GltfText& t) { accessor(t, "POSITION")["type"] = "VEC2"; }},
      {"has no data", [](GltfText& t) { accessor(t, "POSITION").erase("bufferView"); }},
      {"has sparse indices of an unknown type",
       [](GltfText& t) {
         accessor(t, "POSITION")["sparse"] = {{"count", 1}, {"indices", {{"bufferView", 0}, {"componentType", 1}}}, {"values", {{"bufferView", 0}}}};
       }},
      {"has the sparse index 99999",
       [](GltfText& t) {
         const int at = t.add(std::vector<std::uint32_t>{99999}, 5125, "SCALAR", 1);
         const Json indices{{"bufferView", t.json["accessors"][at]["bufferView"]}, {"componentType", 5125}};
         accessor(t, "POSITION")["sparse"] = {{"count", 1}, {"indices", indices}, {"values", {{"bufferView", accessor(t, "POSITION")["bufferView"]}}}};
       }},
      {"a data URI is not base64", [](GltfText& t) { t.json["images"][0] = {{"uri", "data:image/png,x"}}; }},
      {"contains the character with code 33", [](GltfText& t) { t.json["images"][0] = {{"uri", "data:image/png;base64,!"}}; }},
      {"needs 'absent.png'", [](GltfText& t) { t.json["images"][0] = {{"uri", "absent.png"}}; }},
      {"image 0 is damaged or in an unknown format", [](GltfText& t) { t.json["images"][0] = {{"uri", "data:image/png;base64,AAAA"}}; }},
      {"nodes 99 does not exist", [](GltfText& t) { t.json["nodes"][0]["children"] = {99}; }},
      {"has a matrix of 3 numbers", [](GltfText& t) { t.json["nodes"][0]["matrix"] = {1, 2, 3}; }},
      {"has two parents",
       [](GltfText& t) {
         t.json["nodes"].push_back({{"name", "a"}, {"children", {0}}});
         t.json["nodes"].push_back({{"name", "b"}, {"children", {0}}});
       }},
      {"translation has 2 numbers instead of 3", [](GltfText& t) { t.json["nodes"][0]["translation"] = {1, 2}; }},
      {"primitive mode 9 is unknown", [](GltfText& t) { primitive(t)["mode"] = 9; }},
      {"WEIGHTS_0 is missing", [](GltfText& t) { primitive(t)["attributes"].erase("WEIGHTS_0"); }},
      {"joints and 1 weights", [](GltfText& t) { accessor(t, "WEIGHTS_0")["count"] = 1; }},
      {"a weight of vertex 0 is not finite",
       [](GltfText& t) { attribute(t, "WEIGHTS_0") = t.add(std::vector<float>(4 * vertices(t), NAN), 5126, "VEC4", 4); }},
      {"vertex 0 follows joint -1",
       [](GltfText& t) { attribute(t, "JOINTS_0") = t.add(std::vector<float>(4 * vertices(t), -1), 5126, "VEC4", 4); }},
      {"vertex 0 follows joint 77 of a skin with 3",
       [](GltfText& t) { attribute(t, "JOINTS_0") = t.add(std::vector<std::uint16_t>(4 * vertices(t), 77), 5123, "VEC4", 4); }},
      {"NORMAL has 1 entries for", [](GltfText& t) { accessor(t, "NORMAL")["count"] = 1; }},
      {"index 99999 with", [](GltfText& t) { primitive(t)["indices"] = t.add(std::vector<std::uint32_t>{0, 1, 99999}, 5125, "SCALAR", 1); }},
      {"has 3 joints, but 1 bind matrices",
       [](GltfText& t) { t.json["accessors"][t.json["skins"][0]["inverseBindMatrices"].get<std::size_t>()]["count"] = 1; }},
      {"animation path 'dance' is unknown", [](GltfText& t) { channel(t)["target"]["path"] = "dance"; }},
      {"sampler 99 does not exist", [](GltfText& t) { channel(t)["sampler"] = 99; }},
      {"value 0 is not finite",
       [](GltfText& t) {
         const Json& out = t.json["accessors"][sampler(t)["output"].get<std::size_t>()];
         const int width = out["type"] == "VEC4" ? 4 : 3;
         const std::string type = out["type"];
         sampler(t)["output"] = t.add(std::vector<float>(out["count"].get<std::size_t>() * static_cast<std::size_t>(width), NAN), 5126, type.c_str(), width);
       }},
      {"1 keys, but", [](GltfText& t) { t.json["accessors"][sampler(t)["input"].get<std::size_t>()]["count"] = 1; }},
      {"uses the glTF extension KHR_draco_mesh_compression", [](GltfText& t) { t.json["extensionsRequired"] = {"KHR_draco_mesh_compression"}; }},
      {"is glTF 1.0; export it as glTF 2.0", [](GltfText& t) { t.json["asset"]["version"] = "1.0"; }},
      {"damaged glTF: ", [](GltfText& t) { t.json["nodes"][0]["name"] = 5; }},
  };
  for (const SpoiltGltf& spoilt : all) {
    GltfText text = GltfText::of(whole);
    spoilt.spoil(text);
    expect_unreadable("spoilt.glb", text.glb(), spoilt.text);
  }
  expect_unreadable("short.gltf", R"({"asset": {"version": "2.0"}, "buffers": [{"byteLength": 10, "uri": "data:;base64,AAAA"}]})",
                    "truncated: buffer 0 should have 10 bytes, 3 are there");
}

TEST_F(ModelErrors, Glb) {
  const fs::path whole = folder_.path() / "whole.glb";
  ASSERT_TRUE(write_glb(whole, make_tube()));
  const std::string bytes = read_file(whole).value();
  const auto with = [&](std::size_t at, std::uint32_t value) {
    std::string changed = bytes;
    std::memcpy(changed.data() + at, &value, 4);
    return changed;
  };
  std::uint32_t json = 0;
  std::memcpy(&json, bytes.data() + 12, 4);
  expect_unreadable("a.glb", bytes.substr(0, 8), "a GLB has at least 20 bytes");
  expect_unreadable("a.glb", with(4, 1), "GLB version 1; only 2 can be read");
  expect_unreadable("a.glb", bytes.substr(0, bytes.size() - 4), "copy or export it again");
  expect_unreadable("a.glb", with(12, 0x7fffffff), "does not start with a whole JSON chunk");
  expect_unreadable("a.glb", with(20 + json, 0x7fffffff), "truncated: binary chunk");
}

TEST_F(ModelErrors, Bvh) {
  const std::string root = "HIERARCHY\nROOT hips\n{\nOFFSET 0 0 0\nCHANNELS 3 Zrotation Xrotation Yrotation\nEnd Site\n{\nOFFSET 0 1 0\n}\n}\n";
  const std::pair<std::string, const char*> all[] = {
      {"HIERARCHY\n", "no ROOT"},
      {"HIERARCHY\nROOT a\n{\nOFFSET 0 0\n}\n", "expected OFFSET and three numbers"},
      {"HIERARCHY\nROOT a\nOFFSET 0 0 0\n", "expected '{'"},
      {"HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\n", "the file ends within the hierarchy"},
      {"HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nCHANNELS\n}\n", "CHANNELS without a count"},
      {root + "MOTION\nFrames 2\n", "expected 'Frames: N'"},
      {root + "MOTION\nFrames: -2\n", "the number of frames is not usable"},
      {root + "MOTION\nFrames: 1\nTime: 1\n", "expected 'Frame Time: SECONDS'"},
  };
  for (const auto& [bytes, text] : all) expect_unreadable("a.bvh", bytes, text);
}

struct SpoiltModel {
  const char* text;
  std::function<void(RiggedModel&)> spoil;
};

TEST_F(ModelErrors, ModelsThatAreNotWritten) {
  const SpoiltModel all[] = {
      {"the mesh has no triangles", [](RiggedModel& m) { m.mesh.faces.resize(0, 3); }},
      {"a triangle refers to a missing vertex", [](RiggedModel& m) { m.mesh.faces(0, 0) = 9999; }},
      {"2 normals for", [](RiggedModel& m) { m.mesh.normals.conservativeResize(2, 3); }},
      {"a normal is not finite", [](RiggedModel& m) { m.mesh.normals(0, 0) = NAN; }},
      {"a colour or texture coordinate is not finite", [](RiggedModel& m) { m.mesh.uvs(0, 0) = NAN; }},
      {"face_material has another length than faces", [](RiggedModel& m) { m.mesh.face_material.pop_back(); }},
      {"face material 9 of 2", [](RiggedModel& m) { m.mesh.face_material[0] = 9; }},
      {"clips without a skeleton", [](RiggedModel& m) { m.skeleton = {}; }},
      {"the skin does not cover the mesh", [](RiggedModel& m) { m.skin.weights.conservativeResize(1, 4); }},
      {"joint_from_mesh has not one matrix a joint", [](RiggedModel& m) { m.skin.joint_from_mesh.pop_back(); }},
      {"the skin refers to a missing joint", [](RiggedModel& m) { m.skin.joints(0, 0) = 9; }},
      {"a skin weight is negative or not finite", [](RiggedModel& m) { m.skin.weights(0, 0) = -1; }},
      {"joint 'joint1' has a transform that is not finite", [](RiggedModel& m) { m.skeleton.joints[1].rest.translation.x() = NAN; }},
      {"clip 'bend': time 1 = 0 s must be at least 0 and above", [](RiggedModel& m) { m.clips[0].times[1] = 0; }},
  };
  for (const SpoiltModel& spoilt : all) {
    SCOPED_TRACE(spoilt.text);
    RiggedModel model = make_tube();
    spoilt.spoil(model);
    expect_error(write_glb(folder_.path() / "out.glb", model), spoilt.text);
  }
}

TEST_F(ModelErrors, Obj) {
  const std::pair<const char*, const char*> all[] = {
      {"v 0 0\n", "line 1: a vertex needs three numbers"},   {"vt 0\n", "vt needs two numbers"},
      {"vn 0 0\n", "vn needs three numbers"},                {"v 0 0 0\nf a b c\n", "line 2: a face corner is no number"},
      {"v 0 0 0\nf 1 1\n", "a face needs three corners"},
  };
  for (const auto& [bytes, text] : all) expect_unreadable("a.obj", bytes, text);
}

TEST_F(ModelErrors, UsdText) {
  const std::pair<const char*, const char*> all[] = {
      {"def Mesh \"m\" ( a b )", "expected '='"},
      {"def Mesh m {}", "expected a string"},
      {"def Mesh \"m", "a string without end"},
      {"asset a = @x", "'@' is missing"},
      {"def Mesh \"m\" ( = )", "expected metadata"},
      {"def Mesh \"m\" {", "prim 'm' has no end"},
      {"def A \"a\" { float x.timeSamples = { z: 1 } }", "expected a time"},
  };
  for (const auto& [bytes, text] : all) expect_unreadable("a.usda", std::string("#usda 1.0\n") + bytes, text);
}

TEST_F(ModelErrors, Usd) {
  const std::string unit = "[((1,0,0,0),(0,1,0,0),(0,0,1,0),(0,0,0,1))]";
  const std::string one = "def Skeleton \"s\" { uniform token[] joints = [\"a\"] uniform matrix4d[] restTransforms = " + unit +
                          " uniform matrix4d[] bindTransforms = " + unit + " }\n";
  const std::string face = "point3f[] points = [(0,0,0),(1,0,0),(0,1,0)] int[] faceVertexCounts = [3] int[] faceVertexIndices = [0,1,2] ";
  const auto animation = [](const std::string& inside) { return "def SkelAnimation \"m\" { " + inside + " }"; };
  const auto mesh = [](const std::string& inside) { return "def Mesh \"m\" { " + inside + " }"; };
  const std::pair<std::string, const char*> all[] = {
      {"( timeCodesPerSecond = 0 )", "timeCodesPerSecond must be above 0"},
      {mesh("uniform token[] xformOpOrder = [\"xformOp:translate\"]"), "</m> is moved by xformOps"},
      {one + one, "has several skeletons"},
      {"def Skeleton \"s\" {}", "</s> has no joints"},
      {"def Skeleton \"s\" { uniform token[] joints = [\"a\"] }", "</s> has 1 joints, but restTransforms"},
      {animation(""), "</m> names no joints"},
      {one + animation("uniform token[] joints = [\"b\"] float3[] translations = [(0,0,0)]"), "moves 'b', which no skeleton has"},
      {one + animation("uniform token[] joints = [\"a\"] float3[] translations = [(0,0)]"), "translations at 0 has 2 numbers for 1 joints"},
      {mesh(""), "</m> has no points"},
      {mesh("point3f[] points = [(0,0,0)] int[] faceVertexCounts = [3] int[] faceVertexIndices = [0]"), "faceVertexCounts need more than the 1"},
      {one + mesh(face + "int[] primvars:skel:jointIndices = [0,0] float[] primvars:skel:jointWeights = [1]"), "has 2 joint indices and 1 weights"},
      {one + mesh(face + "int[] primvars:skel:jointIndices = [0,0,0] float[] primvars:skel:jointWeights = [1,1,1] uniform token[] skel:joints = [\"z\"]"),
       "follows 'z', which the skeleton lacks"},
      {one + mesh(face + "int[] primvars:skel:jointIndices = [9,0,0] float[] primvars:skel:jointWeights = [1,1,1]"), "point 0 follows joint 9 of 1"},
  };
  for (const auto& [bytes, text] : all) expect_unreadable("a.usda", "#usda 1.0\n" + bytes, text);
  std::string packed = pack_usdz({{"a.usda", "#usda 1.0\n"}});
  packed[packed.find("PK\x01\x02") + 10] = 8;  // as if it were compressed
  expect_unreadable("a.usdz", packed, "in it is compressed, which USDZ does not allow");
}

TEST_F(ModelErrors, WhatIsNoModelFile) {
  fs::create_directory(folder_.path() / "walk.glb");
  expect_error(read_model(folder_.path() / "walk.glb"), "is a folder, not a model file");
  expect_error(read_mesh_folder(folder_.path()), "holds no meshes; put one a frame into it");
  expect_error(to_sequence({}, 24), "needs at least one mesh");
  expect_error(to_sequence({make_tube().mesh}, 0), "fps is 0; it must be above 0");
}

TEST_F(ModelErrors, WhatAReaderHandsBack) {
  ImportedScene scene;
  scene.nodes.push_back({"node", -1, {}, true, false});
  ImportedMesh mesh;
  mesh.name = "mesh";
  mesh.verts = Points::Random(3, 3);
  mesh.faces.resize(1, 3);
  mesh.faces << 0, 1, 9;
  mesh.face_material = {0};
  scene.meshes.push_back(mesh);
  scene.materials.emplace_back();
  expect_error(assemble_model("a.fbx", scene, nullptr), "mesh 'mesh': triangle 0 refers to vertex 9, but there are only 3");
}

TEST_F(ModelErrors, NoRoomForTheReader) {
  const fs::path file = put("a.stl", "solid a\nendsolid a\n");
  const NoDescriptors none;
  expect_error(read_model(file), "a.stl: the STL reader is needed for it");
}

TEST_F(ModelErrors, Anime) {
  const fs::path file = folder_.path() / "a.anime";
  MeshSequence sequence{make_tube().mesh.faces, {make_tube().mesh.verts, make_tube().mesh.verts}, {0, 1}};
  ASSERT_TRUE(write_anime(file, sequence));
  expect_error(read_anime(file, 0), "fps is 0; it must be above 0");
  sequence.frames[1](0, 0) = NAN;
  ASSERT_TRUE(write_anime(file, sequence));
  expect_error(read_anime(file, 24), "frame 1 has positions that are not finite");
  sequence.frames[1].conservativeResize(3, 3);
  expect_error(write_anime(file, sequence), "frame 1 has 3 vertices, the first");
  expect_error(write_anime(file, {}), "the sequence has no frames, vertices or triangles");
}

TEST_F(ModelErrors, Meshes) {
  Mesh mesh = make_tube().mesh;
  mesh.normals.conservativeResize(2, 3);
  expect_error(write_mesh(folder_.path() / "a.ply", mesh), "an attribute has 2 rows for");
  mesh.verts(0, 0) = NAN;
  expect_error(write_mesh(folder_.path() / "a.ply", mesh), "the mesh has no vertices, or one is not finite");
}

TEST_F(ModelErrors, PlacesToExportTo) {
  expect_error(check_holds_skin("output", "a.obj"), ".obj files hold no skin, so the rig would be lost");
  expect_error(check_export("output", "%04d.obj", {}), "name a folder for the meshes, such as walk/%04d.obj");
  expect_error(check_export("output", "/proc/1/a.glb", {}), "is not writable");
  fs::create_directory(folder_.path() / "a.glb");
  expect_error(check_export("output", folder_.path() / "a.glb", {}), "is there already and is not a regular file");
  RiggedModel plain = make_tube();
  plain.skeleton = {};
  plain.skin = {};
  plain.clips.clear();
  expect_error(export_model(folder_.path() / "a.bvh", plain, {}), "BVH holds motions of joints, and the model has none");
  RiggedModel flat = make_tube();
  flat.skin.joint_from_mesh[1].setZero();
  expect_error(export_model(folder_.path() / "a.fbx", flat, {}), "bind matrix has no inverse");
}

TEST_F(ModelErrors, FilesThatDifferFromWhatWasExported) {
  const SpoiltModel all[] = {
      {"triangles of", [](RiggedModel& m) { m.mesh.faces.conservativeResize(3, 3); }},
      {"no skeleton", [](RiggedModel& m) { m.skeleton = {}; }},
      {"1 clip of 2", [](RiggedModel& m) { m.clips.pop_back(); }},
      {"no clip 'still'", [](RiggedModel& m) { m.clips[1].name = "other"; }},
      {"clip 'bend' ending at 2.0000 s instead of 1.0000 s", [](RiggedModel& m) { m.clips[0].times.back() = 2; }},
  };
  const RiggedModel whole = make_tube();
  for (const SpoiltModel& spoilt : all) {
    SCOPED_TRACE(spoilt.text);
    RiggedModel got = whole;
    spoilt.spoil(got);
    ExportReport report;
    expect_error(compare_models(whole, got, report), spoilt.text);
  }
  RiggedModel bones = whole, fewer;
  bones.mesh = {};
  bones.skin = {};
  fewer = bones;
  fewer.skeleton.joints.pop_back();
  ExportReport report;
  expect_error(compare_models(bones, fewer, report), "no joint 'joint2'");
  report.error_share = 1;
  expect_error(judge_export("a.glb", report), "of the size away from where it should be");
}

}  // namespace
}  // namespace mp4d::test
