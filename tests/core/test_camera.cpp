#include "core/camera.h"
#include <gtest/gtest.h>
#include <numbers>

namespace mp4d {
namespace {

TEST(Camera, FieldOfViewSpansTheImage) {
  Camera camera = make_camera(640, 480, 60 * std::numbers::pi_v<float> / 180);
  const float half = std::tan(30 * std::numbers::pi_v<float> / 180);
  const Vec3 top = project(camera, {0, -2 * half, 2}), bottom = project(camera, {0, 2 * half, 2});
  EXPECT_NEAR(top.y(), 0, 1e-3);
  EXPECT_NEAR(bottom.y(), 480, 1e-3);
  EXPECT_NEAR(top.x(), 320, 1e-3);
  EXPECT_FLOAT_EQ(top.z(), 2);
}

TEST(Camera, LooksAtItsTargetWithUpUpwards) {
  Camera camera = make_camera(200, 100, 1);
  const Vec3 eye(3, 2, 5), target(-1, 0.5f, 0);
  camera.camera_from_world = look_at(eye, target);
  const Vec3 centre = project(camera, target);
  EXPECT_NEAR(centre.x(), 100, 1e-3);
  EXPECT_NEAR(centre.y(), 50, 1e-3);
  EXPECT_NEAR(centre.z(), (target - eye).norm(), 1e-4);
  EXPECT_LT(project(camera, target + Vec3(0, 0.3f, 0)).y(), 50);  // y of an image grows downwards
  EXPECT_NEAR((camera.camera_from_world * eye).norm(), 0, 1e-5);
  EXPECT_NEAR(camera.camera_from_world.linear().determinant(), 1, 1e-5);
}

TEST(Camera, FromTheFrontTheSubjectsLeftIsOnTheRight) {
  // Subjects face +z: their left is +x, which a camera in front of them sees on its right.
  Camera camera = make_camera(100, 100, 1);
  camera.camera_from_world = look_at({0, 0, 4}, Vec3::Zero());
  EXPECT_GT(project(camera, {1, 0, 0}).x(), 50);
}

TEST(Camera, StraightDownAndZeroDistanceStillGiveARotation) {
  for (const Vec3& eye : {Vec3(0, 5, 0), Vec3(0, -5, 0), Vec3(0, 0, 0)}) {
    const Iso3 pose = look_at(eye, Vec3::Zero());
    EXPECT_NEAR(pose.linear().determinant(), 1, 1e-5);
    EXPECT_LT((pose.linear() * pose.linear().transpose() - Mat3::Identity()).norm(), 1e-5f);
  }
}

}  // namespace
}  // namespace mp4d
