// Files made to do harm: to read what they should not, or to take all memory or time.
#include "core/files.h"
#include "core/json_file.h"
#include "core/path_below.h"
#include "core/runtime.h"
#include "core/text.h"
#include "io/export.h"
#include "io/frames.h"
#include "io/internal/imported_scene.h"
#include "io/internal/usd_text.h"
#include "io/model_io.h"
#include "io/numpy.h"
#include "io/point_cloud.h"
#include "io/posed_scene.h"
#include "motion/kinematics.h"
#include "tests/io/rigged_models.h"
#include <archive.h>
#include <archive_entry.h>
#include <cmath>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <numeric>
#include <opencv2/imgcodecs.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

class Hostile : public testing::Test {
 protected:
  Hostile() {
    fs::create_directory(inside());
    EXPECT_TRUE(write_image(root_.path() / "private.png", Image(4, 4, 3)));
    EXPECT_TRUE(write_atomically(root_.path() / "private.txt", "newmtl secret\n"));
  }
  fs::path inside() const { return root_.path() / "model"; }
  fs::path put(const std::string& name, const std::string& bytes) const {
    EXPECT_TRUE(write_atomically(inside() / name, bytes));
    return inside() / name;
  }
  TempFolder root_ = TempFolder::create().value();
};

template <class T>
void expect_refused(const Result<T>& result, const std::string& text) {
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find(text), std::string::npos) << result.error().message;
  EXPECT_LT(result.error().message.size(), 1000u);
}

/// A triangle as glTF, its JSON changed by `change`.
template <class Change>
std::string triangle(const Change& change) {
  test::GltfText text{{{"asset", {{"version", "2.0"}}}, {"scene", 0}}, {}};
  const int positions = text.add(std::vector<float>{0, 0, 0, 1, 0, 0, 0, 1, 0}, 5126, "VEC3", 3);
  text.json["scenes"] = {{{"nodes", {0}}}};
  text.json["nodes"] = {{{"mesh", 0}}};
  text.json["meshes"] = {{{"primitives", {{{"attributes", {{"POSITION", positions}}}}}}}};
  change(text);
  return text.glb();
}

TEST_F(Hostile, GltfReadsNothingOutsideItsFolder) {
  const auto textured = [](const std::string& uri) {
    return triangle([&](test::GltfText& t) {
      t.json["images"] = {{{"uri", uri}}};
      t.json["textures"] = {{{"source", 0}}};
      t.json["materials"] = {{{"pbrMetallicRoughness", {{"baseColorTexture", {{"index", 0}}}}}}};
      t.json["meshes"][0]["primitives"][0]["material"] = 0;
    });
  };
  expect_refused(read_model(put("a.glb", textured("../private.png"))), "outside its own folder");
  expect_refused(read_model(put("a.glb", textured("%2e%2e/private.png"))), "outside its own folder");
  expect_refused(read_model(put("a.glb", textured("x/../../private.png"))), "outside its own folder");
  expect_refused(read_model(put("a.glb", textured("..\\private.png"))), "outside its own folder");
  fs::create_symlink(root_.path() / "private.png", inside() / "link.png");
  expect_refused(read_model(put("a.glb", textured("link.png"))), "outside its own folder");
  expect_refused(read_model(put("a.glb", textured("file:///etc/hostname"))), "on the network");
  ASSERT_TRUE(write_image(inside() / "own.png", Image(4, 4, 3)));
  EXPECT_TRUE(read_model(put("a.glb", textured("own.png"))));
}

TEST_F(Hostile, ObjAndUsdReadNothingOutsideTheirFolder) {
  const std::string face = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n";
  expect_refused(read_model(put("a.obj", "mtllib ../private.txt\n" + face)), "outside its own folder");
  put("a.mtl", "newmtl m\nmap_Kd ../private.png\n");
  expect_refused(read_model(put("a.obj", "mtllib a.mtl\n" + face)), "outside its own folder");
  const std::string usd =
      "#usda 1.0\ndef Mesh \"m\" {\nint[] faceVertexCounts = [3]\nint[] faceVertexIndices = [0, 1, 2]\n"
      "point3f[] points = [(0, 0, 0), (1, 0, 0), (0, 1, 0)]\nrel material:binding = </a>\n}\n"
      "def Material \"a\" {\ndef Shader \"s\" {\nuniform token info:id = \"UsdUVTexture\"\n"
      "asset inputs:file = @../private.png@\n}\n}\n";
  expect_refused(read_model(put("a.usda", usd)), "outside its own folder");
}

