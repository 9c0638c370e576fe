#include "motion/voxels.h"
#include "reconstruction/field/surface_score.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

Mesh ball(float radius, const Vec3& centre = Vec3::Zero()) {
  VoxelGrid grid = make_grid({Vec3::Constant(-1.3f), Vec3::Constant(1.3f)}, 80, 0.1f);
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) grid.at(x, y, z) = (grid.position(x, y, z) - centre).norm() - radius;
  return extract_surface(grid);
}

std::vector<Camera> cameras_round() {
  std::vector<Camera> cameras;
  for (const Vec3& eye : {Vec3(4, 0, 0), Vec3(-4, 0, 0), Vec3(0, 4, 0.1f), Vec3(0, -4, 0.1f), Vec3(0, 0, 4), Vec3(0, 0, -4)}) {
    cameras.push_back(make_camera(200, 200, 0.8f));
    cameras.back().camera_from_world = look_at(eye, Vec3::Zero());
  }
  return cameras;
}

SurfaceScoreOptions coarse() {
  SurfaceScoreOptions options;
  options.samples = 40000;
  return options;
}

TEST(SurfaceScore, GrowthIsMeasuredBothWays) {
  const SurfaceScore same = score_surface(ball(0.8f), ball(0.8f), cameras_round(), coarse()).value();
  EXPECT_LT(same.chamfer, 0.01);  // what the density of the points leaves
  EXPECT_GT(same.f, 0.999);
  EXPECT_GT(same.normal_consistency, 0.99);
  const SurfaceScore grown = score_surface(ball(0.83f), ball(0.8f), cameras_round(), coarse()).value();
  EXPECT_NEAR(grown.accuracy, 0.03, 0.003);
  EXPECT_NEAR(grown.completion, 0.03, 0.003);
  EXPECT_GT(grown.f, 0.999);
  const SurfaceScore far = score_surface(ball(0.7f), ball(0.8f), cameras_round(), coarse()).value();
  EXPECT_NEAR(far.chamfer, 0.1, 0.005);
  EXPECT_EQ(far.f, 0);
}

TEST(SurfaceScore, OnlyWhatIsSeenAndInTheBoxCounts) {
  Mesh hollow = ball(0.8f);  // with a ball in it that no camera sees
  const Mesh core = ball(0.3f);
  const Eigen::Index verts = hollow.verts.rows(), faces = hollow.faces.rows();
  hollow.verts.conservativeResize(verts + core.verts.rows(), 3);
  hollow.verts.bottomRows(core.verts.rows()) = core.verts;
  hollow.faces.conservativeResize(faces + core.faces.rows(), 3);
  hollow.faces.bottomRows(core.faces.rows()) = core.faces.array() + static_cast<int>(verts);
  EXPECT_LT(score_surface(hollow, ball(0.8f), cameras_round(), coarse())->accuracy, 0.01);

  std::vector<Camera> one{cameras_round()[0]};
  const SurfaceScore half = score_surface(ball(0.8f), ball(0.8f), one, coarse()).value();
  EXPECT_LT(half.chamfer, 0.01);

  const auto lost = score_surface(ball(0.2f, Vec3(1, 1, 1)), ball(0.3f), cameras_round(), coarse());
  ASSERT_FALSE(lost);
  EXPECT_NE(lost.error().message.find("result's mesh"), std::string::npos) << lost.error().message;
}

}  // namespace
}  // namespace mp4d
