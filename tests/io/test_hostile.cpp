// Files made to do harm: to read what they should not, or to take all memory or time.
#include "core/files.h"
#include "core/json_file.h"
#include "core/path_below.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "io/numpy.h"
#include "io/point_cloud.h"
#include "io/posed_scene.h"
#include "tests/io/rigged_models.h"
#include <gtest/gtest.h>

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

// Bytes of formats that OpenCV would decode and nobody needs here.
TEST_F(Hostile, OnlyUsualPicturesAreDecoded) {
  expect_refused(read_image(put("a.png", "P6\n2 2\n255\n123456789012")), "not a readable PNG");
  expect_refused(read_image(put("a.png", "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n1234")), "not a readable PNG");
  EXPECT_TRUE(read_image(root_.path() / "private.png"));
}

}  // namespace
}  // namespace mp4d