TEST_F(Hostile, ScenesReadNothingOutsideTheirFolder) {
  nlohmann::json frame{{"file_path", "../private.png"},
                       {"fl_x", 4},
                       {"transform_matrix", {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}}};
  const auto scene = [&] { return nlohmann::json{{"frames", {frame, frame}}}; };
  expect_refused(read_posed_scene(put("transforms.json", scene().dump())), "not below");
  frame["file_path"] = (root_.path() / "private.png").string();
  expect_refused(read_posed_scene(put("transforms.json", scene().dump())), "not below");
  ASSERT_TRUE(write_image(inside() / "own.png", Image(4, 4, 3)));
  frame["file_path"] = "./own.png";
  EXPECT_TRUE(read_posed_scene(put("transforms.json", scene().dump())));
  frame["mask_path"] = "../private.png";
  expect_refused(read_posed_scene(put("transforms.json", scene().dump())), "not below");
  frame.erase("mask_path");
  nlohmann::json with_points = scene();
  with_points["ply_file_path"] = "/etc/passwd";
  expect_refused(read_posed_scene(put("transforms.json", with_points.dump())), "not below");

  put("cameras.txt", "1 PINHOLE 4 4 4 4 2 2\n");
  put("points3D.txt", "");
  put("images.txt", "1 1 0 0 0 0 0 0 1 ../private.png\n\n2 1 0 0 0 0 0 0 1 own.png\n\n");
  fs::remove(inside() / "transforms.json");
  expect_refused(read_posed_scene(inside()), "not below");
}

