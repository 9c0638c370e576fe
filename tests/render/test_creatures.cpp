#include "motion/kinematics.h"
#include "render/hard_raster.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/scene.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

class Creature : public testing::TestWithParam<RiggedModel (*)(int)> {};

TEST_P(Creature, IsOneClosedSurfaceBoundSmoothly) {
  const RiggedModel model = GetParam()(56);
  EXPECT_TRUE(is_watertight(model.mesh.faces));
  EXPECT_GT(signed_volume(model.mesh.verts, model.mesh.faces), 0.01);
  std::vector<int> component;
  EXPECT_EQ(connected_components(model.mesh.faces, int(model.mesh.verts.rows()), component), 1);
  EXPECT_NEAR(bounds(model.mesh.verts).min().y(), 0, 0.01);
  ASSERT_EQ(model.skin.weights.rows(), model.mesh.verts.rows());
  EXPECT_LT((model.skin.weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
  // Neighbours differ little in weight, so that no triangle tears.
  const Eigen::MatrixXf dense = dense_weights(model.skin, model.skeleton.size());
  const auto edges = unique_edges(model.mesh.faces);
  double step = 0;
  for (Eigen::Index e = 0; e < edges.rows(); ++e)
    step += 0.5 * (dense.row(edges(e, 0)) - dense.row(edges(e, 1))).cwiseAbs().sum() / double(edges.rows());
  EXPECT_LT(step, 0.15);
}

TEST_P(Creature, WalksForwardWithoutSlidingFeet) {
  const RiggedModel model = GetParam()(24);
  const Clip& walk = model.clips.at(0);
  const Pose rest = rest_pose(model.skeleton);
  const std::vector<Mat4> standing = forward_kinematics(model.skeleton, rest);
  int feet = 0, on_ground = 0;
  for (int j = 0; j < model.skeleton.size(); ++j) {
    if (model.skeleton.joints[j].name.find("foot") == std::string::npos) continue;
    ++feet;
    const float height = standing[j](1, 3);
    for (std::size_t f = 0; f + 1 < walk.poses.size(); ++f) {
      const Mat4 now = forward_kinematics(model.skeleton, walk.poses[f])[j];
      const Mat4 next = forward_kinematics(model.skeleton, walk.poses[f + 1])[j];
      EXPECT_GT(now(1, 3), height - 1e-3f) << model.skeleton.joints[j].name << " sinks in frame " << f;
      if (std::abs(now(1, 3) - height) > 1e-4f || std::abs(next(1, 3) - height) > 1e-4f) continue;
      ++on_ground;
      EXPECT_LT((now - next).col(3).norm(), 1e-3f) << model.skeleton.joints[j].name << " slides in frame " << f;
    }
  }
  EXPECT_GE(feet, 2);
  EXPECT_GT(on_ground, 12 * feet);  // flat on the ground for a quarter of the time
  const float travelled = walk.poses.back()[0].translation.z() - walk.poses.front()[0].translation.z();
  EXPECT_GT(travelled, 0.5f);
}

INSTANTIATE_TEST_SUITE_P(Both, Creature, testing::Values(&make_quadruped, &make_biped));

TEST(Film, StillBackgroundStaysAndTheSubjectIsWhereTheTruthSays) {
  const RiggedModel model = make_quadruped(40);
  SceneOptions options;
  options.width = 96;
  options.height = 80;
  options.frames = 3;
  options.fps = 4;
  options.path = CameraPath::kStaticSide;
  const SyntheticClip clip = film(model, model.clips[0], options);
  ASSERT_EQ(clip.frames.images.size(), 3u);
  int changed_sky = 0, changed_subject = 0, subject = 0;
  for (int x = 0; x < options.width; ++x) {
    for (int y = 0; y < 8; ++y) changed_sky += clip.frames.images[0].at(x, y) != clip.frames.images[2].at(x, y);
    for (int y = 0; y < options.height; ++y)
      if (clip.masks[0].at(x, y) && !clip.masks[2].at(x, y)) {
        ++subject;
        changed_subject += clip.frames.images[0].at(x, y) != clip.frames.images[2].at(x, y);
      }
  }
  EXPECT_EQ(changed_sky, 0);
  EXPECT_GT(subject, 20);
  EXPECT_GT(changed_subject, 9 * subject / 10);
  for (std::size_t f = 0; f < 3; ++f)
    for (Eigen::Index v = 0; v < clip.truth.frames[f].rows(); ++v) {
      const Vec3 p = project(clip.cameras[f], clip.truth.frames[f].row(v).transpose());
      ASSERT_TRUE(p.x() > 0 && p.x() < float(options.width) && p.y() > 0 && p.y() < float(options.height) && p.z() > 0);
    }
}

}  // namespace
}  // namespace mp4d
