#include "bodies.h"

#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

using namespace mp4d;
using namespace mp4d::testing;

namespace {

// Watertight, and the faces round every vertex form one fan.
void expect_closed_manifold(const Mesh& mesh) {
  ASSERT_GT(mesh.faces.rows(), 0);
  EXPECT_TRUE(is_watertight(mesh.faces));
  std::vector<std::map<int, int>> next(mesh.verts.rows());
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) next[mesh.faces(f, k)][mesh.faces(f, (k + 1) % 3)] = mesh.faces(f, (k + 2) % 3);
  for (std::size_t v = 0; v < next.size(); ++v) {
    ASSERT_FALSE(next[v].empty()) << "vertex " << v << " has no face";
    const int start = next[v].begin()->first;
    std::size_t length = 0;
    for (int at = start; length <= next[v].size();) {
      at = next[v].at(at);
      ++length;
      if (at == start) break;
    }
    ASSERT_EQ(length, next[v].size()) << "vertex " << v << " joins several sheets";
  }
}

TEST(ExtractSurface, SphereIsClosedOutwardAndAccurate) {
  Aabb box(Vec3::Constant(-1.2f), Vec3::Constant(1.2f));
  const Mesh mesh = extract_surface(sample_function(box, 40, [](const Vec3& p) { return p.norm() - 1.0f; }));
  expect_closed_manifold(mesh);
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) EXPECT_NEAR(mesh.verts.row(v).norm(), 1.0f, 2e-3f);
  const double volume = 4.0 / 3.0 * M_PI;
  EXPECT_NEAR(signed_volume(mesh.verts, mesh.faces), volume, 0.01 * volume);
}

TEST(ExtractSurface, OffsetLevelGivesLargerSphere) {
  Aabb box(Vec3::Constant(-1.5f), Vec3::Constant(1.5f));
  const Mesh mesh = extract_surface(sample_function(box, 40, [](const Vec3& p) { return p.norm() - 1.0f; }), 0.25f);
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) EXPECT_NEAR(mesh.verts.row(v).norm(), 1.25f, 3e-3f);
}

TEST(ExtractSurface, NoiseIsStillAManifold) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (int round = 0; round < 5; ++round) {
    VoxelGrid grid = make_grid(Aabb(Vec3::Zero(), Vec3::Ones()), 12, 0.0f);
    // Few inside samples keep many separate and touching pieces.
    for (float& v : grid.values) v = uniform(random) + 0.2f * float(round);
    const Mesh mesh = extract_surface(grid);
    expect_closed_manifold(mesh);
    EXPECT_GT(signed_volume(mesh.verts, mesh.faces), 0);
  }
}

TEST(ExtractSurface, SolidCutByTheBorderIsCapped) {
  Aabb box(Vec3(0, -1.2f, -1.2f), Vec3::Constant(1.2f));
  const Mesh mesh = extract_surface(sample_function(box, 40, [](const Vec3& p) { return p.norm() - 1.0f; }));
  expect_closed_manifold(mesh);
  // The cap lies less than a cell (0.06) beyond the border.
  EXPECT_NEAR(signed_volume(mesh.verts, mesh.faces), 2.0 / 3.0 * M_PI, 0.06 * M_PI);
}

TEST(ExtractSurface, NothingInsideGivesNoMesh) {
  VoxelGrid grid = make_grid(Aabb(Vec3::Zero(), Vec3::Ones()), 8, 0.0f);
  std::fill(grid.values.begin(), grid.values.end(), 1.0f);
  EXPECT_EQ(extract_surface(grid).faces.rows(), 0);
}

TEST(ExtractSurface, TrianglesAreWellShaped) {
  const Mesh mesh = capsule_mesh({{Vec3(0, 0, 0), Vec3(0, 1, 0), 0.2f, 0.1f}, {Vec3(0, 0.5f, 0), Vec3(0.6f, 0.7f, 0), 0.1f, 0.1f}}, 0.1f, 60);
  expect_closed_manifold(mesh);
  double worst = 1;
  int slivers = 0;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    const Vec3 a = mesh.verts.row(mesh.faces(f, 0)), b = mesh.verts.row(mesh.faces(f, 1)), c = mesh.verts.row(mesh.faces(f, 2));
    const double area = 0.5 * (b - a).cross(c - a).norm();
    const double quality = 4 * std::sqrt(3.0) * area / ((b - a).squaredNorm() + (c - b).squaredNorm() + (a - c).squaredNorm());
    worst = std::min(worst, quality);
    slivers += quality < 0.3;
  }
  EXPECT_LT(slivers, mesh.faces.rows() / 50) << "worst " << worst;
}

TEST(VoxelGrid, SampleAndGradientOfALinearFieldAreExact) {
  const auto f = [](const Vec3& p) { return 1 + 2 * p.x() - 3 * p.y() + 0.5f * p.z(); };
  const VoxelGrid grid = sample_function(Aabb(Vec3(-1, 0, 1), Vec3(1, 1, 2)), 16, f);
  const Vec3 p(0.13f, 0.41f, 1.77f);
  EXPECT_NEAR(grid.sample(p), f(p), 1e-5f);
  EXPECT_LT((grid.gradient(p) - Vec3(2, -3, 0.5f)).norm(), 1e-4f);
}

}  // namespace