TEST_F(Hostile, SdfstudioScenesToo) {
  const nlohmann::json unit{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
  nlohmann::json meta{{"width", 4}, {"height", 4},
                      {"frames", {{{"rgb_path", "../private.png"}, {"camtoworld", unit}, {"intrinsics", unit}}}}};
  put("meta_data.json", meta.dump());
  expect_refused(read_posed_scene(inside()), "not below");
  meta["width"] = "four";
  put("meta_data.json", meta.dump());
  expect_refused(read_posed_scene(inside()), "'width' must be");
}

TEST_F(Hostile, NumpyHeadersAreBounded) {
  const std::string head = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::string(2000000, '1') + ")}";
  std::string file("\x93NUMPY\2\0", 8);
  const auto size = static_cast<std::uint32_t>(head.size());
  file.append(reinterpret_cast<const char*>(&size), 4);
  expect_refused(read_npy(put("a.npy", file + head)), "not an array of plain numbers");
}

TEST(PathBelow, IsLexicalAndNamesWhatIsWrong) {
  EXPECT_EQ(path_below("/a/b", "c/../d.png", "f").value(), "/a/b/d.png");
  EXPECT_EQ(path_below("/a/b", "/a/b/d.png", "f").value(), "/a/b/d.png");
  for (const char* name : {"..", "../b2/x", "c/../../x", "/a/bc", "/etc/passwd"}) {
    const auto path = path_below("/a/b", name, "f.json");
    ASSERT_FALSE(path) << name;
    EXPECT_EQ(path.error().message.find("f.json: names '"), 0u) << path.error().message;
  }
}

TEST_F(Hostile, AbsurdSizesAreRefusedBeforeTheyAreTaken) {
  const std::string many = "2147483648";
  expect_refused(read_model(put("a.ply", "ply\nformat ascii 1.0\nelement vertex " + many +
                                             "\nproperty float x\nproperty float y\nproperty float z\nelement face 1\n"
                                             "property list uchar int vertex_indices\nend_header\n0 0 0\n3 0 0 0\n")),
                 "a.ply");
  std::string stl(84, '\0');
  std::memcpy(stl.data() + 80, "\xff\xff\xff\x7f", 4);
  expect_refused(read_model(put("a.stl", stl)), "a.stl");
  std::string anime(12, '\0');
  std::memcpy(anime.data(), "\xff\xff\xff\x7f\xff\xff\xff\x7f\xff\xff\xff\x7f", 12);
  expect_refused(read_anime(put("a.anime", anime)), "do not make 12 bytes");
  expect_refused(read_ply_points(put("p.ply", "ply\nformat ascii 1.0\nelement vertex " + many +
                                                  "\nproperty float x\nproperty float y\nproperty float z\nend_header\n")),
                 "ends before its last vertex");
  expect_refused(read_model(put("a.glb", triangle([](test::GltfText& t) { t.json["accessors"][0]["count"] = 1u << 31; }))),
                 "declares 2147483648 elements");
  const auto sparse = [](test::GltfText& t) {
    const int index = t.add(std::vector<std::uint16_t>{0}, 5123, "SCALAR", 1);
    const nlohmann::json view = t.json["accessors"][index]["bufferView"];
    t.json["accessors"][0] = {{"componentType", 5126}, {"type", "VEC3"}, {"count", 2147483647},
                              {"sparse", {{"count", 1}, {"indices", {{"bufferView", view}, {"componentType", 5123}}},
                                          {"values", {{"bufferView", 0}}}}}};
  };
  expect_refused(read_model(put("a.glb", triangle(sparse))), "without data");
  put("cameras.txt", "1 PINHOLE 4000000000 4000000000 4 4 2 2\n");
  put("images.txt", "");
  expect_refused(read_posed_scene(inside()), "sides are between 1 and 65536");
}

TEST_F(Hostile, BvhFramesCostNoMoreThanTheirNumbers) {
  std::string joints = "HIERARCHY\n";
  for (int i = 0; i < 20000; ++i) joints += "ROOT r\n{\nOFFSET 0 1 0\n}\n";
  const auto still = read_model(put("a.bvh", joints + "MOTION\nFrames: 10000000\nFrame Time: 0.01\n"));
  ASSERT_TRUE(still) << still.error().message;
  EXPECT_TRUE(still->clips.empty());
  EXPECT_EQ(still->skeleton.size(), 20000);
}

TEST_F(Hostile, AMeshShownManyTimesIsBounded) {
  const auto copies = [](test::GltfText& t) {
    std::vector<float> many(3 * 30000, 0.5f);
    t.json["meshes"][0]["primitives"][0]["attributes"]["POSITION"] = t.add(many, 5126, "VEC3", 3);
    for (int i = 0; i < 4000; ++i) t.json["nodes"].push_back({{"mesh", 0}});
  };
  expect_refused(read_model(put("a.glb", triangle(copies))), "more than 100000000 vertices");
}

TEST_F(Hostile, KeyTimesOfManyNodesAreBounded) {
  const auto keys = [](test::GltfText& t) {
    std::vector<float> times, values;
    for (int i = 0; i < 3000; ++i) {
      times.push_back(0.01f * static_cast<float>(i));
      values.insert(values.end(), {0, 0, 0});
    }
    const int input = t.add(times, 5126, "SCALAR", 1), output = t.add(values, 5126, "VEC3", 3);
    t.json["animations"] = {{{"samplers", {{{"input", input}, {"output", output}}}},
                             {"channels", {{{"sampler", 0}, {"target", {{"node", 0}, {"path", "translation"}}}}}}}};
    for (int i = 0; i < 20000; ++i) t.json["nodes"].push_back({{"name", "same"}});
  };
  expect_refused(read_model(put("a.glb", triangle(keys))), "3000 key times for 20001 nodes");
}

TEST_F(Hostile, DeepNestingIsAnError) {
  const std::string deep(100000, '[');
  for (const char* name : {"a.gltf", "transforms.json"}) {
    const fs::path file = put(name, "{\"asset\": {\"version\": \"2.0\"}, \"frames\": " + deep + "}");
    if (file.extension() == ".gltf") expect_refused(read_model(file), "more than 200 deep");
    else expect_refused(read_posed_scene(file), "more than 200 deep");
  }
  expect_refused(parse_json("// \"\n" + deep, "x", true), "more than 200 deep");
  EXPECT_TRUE(parse_json("[\"" + deep + "\"]", "x"));
  EXPECT_TRUE(parse_json(std::string(200, '[') + std::string(200, ']'), "x"));
  std::string usd = "#usda 1.0\n";
  for (int i = 0; i < 100000; ++i) usd += "def \"a\" {";
  expect_refused(read_model(put("a.usda", usd)), "too deep");
  expect_refused(read_model(put("b.usda", "#usda 1.0\ndef \"a\" {\nint x = " + deep)), "too deep");
  std::string bvh = "HIERARCHY\nROOT r\n{\nOFFSET 0 0 0\n";
  for (int i = 0; i < 70000; ++i) bvh += "JOINT j\n{\nOFFSET 0 1 0\n";
  expect_refused(read_model(put("a.bvh", bvh)), "more than 65536 joints");
  std::string dae = "<?xml version=\"1.0\"?><COLLADA version=\"1.4.1\"><library_visual_scenes><visual_scene id=\"s\">";
  for (int i = 0; i < 200000; ++i) dae += "<node>";
  expect_refused(read_model(put("a.dae", dae)), "a.dae");
}

TEST_F(Hostile, EntitiesThatMultiplyAreNotExpanded) {
  std::string dae = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c <= 'k'; ++c) {
    dae += fmt::format("<!ENTITY {} \"", c);
    for (int i = 0; i < 10; ++i) dae += fmt::format("&{};", static_cast<char>(c - 1));
    dae += "\">";
  }
  dae += "]><COLLADA version=\"1.4.1\"><asset>&k;</asset></COLLADA>";
  expect_refused(read_model(put("a.dae", dae)), "a.dae");
}

