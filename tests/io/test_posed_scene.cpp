#include "core/files.h"
#include "io/frames.h"
#include "io/point_cloud.h"
#include "io/posed_scene.h"
#include "tests/synthetic/field_scenes.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

FieldSceneOptions tiny() {
  FieldSceneOptions options;
  options.width = 24;
  options.height = 18;
  options.views = 10;
  options.supersample = 1;
  return options;
}

Lens bent(Lens::Kind kind) {
  Lens lens;
  lens.kind = kind;
  lens.k = {0.08, -0.03, 0.004, 0};
  if (kind == Lens::Kind::kBrown) lens.p1 = 1e-3, lens.p2 = -2e-3;
  if (kind == Lens::Kind::kPinhole) lens.k = {};
  return lens;
}

TEST(Lens, UndistortInvertsDistort) {
  for (const auto kind : {Lens::Kind::kPinhole, Lens::Kind::kBrown, Lens::Kind::kFisheye}) {
    Lens lens = bent(kind);
    if (kind == Lens::Kind::kBrown) lens.d = {0.01, 0.002, 0};
    for (double x = -0.9; x < 1; x += 0.3)
      for (double y = -0.7; y < 1; y += 0.35) {
        const Eigen::Vector3d direction = undistort(lens, {x, y});
        EXPECT_NEAR(direction.norm(), 1, 1e-12);
        EXPECT_NEAR((distort(lens, direction) - Eigen::Vector2d(x, y)).norm(), 0, 1e-9);
      }
  }
}

TEST(Lens, FisheyeSeesBehindTheImagePlane) {
  Lens lens;
  lens.kind = Lens::Kind::kFisheye;
  EXPECT_NEAR(undistort(lens, {2.0, 0}).z(), std::cos(2.0), 1e-9);
}

TEST(Lens, RaysHitWhatIsProjected) {
  Camera camera = make_camera(200, 150, 1.0f);
  camera.camera_from_world = look_at({1, 2, 3}, {0, 0.5f, -1});
  const Vec3 point(0.3f, 0.1f, -0.7f), seen = project(camera, point);
  const Vec3 eye = camera.camera_from_world.inverse().translation();
  EXPECT_NEAR((ray_direction(camera, {}, seen.x(), seen.y()) - (point - eye).normalized()).norm(), 0, 2e-6);
}

// Largest angle between the rays of the two scenes' pixels, radians.
double ray_difference(const PosedScene& a, const PosedScene& b) {
  double most = 0;
  for (std::size_t v = 0; v < a.views.size(); ++v)
    for (int y = 0; y < a.views[v].camera.height; y += 3)
      for (int x = 0; x < a.views[v].camera.width; x += 3) {
        const Vec3 ra = ray_direction(a.views[v].camera, a.views[v].lens, x + 0.5, y + 0.5);
        const Vec3 rb = ray_direction(b.views[v].camera, b.views[v].lens, x + 0.5, y + 0.5);
        most = std::max(most, double((ra - rb).norm()));
      }
  return most;
}

void expect_same(const PosedScene& truth, const Result<PosedScene>& read) {
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->views.size(), truth.views.size());
  EXPECT_LT(ray_difference(truth, *read), 1e-6);
  for (std::size_t v = 0; v < truth.views.size(); ++v) {
    const Iso3 a = truth.views[v].camera.camera_from_world.inverse(), b = read->views[v].camera.camera_from_world.inverse();
    EXPECT_LT((a.translation() - b.translation()).norm(), 2e-6f);
    EXPECT_EQ(truth.views[v].image.data, read->views[v].image.data);
  }
  EXPECT_LT((truth.points - read->points).norm(), 1e-3f);
}

TEST(PosedScene, EveryFormatGivesTheSameRays) {
  for (const auto kind : {Lens::Kind::kPinhole, Lens::Kind::kBrown, Lens::Kind::kFisheye}) {
    PosedScene scene = make_room(tiny());
    for (PosedView& view : scene.views) view.lens = bent(kind);
    const TempFolder folder = TempFolder::create().value();
    ASSERT_TRUE(write_transforms_scene(folder.path() / "json", scene));
    ASSERT_TRUE(write_colmap_scene(folder.path() / "bin", scene, true));
    ASSERT_TRUE(write_colmap_scene(folder.path() / "txt", scene, false));
    const auto json = read_posed_scene(folder.path() / "json");
    expect_same(scene, json);
    expect_same(scene, read_posed_scene(folder.path() / "bin"));
    expect_same(scene, read_posed_scene(folder.path() / "txt"));
    ASSERT_TRUE(json);
    for (std::size_t v = 0; v < scene.views.size(); ++v) EXPECT_EQ(json->views[v].held_out, v % 8 == 0);
  }
}

