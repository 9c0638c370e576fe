// Errors of the readers of cameras, posed pictures and points that no other test provokes: one thing is wrong in a scene that is
// fine otherwise.
#include "core/files.h"
#include "core/json_file.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include "io/point_cloud.h"
#include "io/posed_scene.h"
#include "tests/errors/expect_error.h"
#include "tests/synthetic/field_scenes.h"
#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Change = std::function<void(Json&)>;

PosedScene small_room() {
  FieldSceneOptions options;
  options.width = 24;
  options.height = 18;
  options.views = 10;
  options.supersample = 1;
  return make_room(options);
}

class SceneErrors : public testing::Test {
 protected:
  fs::path put(const std::string& name, const std::string& bytes) const {
    const fs::path file = root() / name;
    EXPECT_TRUE(make_folder(file.parent_path()));
    EXPECT_TRUE(write_atomically(file, bytes));
    return file;
  }
  void put_picture(const std::string& name, int width = 24, int height = 18) const {
    EXPECT_TRUE(make_folder((root() / name).parent_path()));
    EXPECT_TRUE(write_image(root() / name, Image(width, height, 3, 9)));
  }
  const fs::path& root() const { return folder_.path(); }

  TempFolder folder_ = TempFolder::create().value();
};

TEST(CameraErrors, EveryField) {
  const Json whole{{"width", 4}, {"height", 4}, {"fx", 4}, {"fy", 4}, {"frames", {Json::object()}}};
  const auto error = [&](const std::string& text, const Change& change) {
    Json json = whole;
    change(json);
    expect_error(cameras_from_json(json, "path.json"), text);
  };
  error("'fx' must be a number, not \"wide\"", [](Json& j) { j["fx"] = "wide"; });
  error("'fx' and 'fy' are needed", [](Json& j) { j.erase("fx"); });
  error("must be numbers of pixels", [](Json& j) { j["cx"] = 1e39; });
  error("'width' and 'height' are needed", [](Json& j) { j["width"] = 0; });
  error("'fps' must be between", [](Json& j) { j["fps"] = -1; });
  error("frame 0: must be an object", [](Json& j) { j["frames"] = {1}; });
}

TEST_F(SceneErrors, Transforms) {
  ASSERT_TRUE(write_transforms_scene(root(), small_room()));
  const fs::path file = root() / "transforms.json";
  const Json whole = read_json(file).value();
  const auto error = [&](const std::string& text, const Change& change) {
    SCOPED_TRACE(text);
    Json json = whole;
    change(json);
    ASSERT_TRUE(write_json(file, json));
    expect_error(read_posed_scene(root()), text);
  };
  error("'w' must be a number, not \"wide\"", [](Json& j) { j["w"] = "wide"; j["frames"][0]["w"] = "wide"; });
  error("'file_path' must be text, not 5", [](Json& j) { j["frames"][0]["file_path"] = 5; });
  error("'time' must be a finite number", [](Json& j) { j["frames"][0]["time"] = 1e39; });
  error("'w' and 'h' must be between 1 and 65536", [](Json& j) { j["w"] = 70000; j["frames"][0]["w"] = 70000; });
  error("frame 0: must be an object", [](Json& j) { j["frames"][0] = 1; });
  error("'test_filenames' must be a list", [](Json& j) { j["test_filenames"] = 1; });
  error("'aabb_scale' and 'scale' must be above 0", [](Json& j) { j["aabb_scale"] = -1; });
  error("is no usable size", [](Json& j) { j["aabb_scale"] = 1e30; j["scale"] = 1e-30; });
  PosedSceneOptions options;
  options.hold_out = 1;
  Json no_split = whole;
  no_split.erase("test_filenames");
  no_split.erase("train_filenames");
  ASSERT_TRUE(write_json(file, no_split));
  expect_error(read_posed_scene(root(), options), "views are held out and none is left to train on");
}

/// Whether a file is there may be impossible to tell, be it for want of permission, for a drive that fails or, as here, for a link
/// to itself.
TEST_F(SceneErrors, WhatCannotBeLookedUp) {
  const auto unreadable = [&](const std::string& name) {
    fs::remove_all(root() / name);
    EXPECT_TRUE(make_folder((root() / name).parent_path()));
    fs::create_symlink((root() / name).filename(), root() / name);
    const auto result = read_posed_scene(root() / fs::path(name).begin()->string());
    expect_error(result, name + ": cannot read: ");
    expect_error(result, "choose another name or folder");
  };
  for (const char* name : {"a/transforms_train.json", "b/transforms.json", "c/sparse/0", "d/cameras.txt"}) {
    const std::string file = name;
    if (file == "c/sparse/0") {
      EXPECT_TRUE(make_folder(root() / "c/sparse"));
      fs::create_symlink("0", root() / "c/sparse/0");
      expect_error(read_posed_scene(root() / "c"), "c/sparse/0/cameras.bin: cannot read: ");
    } else {
      unreadable(file);
    }
  }
  ASSERT_TRUE(write_colmap_scene(root() / "e", small_room(), true));
  unreadable("e/sparse/0/points3D.bin");
  fs::remove(root() / "e/sparse/0/points3D.bin");
  unreadable("e/sparse/0/cameras.bin");
  ASSERT_TRUE(write_transforms_scene(root() / "f", small_room()));
  fs::rename(root() / "f/transforms.json", root() / "f/transforms_train.json");
  unreadable("f/transforms_test.json");
}