TEST_F(Hostile, NumbersThatAreNoneAreNamed) {
  const auto position = [](float value) {
    return triangle([&](test::GltfText& t) { std::memcpy(t.bin.data() + 4, &value, 4); });
  };
  expect_refused(read_model(put("a.glb", position(NAN))), "not a finite number");
  expect_refused(read_model(put("a.glb", position(INFINITY))), "not a finite number");
  expect_refused(read_model(put("a.glb", triangle([](test::GltfText& t) { t.json["nodes"][0]["scale"] = {1e300, 1, 1}; }))),
                 "not finite");
  // Finite each, but not together.
  expect_refused(read_model(put("a.glb", triangle([](test::GltfText& t) {
    const float far = 3e38f;
    std::memcpy(t.bin.data() + 12, &far, 4);
    t.json["nodes"][0]["scale"] = {100, 1, 1};
  }))), "cannot be used");
  expect_refused(read_model(put("a.obj", "v nan 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")), "a.obj");
  expect_refused(read_model(put("a.obj", "v inf 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")), "a.obj");
  expect_refused(read_model(put("a.bvh", "HIERARCHY\nROOT r\n{\nOFFSET nan 0 0\n}\n")), "not a usable number");
  std::string stl = "solid s\nfacet normal 0 0 1\nouter loop\nvertex nan 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid s\n";
  expect_refused(read_model(put("a.stl", stl)), "a.stl");
}

// The MTL, the texture, the buffer: what a model names may be a link to a device or a pipe without a writer.
TEST_F(Hostile, NothingButRegularFilesIsReadOfWhatAModelNames) {
  const std::string face = "v 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl m\nf 1 2 3\n";
  ASSERT_EQ(::mkfifo((inside() / "pipe").c_str(), 0600), 0);
  EXPECT_TRUE(read_model(put("a.obj", "mtllib pipe\n" + face)));  // without its materials
  put("a.mtl", "newmtl m\nmap_Kd pipe\n");
  const auto plain = read_model(put("a.obj", "mtllib a.mtl\n" + face));
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_TRUE(plain->mesh.materials[0].texture.empty());
  test::GltfText text{{{"asset", {{"version", "2.0"}}}}, {}};
  text.add(std::vector<float>{0, 0, 0}, 5126, "VEC3", 3);
  text.json["buffers"] = {{{"byteLength", text.bin.size()}, {"uri", "pipe"}}};
  expect_refused(read_model(put("a.gltf", text.json.dump())), "a folder, pipe or device, not a file");
  ASSERT_EQ(::mkfifo((inside() / "pipe.bvh").c_str(), 0600), 0);
  expect_refused(read_model(inside() / "pipe.bvh"), "a pipe or device, not a model");
}