TEST(PosedScene, PicturesOfTheSameNameInOtherFoldersStayApart) {
  PosedScene scene = make_room(tiny());
  for (std::size_t v = 0; v < scene.views.size(); ++v) {
    scene.views[v].name = fmt::format("{}/{}/{:04}.png", v < 5 ? "a" : "b", v % 5 < 3 ? "left" : "right", v % 5);
    scene.views[v].mask = Mask(24, 18, 1, 255);
    scene.views[v].mask.at(static_cast<int>(v), 0) = 0;
  }
  const TempFolder folder = TempFolder::create().value();
  ASSERT_TRUE(write_transforms_scene(folder.path() / "json", scene));
  ASSERT_TRUE(write_colmap_scene(folder.path() / "bin", scene, true));
  const auto json = read_posed_scene(folder.path() / "json");
  expect_same(scene, json);
  expect_same(scene, read_posed_scene(folder.path() / "bin"));
  ASSERT_TRUE(json);
  EXPECT_EQ(json->views[7].name, "images/b_left_0002.png");
  for (std::size_t v = 0; v < scene.views.size(); ++v) EXPECT_EQ(json->views[v].mask.data, scene.views[v].mask.data);

  for (std::size_t v = 0; v < scene.views.size(); ++v) scene.views[v].name = v % 2 ? "x.jpg" : "x.png";
  ASSERT_TRUE(write_colmap_scene(folder.path() / "numbers", scene, false));
  expect_same(scene, read_posed_scene(folder.path() / "numbers"));
}

class Transforms : public testing::Test {
 protected:
  Transforms() {
    EXPECT_TRUE(write_transforms_scene(folder.path(), scene));
    json = nlohmann::json::parse(read_file(folder.path() / "transforms.json").value());
  }
  Result<PosedScene> read() {
    EXPECT_TRUE(write_atomically(folder.path() / "transforms.json", json.dump()));
    return read_posed_scene(folder.path());
  }
  std::string file(int v) const { return fmt::format("images/v_{:03}.png", v); }

  PosedScene scene = make_room(tiny());
  TempFolder folder = TempFolder::create().value();
  nlohmann::json json;
};

TEST_F(Transforms, TheSplitIsTheFiles) {
  const auto split = [this] {
    const PosedScene seen = read().value();
    std::string out;
    for (const PosedView& view : seen.views) out += view.held_out ? 'x' : '.';
    return out;
  };
  EXPECT_EQ(split(), "x.......x.");
  json["train_filenames"] = {file(1), file(2), file(3), "./" + file(4)};
  json["test_filenames"] = {file(4), file(5)};  // a view that is trained on is not held out
  json["val_filenames"] = {file(6)};
  EXPECT_EQ(split(), "....xx");  // what is in no list is left out
  json.erase("train_filenames");
  EXPECT_EQ(split(), "....xxx...");
  json["test_filenames"] = json["val_filenames"] = nlohmann::json::array();  // a split without such views
  EXPECT_EQ(split(), "..........");
  json.erase("test_filenames");
  json.erase("val_filenames");
  EXPECT_EQ(split(), "x.......x.");
  json["train_filenames"] = {"elsewhere.png"};
  const auto none = read();
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("'train_filenames' names no frame"), std::string::npos) << none.error().message;
}

TEST_F(Transforms, TheCubeOfInstantNgpIsMovedByItsOffset) {
  json["aabb_scale"] = 4;
  json["scale"] = 0.5;
  EXPECT_EQ(read()->bounds->max(), Vec3(4, 4, 4));
  json["offset"] = {0.5, 0.25, 1.5};
  EXPECT_EQ(read()->bounds->min(), Vec3(-4, -3.5f, -6));
  EXPECT_EQ(read()->bounds->max(), Vec3(4, 4.5f, 2));
  json["offset"] = {0.5, 0.5};
  const auto wrong = read();
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("'offset' must be 3 finite numbers"), std::string::npos) << wrong.error().message;
}

