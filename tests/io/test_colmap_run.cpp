#include "core/files.h"
#include "core/process.h"
#include "io/colmap_run.h"
#include "io/frames.h"
#include "tests/synthetic/field_scenes.h"
#include <Eigen/Geometry>
#include <cstdlib>
#include <gtest/gtest.h>
#include <map>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

Vec3 eye(const Camera& camera) { return camera.camera_from_world.inverse().translation(); }

TEST(ColmapRun, PhotosOfAKnownRoomGetTheirCamerasBack) {
  if (find_program("colmap").empty()) {
    if (std::getenv("CI")) FAIL() << "colmap is not installed; ./dev test installs it";
    GTEST_SKIP() << "colmap is not installed";
  }
  FieldSceneOptions options;
  options.width = 320;
  options.height = 240;
  options.views = 10;
  options.supersample = 2;
  PosedScene truth = make_room(options);
  for (std::size_t i = 0; i < truth.views.size(); ++i) {  // an arc, so that the pictures overlap
    const float turn = 0.12f * static_cast<float>(i);
    truth.views[i].camera.camera_from_world = look_at({1.3f * std::cos(turn), 1.4f, 1.1f * std::sin(turn)}, {-0.6f, 0.8f, -0.8f});
  }
  redraw_room(truth);
  const TempFolder folder = TempFolder::create().value();
  fs::create_directories(folder.path() / "photos");
  std::map<std::string, Vec3> eyes;
  for (std::size_t i = 0; i < truth.views.size(); ++i) {
    const std::string name = fmt::format("p{}.png", i);
    ASSERT_TRUE(write_image(folder.path() / "photos" / name, truth.views[i].image));
    eyes[name] = eye(truth.views[i].camera);
  }
  const auto posed = pose_pictures(folder.path() / "photos", folder.path() / "scene", {});
  ASSERT_TRUE(posed) << posed.error().message;
  EXPECT_EQ(posed->pictures, 10);
  EXPECT_LE(posed->lost.size(), 1u);
  const auto found = read_posed_scene(folder.path() / "scene");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->views.size() + posed->lost.size(), 10u);
  Eigen::Matrix3Xf from(3, found->views.size()), to(3, found->views.size());
  for (std::size_t i = 0; i < found->views.size(); ++i) {
    from.col(static_cast<Eigen::Index>(i)) = eye(found->views[i].camera);
    to.col(static_cast<Eigen::Index>(i)) = eyes.at(fs::path(found->views[i].name).filename().string());
  }
  const Mat4 similarity = Eigen::umeyama(from, to, true);
  for (Eigen::Index i = 0; i < from.cols(); ++i)
    EXPECT_LT(((similarity * from.col(i).homogeneous()).head<3>() - to.col(i)).norm(), 0.05f) << i;
}

TEST(ColmapRun, WrongInputIsNamed) {
  const TempFolder folder = TempFolder::create().value();
  const auto missing = pose_pictures(folder.path() / "nowhere", folder.path() / "scene", {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("nowhere"), std::string::npos);
  fs::create_directories(folder.path() / "empty");
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder.path() / "empty").c_str(), 1);
  const auto absent = pose_pictures(folder.path() / "empty", folder.path() / "scene", {});
  setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().message.find("apt install colmap"), std::string::npos);
}

}  // namespace
}  // namespace mp4d