TEST_F(Hostile, ScenesReadRegularFilesOnly) {
  const nlohmann::json pose{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
  const nlohmann::json frame{{"file_path", "own.png"}, {"fl_x", 4}, {"transform_matrix", pose}};
  nlohmann::json scene{{"frames", {frame, frame}}, {"ply_file_path", "points.ply"}};
  ASSERT_TRUE(write_image(inside() / "own.png", Image(4, 4, 3)));
  put("transforms.json", scene.dump());
  fs::create_symlink("/dev/zero", inside() / "points.ply");
  expect_refused(read_posed_scene(inside()), "points.ply: a folder, pipe or device, not a file");
  fs::remove(inside() / "points.ply");
  ASSERT_EQ(::mkfifo((inside() / "points.ply").c_str(), 0600), 0);
  expect_refused(read_posed_scene(inside()), "points.ply: a folder, pipe or device, not a file");
  fs::remove(inside() / "own.png");
  fs::create_symlink("/dev/zero", inside() / "own.png");
  expect_refused(read_posed_scene(inside()), "own.png is missing");
  for (const char* name : {"transforms.json", "poses_bounds.npy", "meta_data.json", "cameras.npz"}) {
    fs::remove(inside() / "transforms.json");
    ASSERT_EQ(::mkfifo((inside() / name).c_str(), 0600), 0);
    expect_refused(read_posed_scene(inside()), "pipe or device");
    fs::remove(inside() / name);
  }
}

TEST_F(Hostile, TimesFarApartStillGoFromZeroToOne) {
  const nlohmann::json pose{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
  ASSERT_TRUE(write_image(inside() / "own.png", Image(4, 4, 3)));
  nlohmann::json frames = nlohmann::json::array();
  for (const double time : {-3e38, 0.0, 3e38}) frames.push_back({{"file_path", "own.png"}, {"fl_x", 4}, {"time", time}, {"transform_matrix", pose}});
  const auto scene = read_posed_scene(put("transforms.json", nlohmann::json{{"frames", frames}}.dump()));
  ASSERT_TRUE(scene) << scene.error().message;
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(scene->views[i].time, 0.5f * static_cast<float>(i));
}

// Folders of links to pictures are common, and so are folders that are links.
TEST_F(Hostile, LinksToPicturesAreFollowed) {
  const nlohmann::json pose{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
  const nlohmann::json frame{{"file_path", "images/a.png"}, {"fl_x", 4}, {"transform_matrix", pose}};
  put("transforms.json", nlohmann::json{{"frames", {frame, frame}}}.dump());
  fs::create_directory(inside() / "images");
  fs::create_symlink(root_.path() / "private.png", inside() / "images/a.png");
  EXPECT_TRUE(read_posed_scene(inside()));
  fs::create_directory_symlink(inside(), root_.path() / "linked");
  EXPECT_TRUE(read_posed_scene(root_.path() / "linked"));
  fs::create_symlink(inside() / "transforms.json", root_.path() / "linked.json");
  EXPECT_TRUE(read_image(inside() / "images/a.png"));
  const fs::path model = put("a.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
  fs::create_symlink(model, root_.path() / "linked.obj");
  EXPECT_TRUE(read_model(root_.path() / "linked.obj"));
}

TEST_F(Hostile, NamesInAnotherEncodingAreWrittenInOurs) {
  RiggedModel model = test::make_chain(2, 0.25f, 1, 3);
  model.skeleton.joints[1].name = "H\xFC" "fte";
  model.mesh.materials = {{"gr\xFCn", Vec4::Ones(), Image(2, 2, 3, 90), true}};
  model.clips = {{"L\xE4uft", {0, 0.5}, {rest_pose(model.skeleton), rest_pose(model.skeleton)}}};
  for (const char* name : {"G\xFCte.glb", "G\xFCte.gltf", "G\xFCte.fbx", "G\xFCte.bvh", "G\xFCte.usda", "G\xFCte.usdz"}) {
    const fs::path path = put(name, "");
    const auto written = export_model(path, model);
    ASSERT_TRUE(written) << name << ": " << written.error().message;
    const auto read = read_model(path);
    ASSERT_TRUE(read) << name << ": " << read.error().message;
    EXPECT_EQ(as_utf8(read->name), read->name) << name;
    if (std::string(name).find(".usd") != std::string::npos) continue;  // whose names are identifiers
    EXPECT_GE(read->skeleton.find("H\xC3\xBC" "fte"), 0) << name;
  }
  // What another program wrote.
  const fs::path theirs = put("theirs.bvh",
                              "HIERARCHY\nROOT H\xFC" "fte\n{\nOFFSET 0 0 0\nCHANNELS 3 Zrotation Xrotation Yrotation\nEnd Site\n{\nOFFSET 0 1 0\n}\n}\n"
                              "MOTION\nFrames: 2\nFrame Time: 0.04\n0 0 0\n10 0 0\n");
  const auto motion = read_model(theirs);
  ASSERT_TRUE(motion) << motion.error().message;
  EXPECT_GE(motion->skeleton.find("H\xC3\xBC" "fte"), 0);
}

TEST_F(Hostile, NamesThatGrowAreRefused) {
  const std::string root = "HIERARCHY\nROOT r\n{\nOFFSET 0 0 0\n", end = "End Site\n{\nOFFSET 0 1 0\n";
  EXPECT_TRUE(read_model(put("a.bvh", root + end + "}\n" + end + "}\n}\n")));  // several ends of one joint are fine
  expect_refused(read_model(put("a.bvh", root + end + end)), "line 8: a joint below an End Site");
  expect_refused(read_model(put("a.bvh", root + end + "JOINT j\n{\nOFFSET 0 1 0\n")), "line 8: a joint below an End Site");
  expect_refused(read_model(put("a.bvh", "HIERARCHY\nROOT " + std::string(1025, 'r') + "\n{\nOFFSET 0 0 0\n}\n")),
                 "a name of more than 1024 characters");
}

TEST_F(Hostile, FilesOfAPackageDoNotShareBytes) {
  std::string packed = pack_usdz({{"a.usda", "#usda 1.0\n" + std::string(100000, ' ')}});
  ASSERT_TRUE(unpack_usdz("a.usdz", packed));
  const std::size_t end = packed.size() - 22;
  std::uint32_t central = 0;
  std::memcpy(&central, packed.data() + end + 16, 4);
  const std::string entry = packed.substr(central, end - central);
  std::string tail = packed.substr(end);
  const std::uint16_t count = 60000;
  packed.resize(central);
  for (int i = 0; i < count; ++i) packed += entry;
  std::memcpy(tail.data() + 10, &count, 2);
  expect_refused(unpack_usdz("a.usdz", packed + tail), "damaged or truncated");
  const std::string twice = packed.substr(0, central) + entry + entry;
  std::memcpy(tail.data() + 10, "\2\0", 2);
  expect_refused(unpack_usdz("a.usdz", twice + tail), "damaged or truncated");
}

TEST_F(Hostile, ArraysOfAnArchiveAreBoundedTogether) {
  std::string array("\x93NUMPY\1\0", 8);
  const std::string head = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000, 100), }";
  const auto size = static_cast<std::uint16_t>(head.size());
  array.append(reinterpret_cast<const char*>(&size), 2);
  array += head + std::string(800000, '\0');
  const fs::path file = inside() / "a.npz";
  archive* zip = archive_write_new();
  archive_write_set_format_zip(zip);
  ASSERT_EQ(archive_write_open_filename(zip, file.c_str()), ARCHIVE_OK);
  for (int i = 0; i < 8; ++i) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, fmt::format("{}.npy", i).c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(array.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_header(zip, entry);
    archive_write_data(zip, array.data(), array.size());
    archive_entry_free(entry);
  }
  archive_write_close(zip);
  archive_write_free(zip);
  EXPECT_LT(fs::file_size(file), 20000u);
  EXPECT_EQ(read_npz(file).value().size(), 8u);
  expect_refused(read_npz(file, 5'000'000), "its arrays are too large when unpacked");
}

TEST_F(Hostile, WhatManyNodesShowIsBounded) {
  const auto shown = [](int nodes, const auto& change) {
    return triangle([&](test::GltfText& t) {
      change(t);
      for (int i = 1; i < nodes; ++i) t.json["nodes"].push_back(t.json["nodes"][0]);
    });
  };
  const std::uint64_t before = peak_memory();
  expect_refused(read_model(put("a.glb", shown(10000, [](test::GltfText& t) {
    t.json["meshes"][0]["primitives"][0]["indices"] = t.add(std::vector<std::uint8_t>(2000000, 0), 5121, "SCALAR", 1);
  }))), "shows more than 200000000 triangles");
  expect_refused(read_model(put("a.glb", shown(1, [](test::GltfText& t) {
    nlohmann::json& attributes = t.json["meshes"][0]["primitives"][0]["attributes"];
    constexpr int kVertices = 20000;
    attributes["POSITION"] = t.add(std::vector<float>(3 * kVertices, 0), 5126, "VEC3", 3);
    const int joints = t.add(std::vector<std::uint8_t>(4 * kVertices, 0), 5121, "VEC4", 4);
    const int weights = t.add(std::vector<std::uint8_t>(4 * kVertices, 1), 5121, "VEC4", 4, true);
    for (int set = 0; set < 6000; ++set) {
      attributes[fmt::format("JOINTS_{}", set)] = joints;
      attributes[fmt::format("WEIGHTS_{}", set)] = weights;
    }
  }))), "shows more than 400000000 weights of vertices");
  expect_refused(read_model(put("a.glb", shown(5000, [](test::GltfText& t) {
    t.json["skins"] = {{{"joints", nlohmann::json(std::vector<int>(5000, 0))}}};
    t.json["nodes"][0]["skin"] = 0;
  }))), "shows more than 10000000 bones of skins");
  expect_refused(read_model(put("a.glb", shown(1, [](test::GltfText& t) {
    std::vector<float> times(100000);
    std::iota(times.begin(), times.end(), 0.0f);
    const int input = t.add(times, 5126, "SCALAR", 1), output = t.add(std::vector<float>(300000, 0), 5126, "VEC3", 3);
    t.json["animations"] = {{{"samplers", {{{"input", input}, {"output", output}}}}, {"channels", nlohmann::json::array()}}};
    for (int i = 0; i < 2000; ++i)
      t.json["animations"][0]["channels"].push_back({{"sampler", 0}, {"target", {{"node", 0}, {"path", "translation"}}}});
  }))), "shows more than 100663296 values of animations");
  EXPECT_LT(peak_memory(), before + (std::uint64_t{1} << 30));
}

TEST_F(Hostile, AFileThatManyBuffersNameIsReadOnce) {
  put("a.bin", std::string(4'000'000, '\0'));
  nlohmann::json gltf{{"asset", {{"version", "2.0"}}}, {"meshes", nlohmann::json::array()}};
  for (int i = 0; i < 5000; ++i) gltf["buffers"].push_back({{"byteLength", 4000000}, {"uri", i % 2 ? "a.bin" : "./a.bin"}});
  const std::uint64_t before = peak_memory();
  expect_refused(read_model(put("a.gltf", gltf.dump())), "a.gltf");  // it shows nothing
  EXPECT_LT(peak_memory(), before + (256 << 20));
}

// A curve stands for up to 256 times a key, of each of many tracks.
TEST(ImportedClips, TimesAreBoundedWhileTheyAreCollected) {
  std::vector<ImportedNode> nodes(2000);
  ImportedClip clip{"c", {}};
  for (int n = 0; n < 400; ++n) {
    ImportedTrack track{n, Path::kTranslation, Interpolation::kCubic, {}, {}};
    for (int i = 0; i < 500; ++i) track.times.push_back(10.0 * i + 0.0125 * n);
    track.values.assign(3 * track.times.size(), Vec4::Zero());
    clip.tracks.push_back(track);
  }
  const std::uint64_t before = peak_memory();
  expect_refused(sample_imported_clip(clip, nodes), "key times for 2000 nodes are too many");
  EXPECT_LT(peak_memory(), before + (64 << 20));  // all of them would be 400 MB
}

TEST(ImportedClips, TheTimesOfAllTracksComeOnceAndInOrder) {
  ImportedClip clip{"c", {{0, Path::kTranslation, Interpolation::kLinear, {0, 1, 3}, std::vector<Vec4>(3, Vec4::Zero())},
                          {1, Path::kTranslation, Interpolation::kStep, {0.5, 1 + 1e-9, 2}, std::vector<Vec4>(3, Vec4::Zero())}}};
  const auto sampled = sample_imported_clip(clip, std::vector<ImportedNode>(2));
  ASSERT_TRUE(sampled) << sampled.error().message;
  const double held = std::nextafter(1.0f, 0.0f), later = std::nextafter(2.0f, 0.0f);
  EXPECT_EQ(sampled->times, (std::vector<double>{0, 0.5, held, 1, later, 2, 3}));
}

/// A grey picture of zeros that says it has `side` rows and columns; of a large one only the first rows are there.
std::string grey_png(std::uint32_t side) {
  const std::string rows(std::size_t{side + 1} * std::min(side, 100u), '\0');
  std::string packed(compressBound(rows.size()), '\0');
  uLongf size = packed.size();
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(rows.data()), rows.size()), Z_OK);
  packed.resize(size);
  std::string png("\x89PNG\r\n\x1a\n", 8);
  const auto big_endian = [](std::uint32_t value) {
    return std::string{static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)};
  };
  const auto chunk = [&](const std::string& content) {
    png += big_endian(static_cast<std::uint32_t>(content.size() - 4)) + content +
           big_endian(static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()))));
  };
  chunk("IHDR" + big_endian(side) + big_endian(side) + std::string("\x08\0\0\0\0", 5));
  chunk("IDAT" + packed);
  chunk("IEND");
  return png;
}