TEST_F(Transforms, BothOpeningAnglesCount) {
  for (auto& frame : json["frames"]) frame.erase("fl_x"), frame.erase("fl_y");
  json["camera_angle_x"] = 2 * std::atan(0.5 * 24 / 20);
  EXPECT_FLOAT_EQ(read()->views[0].camera.fy, 20);
  json["camera_angle_y"] = 2 * std::atan(0.5 * 18 / 21);
  EXPECT_FLOAT_EQ(read()->views[0].camera.fx, 20);
  EXPECT_FLOAT_EQ(read()->views[0].camera.fy, 21);
  json["fl_y"] = 22;
  EXPECT_FLOAT_EQ(read()->views[0].camera.fy, 22);
}

void write_synthetic(const fs::path& folder, const PosedScene& scene) {
  const Camera& c = scene.views[0].camera;
  ASSERT_TRUE(write_transforms_scene(folder, scene));  // for its pictures and poses
  const auto all = nlohmann::json::parse(read_file(folder / "transforms.json").value());
  for (const bool held_out : {false, true}) {
    nlohmann::json file{{"camera_angle_x", 2 * std::atan(0.5 * c.width / c.fx)}, {"frames", nlohmann::json::array()}};
    for (std::size_t v = 0; v < scene.views.size(); ++v)
      if (scene.views[v].held_out == held_out)
        file["frames"].push_back({{"file_path", fmt::format("./images/v_{:03}", v)},
                                  {"transform_matrix", all["frames"][v]["transform_matrix"]}});
    ASSERT_TRUE(write_atomically(folder / (held_out ? "transforms_test.json" : "transforms_train.json"), file.dump()));
  }
  fs::remove(folder / "transforms.json");
}

TEST(PosedScene, NerfSyntheticIsReadWithItsSplitAndAlpha) {
  const PosedScene scene = make_object(tiny());
  const TempFolder folder = TempFolder::create().value();
  write_synthetic(folder.path(), scene);
  const auto read = read_posed_scene(folder.path());
  expect_same(scene, read);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->format, "nerf-synthetic");
  ASSERT_TRUE(read->bounds);
  EXPECT_EQ(read->bounds->max().x(), 1.5f);
  for (std::size_t v = 0; v < scene.views.size(); ++v) EXPECT_EQ(read->views[v].held_out, v % 8 == 0);
  EXPECT_EQ(read->views[3].image.channels, 4);
}

TEST(PosedScene, PicturesOfAnotherSizeScaleTheCamera) {
  const PosedScene scene = make_room(tiny());
  const TempFolder folder = TempFolder::create().value();
  ASSERT_TRUE(write_transforms_scene(folder.path(), scene));
  PosedSceneOptions options;
  options.max_side = 12;
  const auto read = read_posed_scene(folder.path(), options);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->views[0].image.width, 12);
  EXPECT_FLOAT_EQ(read->views[0].camera.fx, scene.views[0].camera.fx / 2);
  for (int v = 0; v < 10; ++v)
    ASSERT_TRUE(write_image(folder.path() / fmt::format("images/v_{:03}.png", v), Image(48, 36, 3, 9)));
  const auto larger = read_posed_scene(folder.path());
  ASSERT_TRUE(larger) << larger.error().message;
  EXPECT_FLOAT_EQ(larger->views[0].camera.fx, scene.views[0].camera.fx * 2);
}

TEST(PosedScene, MasksAreRead) {
  PosedScene scene = make_room(tiny());
  for (PosedView& view : scene.views) {
    view.mask = Mask(24, 18, 1, 255);
    view.mask.at(3, 4) = 0;
  }
  const TempFolder folder = TempFolder::create().value();
  ASSERT_TRUE(write_transforms_scene(folder.path(), scene));
  const auto read = read_posed_scene(folder.path());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->views[5].mask.data, scene.views[5].mask.data);
}

// What goes wrong, and a word the message must hold.
void expect_refused(const fs::path& folder, const std::string& word, const PosedSceneOptions& options = {}) {
  const auto read = read_posed_scene(folder, options);
  ASSERT_FALSE(read) << word;
  EXPECT_NE(read.error().message.find(word), std::string::npos) << read.error().message;
}