TEST_F(SceneErrors, APictureThatVanishesWhileTheSceneIsRead) {
  ASSERT_TRUE(write_transforms_scene(root() / "room", small_room()));
  std::vector<fs::path> pictures;
  for (const auto& entry : fs::recursive_directory_iterator(root() / "room"))
    if (entry.path().extension() == ".png") pictures.push_back(entry.path());
  ASSERT_EQ(pictures.size(), 10u);
  const fs::path last = *std::max_element(pictures.begin(), pictures.end());
  JobContext job({{"read", 1}}, [&](const Progress& p) { if (p.step > 0) fs::remove(last); });
  job.begin_phase("read", 10);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // or the first step would not be told
  const auto read = read_posed_scene(root() / "room", {}, &job);
  expect_error(read, last.string() + ": no such file; check the path");
}

TEST_F(SceneErrors, MasksOfAnotherSize) {
  PosedScene scene = small_room();
  for (PosedView& view : scene.views) view.mask = Mask(24, 18, 1, 255);
  ASSERT_TRUE(write_transforms_scene(root(), scene));
  for (const auto& entry : fs::directory_iterator(root() / "masks")) ASSERT_TRUE(write_image(entry.path(), Mask(5, 5, 1)));
  expect_error(read_posed_scene(root()), "the mask has 5 x 5 pixels, its picture 24 x 18");
}

TEST_F(SceneErrors, Colmap) {
  put_picture("images/a.png");
  put_picture("images/b.png");
  const std::string cameras = "1 PINHOLE 24 18 20 20 12 9\n", images = "1 1 0 0 0 0 0 0 1 a.png\n\n2 1 0 0 0 0 0 1 1 b.png\n\n";
  const auto error = [&](const std::string& text, const std::string& c, const std::string& i, const std::string& p) {
    SCOPED_TRACE(text);
    put("sparse/0/cameras.txt", c);
    put("sparse/0/images.txt", i);
    put("sparse/0/points3D.txt", p);
    expect_error(read_posed_scene(root()), text);
  };
  error("PINHOLE needs 4 parameters", "1 PINHOLE 24 18 20\n", images, "");
  error("its pose is not a unit quaternion", cameras, "1 2 0 0 0 0 0 0 1 a.png\n\n", "");
  error("the pose of a.png is not finite", cameras, "1 1 0 0 0 1e300 0 0 1 a.png\n\n2 1 0 0 0 0 0 1 1 b.png\n\n", "");
  error("camera 9 is not in the file of cameras", cameras, "1 1 0 0 0 0 0 0 9 a.png\n\n", "");
  error("is not id, quaternion, shift, camera and name", cameras, "1 1 0 0 0 0 0 0 1\n\n", "");
  error("line 'here' is not an id and a position", cameras, images, "here\n");
}

TEST_F(SceneErrors, Ply) {
  const std::string rest = "property float x\nproperty float y\nproperty float z\nend_header\n";
  const auto error = [&](const std::string& text, const std::string& bytes) { expect_error(read_ply_points(put("a.ply", bytes)), text); };
  error("not a PLY file", "points");
  error("its byte order is not known here", "ply\nformat binary_big_endian 1.0\nelement vertex 1\n" + rest);
  error("its vertices do not come first", "ply\nformat ascii 1.0\nelement face 1\nelement vertex 1\n" + rest);
  error("of a type that is not known here", "ply\nformat ascii 1.0\nelement vertex 1\nproperty list uchar int x\n" + rest);
  error("'x' must be float or double, not int", "ply\nformat ascii 1.0\nelement vertex 1\nproperty int x\nend_header\n1\n");
  error("its vertices have no x, y, z", "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n1\n");
}

TEST_F(SceneErrors, LensesThatAFormatLacks) {
  PosedScene scene = small_room();
  scene.views[0].lens.kind = Lens::Kind::kBrown;
  scene.views[0].lens.d = {0.1, 0, 0};
  expect_error(write_transforms_scene(root(), scene), "has no lens with a divisor; write COLMAP");
  scene.views[0].lens.d = {};
  scene.views[0].lens.k = {0.1, 0.1, 0.1, 0.1};
  expect_error(write_colmap_scene(root(), scene, true), "no lens with a term of radius to the 8th power; write transforms");
}

}  // namespace
}  // namespace mp4d::test