TEST_F(Hostile, PicturesAreNoLargerThanMakesSense) {
  EXPECT_EQ(read_image(put("a.png", grey_png(100))).value().width, 100);
  const std::string png = grey_png(32768);
  const std::uint64_t before = peak_memory();
  expect_refused(read_image(put("a.png", png)), "a.png: too large: 32768 x 32768 pixels, where a picture may have 536 million");
  expect_refused(decode_image(png), "too large: 32768 x 32768 pixels");
  expect_refused(read_model(put("a.glb", triangle([&](test::GltfText& t) {
    const int bytes = t.add(std::vector<char>(png.begin(), png.end()), 5120, "SCALAR", 1);
    t.json["images"] = {{{"bufferView", t.json["accessors"][bytes]["bufferView"]}}};
    t.json["textures"] = {{{"source", 0}}};
    t.json["materials"] = {{{"pbrMetallicRoughness", {{"baseColorTexture", {{"index", 0}}}}}}};
  }))), "image 0 is too large: 32768 x 32768 pixels");
  EXPECT_LT(peak_memory(), before + (256 << 20));
}

// What the header says is what the decoder gives, of every format that is read.
TEST_F(Hostile, TheSizeOfAPictureIsInItsFirstBytes) {
  const cv::Mat picture(37, 51, CV_8UC3, cv::Scalar(10, 20, 30));
  for (const char* ending : {".png", ".jpg", ".webp", ".tif", ".bmp"}) {
    std::vector<std::uint8_t> bytes;
    ASSERT_TRUE(cv::imencode(ending, picture, bytes)) << ending;
    std::string text(bytes.begin(), bytes.end());
    const auto image = decode_image(text);
    ASSERT_TRUE(image) << ending << ": " << image.error().message;
    EXPECT_EQ(image->width, 51);
    EXPECT_EQ(image->height, 37);
    const auto read = read_image(put(std::string("a") + ending, text));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->width, 51);
  }
  std::vector<std::uint8_t> bytes;
  ASSERT_TRUE(cv::imencode(".jpg", picture, bytes));
  std::string text(bytes.begin(), bytes.end());
  // Segments before the size, as cameras write them, and padding between.
  std::string comment("\xff\xfe\xff\xff", 4);
  comment += std::string(65533, 'c');
  std::string filled = "\xff\xff\xff" + comment.substr(1);
  EXPECT_TRUE(decode_image(text.substr(0, 2) + comment + comment + filled + text.substr(2)));
  const std::size_t frame = text.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  text[frame + 5] = text[frame + 7] = '\xff';
  expect_refused(decode_image(text), "too large: 65331 x 65317 pixels");
}