TEST(PosedScene, BadScenesAreNamed) {
  const PosedScene scene = make_room(tiny());
  const TempFolder folder = TempFolder::create().value();
  const fs::path root = folder.path(), file = root / "s/transforms.json";
  expect_refused(root / "nowhere", "no such");
  expect_refused(root, "no posed pictures");
  ASSERT_TRUE(write_transforms_scene(root / "s", scene));
  const auto good = nlohmann::json::parse(read_file(file).value());
  const auto with = [&](auto change) {
    nlohmann::json json = good;
    change(json);
    EXPECT_TRUE(write_atomically(file, json.dump()));
  };
  with([](auto& j) { j["frames"][2]["file_path"] = "images/lost.png"; });
  expect_refused(root / "s", "lost.png");
  with([](auto& j) { j["frames"][2]["transform_matrix"][1][1] = nullptr; });
  expect_refused(root / "s", "frame 2: 'transform_matrix'");
  with([](auto& j) { j["frames"][2]["fl_x"] = -4; });
  expect_refused(root / "s", "fl_x");
  with([](auto& j) { j["frames"][2]["fl_x"] = 1e-3; });
  expect_refused(root / "s", "intrinsics");
  with([](auto& j) { j["frames"][2]["camera_model"] = "EQUIRECTANGULAR"; });
  expect_refused(root / "s", "EQUIRECTANGULAR");
  with([](auto& j) { j["frames"] = nlohmann::json::array({nlohmann::json(j["frames"][0])}); });
  expect_refused(root / "s", "at least 2");
  ASSERT_TRUE(write_atomically(file, "{\"frames\": [NaN]}"));
  expect_refused(root / "s", "not valid JSON");
  with([](auto&) {});
  ASSERT_TRUE(write_image(root / "s/images/v_003.png", Image(30, 18, 3)));
  expect_refused(root / "s", "v_003.png");

  ASSERT_TRUE(write_colmap_scene(root / "c", scene, true));
  fs::resize_file(root / "c/sparse/0/images.bin", fs::file_size(root / "c/sparse/0/images.bin") - 9);
  expect_refused(root / "c", "images.bin: ends before");
  ASSERT_TRUE(write_colmap_scene(root / "t", scene, false));
  ASSERT_TRUE(write_atomically(root / "t/sparse/0/cameras.txt", "1 FOV 24 18 20 20 12 9 1\n"));
  expect_refused(root / "t", "FOV");
  ASSERT_TRUE(write_colmap_scene(root / "t", scene, false));
  fs::remove(root / "t/images/v_004.png");
  expect_refused(root / "t", "v_004.png");
}

TEST(PointCloud, AsciiAndBinaryAreRead) {
  const TempFolder folder = TempFolder::create().value();
  Points points(3, 3);
  points << 1, 2, 3, -4, 5.5f, 6, 7, 8, -9;
  ASSERT_TRUE(write_ply_points(folder.path() / "b.ply", points));
  EXPECT_EQ(read_ply_points(folder.path() / "b.ply").value(), points);
  ASSERT_TRUE(write_atomically(folder.path() / "a.ply",
                               "ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty "
                               "double z\nproperty uchar red\nend_header\n1 2 3 255\n4 5 6 0\n"));
  const auto ascii = read_ply_points(folder.path() / "a.ply");
  ASSERT_TRUE(ascii) << ascii.error().message;
  EXPECT_EQ(ascii->row(1), Eigen::RowVector3f(4, 5, 6));
  ASSERT_TRUE(write_atomically(folder.path() / "cut.ply",
                               "ply\nformat binary_little_endian 1.0\nelement vertex 9\nproperty float x\nproperty "
                               "float y\nproperty float z\nend_header\nabc"));
  EXPECT_FALSE(read_ply_points(folder.path() / "cut.ply"));
}

TEST(Images, WritingLeavesThePictureAsItIs) {
  const TempFolder folder = TempFolder::create().value();
  for (const int channels : {1, 3, 4}) {
    Image image(3, 2, channels);
    for (std::size_t i = 0; i < image.data.size(); ++i) image.data[i] = static_cast<std::uint8_t>(10 * i);
    const Image before = image;
    ASSERT_TRUE(write_image(folder.path() / "a.png", image));
    EXPECT_EQ(image.data, before.data);
    EXPECT_EQ(read_image(folder.path() / "a.png")->data, before.data);
  }
}

}  // namespace
}  // namespace mp4d