TEST_F(Hostile, ThePicturesOfAllMaterialsAreBoundedTogether) {
  ASSERT_TRUE(write_image(inside() / "own.png", Image(2048, 2048, 3)));
  const std::uint64_t before = peak_memory();
  expect_refused(read_model(put("a.glb", triangle([](test::GltfText& t) {
    t.json["images"] = {{{"uri", "own.png"}}};
    t.json["textures"] = {{{"source", 0}}};
    for (int i = 0; i < 1000; ++i)
      t.json["materials"].push_back({{"pbrMetallicRoughness", {{"baseColorTexture", {{"index", 0}}}}}});
  }))), "a.glb: the textures of its materials take 12.6 GB of memory");
  std::string materials;
  for (int i = 0; i < 1000; ++i) materials += fmt::format("newmtl m{}\nmap_Kd own.png\n", i);
  put("a.mtl", materials);
  expect_refused(read_model(put("a.obj", "mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")),
                 "a.obj: the textures of its materials take 12.6 GB of memory");
  EXPECT_LT(peak_memory(), before + (std::uint64_t{1} << 29));

  Textures textures("m", 100);
  const auto make = [] { return Result<Image>(Image(4, 4, 3)); };
  EXPECT_EQ(textures.find("a", make).value(), 0);
  EXPECT_EQ(textures.find("a", make).value(), 0);
  EXPECT_EQ(textures.find("b", make).value(), 1);
  expect_refused(textures.find("c", make), "m: the textures of its materials take");
  std::vector<Material> shown(3);
  EXPECT_TRUE(textures.hand_out({0, -1, 1}, shown));
  EXPECT_FALSE(shown[0].texture.empty() || shown[2].texture.empty());
  EXPECT_TRUE(shown[1].texture.empty());
  expect_refused(textures.hand_out({0, 1, 1}, shown), "m: the textures of its materials take");
}

// Bytes of formats that OpenCV would decode and nobody needs here.
/// Listens on this machine and tells whether anybody came.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, any, size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, any, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  std::string address(const std::string& scheme) const { return scheme + "://127.0.0.1:" + std::to_string(port_) + "/a.ts"; }
  bool visited() const {
    const int guest = ::accept(socket_, nullptr, nullptr);
    if (guest >= 0) ::close(guest);
    return guest >= 0;
  }
  sockaddr_in at() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    return address;
  }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

TEST(TheListener, SeesAVisitor) {
  const Listener listener;
  EXPECT_FALSE(listener.visited());
  const int visitor = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = listener.at();
  ASSERT_EQ(::connect(visitor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_TRUE(listener.visited());
  ::close(visitor);
}

TEST_F(Hostile, PlaylistsNamedLikeAVideoReachNobody) {
  const Listener listener;
  int clips = 0;
  for (const std::string scheme : {"http", "https", "tcp", "rtmp"}) {
    const std::string url = listener.address(scheme);
    for (const std::string& text : {"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + url + "\n#EXT-X-ENDLIST\n",
                                    "ffconcat version 1.0\nfile '" + url + "'\n",
                                    "<?xml version=\"1.0\"?><MPD type=\"static\" xmlns=\"urn:mpeg:dash:schema:mpd:2011\" mediaPresentationDuration=\"PT1S\">"
                                    "<Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"0\" bandwidth=\"1\"><BaseURL>" +
                                        url + "</BaseURL></Representation></AdaptationSet></Period></MPD>\n"}) {
      expect_refused(read_frames(put("clip" + std::to_string(clips++) + ".mp4", text)), "not a video that FFmpeg can read");
    }
  }
  EXPECT_FALSE(listener.visited());
}

TEST_F(Hostile, OnlyUsualPicturesAreDecoded) {
  expect_refused(read_image(put("a.png", "P6\n2 2\n255\n123456789012")), "not a readable PNG");
  expect_refused(read_image(put("a.png", "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n1234")), "not a readable PNG");
  EXPECT_TRUE(read_image(root_.path() / "private.png"));
}

}  // namespace
}  // namespace mp4d
