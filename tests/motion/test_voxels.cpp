#include "bodies.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

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
  const Mesh mesh = capsule_mesh(
      {{Vec3(0, 0, 0), Vec3(0, 1, 0), 0.2f, 0.1f}, {Vec3(0, 0.5f, 0), Vec3(0.6f, 0.7f, 0), 0.1f, 0.1f}}, 0.1f, 60);
  expect_closed_manifold(mesh);
  double worst = 1;
  int slivers = 0;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f) {
    const Vec3 a = mesh.verts.row(mesh.faces(f, 0)), b = mesh.verts.row(mesh.faces(f, 1)),
               c = mesh.verts.row(mesh.faces(f, 2));
    const double area = 0.5 * (b - a).cross(c - a).norm();
    const double quality =
        4 * std::sqrt(3.0) * area / ((b - a).squaredNorm() + (c - b).squaredNorm() + (a - c).squaredNorm());
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

namespace {

const std::vector<Capsule> kElbow = {{Vec3(0, 0, 0), Vec3(0, 1, 0), 0.2f, 0.2f},
                                     {Vec3(0, 1, 0), Vec3(0.8f, 1, 0), 0.2f, 0.1f}};

Mesh merged(const Mesh& a, const Mesh& b) {
  Mesh m;
  m.verts.resize(a.verts.rows() + b.verts.rows(), 3);
  m.verts << a.verts, b.verts;
  m.faces.resize(a.faces.rows() + b.faces.rows(), 3);
  m.faces << a.faces, Faces(b.faces.array() + int(a.verts.rows()));
  return m;
}

// Largest error of the distance field against the exact one, in cells, over samples nearer than `reach` metres.
float worst_error(const VoxelGrid& grid, const std::function<float(const Vec3&)>& truth, float reach) {
  float worst = 0;
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) {
        const float t = truth(grid.position(x, y, z));
        if (std::abs(t) < reach) worst = std::max(worst, std::abs(grid.at(x, y, z) - t) / grid.cell);
      }
  return worst;
}

Mesh unit_sphere(int resolution) {
  return extract_surface(sample_function(Aabb(Vec3::Constant(-1.2f), Vec3::Constant(1.2f)), resolution,
                                         [](const Vec3& p) { return p.norm() - 1.0f; }));
}

TEST(Voxelise, DistancesOfASphereAreExactInAndOut) {
  const auto solid = voxelise(unit_sphere(60), {.resolution = 48});
  ASSERT_TRUE(solid) << solid.error().message;
  EXPECT_EQ(solid->components, 1);
  EXPECT_EQ(solid->open_edges, 0);
  EXPECT_LT(worst_error(
                solid->distance, [](const Vec3& p) { return p.norm() - 1.0f; }, 10.0f),
            0.2f);
}

TEST(Voxelise, InvertedFacesGiveTheSameSolid) {
  Mesh mesh = unit_sphere(40);
  mesh.faces.col(1).swap(mesh.faces.col(2));
  const auto solid = voxelise(mesh, {.resolution = 32});
  ASSERT_TRUE(solid) << solid.error().message;
  EXPECT_LT(solid->distance.sample(Vec3::Zero()), -0.9f);
  EXPECT_LT(worst_error(
                solid->distance, [](const Vec3& p) { return p.norm() - 1.0f; }, 10.0f),
            0.25f);
}

TEST(Voxelise, OverlappingPiecesBecomeOneSolid) {
  // Two spheres that run into each other: the surfaces inside the union must not count.
  Mesh right = unit_sphere(40);
  right.verts.col(0).array() += 1.0f;
  const auto solid = voxelise(merged(unit_sphere(40), right), {.resolution = 60});
  ASSERT_TRUE(solid) << solid.error().message;
  EXPECT_EQ(solid->components, 2);
  EXPECT_LT(solid->distance.sample(Vec3(0.5f, 0, 0)), -0.75f);
  const Mesh surface = extract_surface(solid->distance);
  expect_closed_manifold(surface);
  std::vector<int> component;
  EXPECT_EQ(connected_components(surface.faces, int(surface.verts.rows()), component), 1);
}

TEST(Voxelise, OpenMeshIsClosedOverItsHole) {
  Mesh mesh = unit_sphere(40);
  Faces kept(mesh.faces.rows(), 3);
  Eigen::Index count = 0;
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f)
    if (mesh.verts(mesh.faces(f, 0), 1) < 0.7f) kept.row(count++) = mesh.faces.row(f);
  mesh.faces = kept.topRows(count);
  const auto solid = voxelise(mesh, {.resolution = 48});
  ASSERT_TRUE(solid) << solid.error().message;
  EXPECT_GT(solid->open_edges, 10);
  EXPECT_LT(solid->distance.sample(Vec3::Zero()), -0.6f);
  EXPECT_GT(solid->distance.sample(Vec3(0, 0.95f, 0)), 0);
  const Mesh closed = extract_surface(solid->distance);
  expect_closed_manifold(closed);
  const double whole = 4.0 / 3.0 * M_PI, cap = M_PI * 0.09 * (3 - 0.3) / 3;
  EXPECT_NEAR(signed_volume(closed.verts, closed.faces), whole - cap, 0.05 * whole);
}

TEST(Voxelise, MixedFaceDirectionsStillFillAClosedShell) {
  Mesh mesh = unit_sphere(40);
  for (Eigen::Index f = 0; f < mesh.faces.rows(); f += 3) std::swap(mesh.faces(f, 1), mesh.faces(f, 2));
  const auto solid = voxelise(mesh, {.resolution = 48});
  ASSERT_TRUE(solid) << solid.error().message;
  EXPECT_LT(solid->distance.sample(Vec3::Zero()), -0.9f);
  EXPECT_GT(solid->distance.sample(Vec3(1.05f, 0, 0)), 0);
}

TEST(Voxelise, ThickeningGivesASheetABody) {
  Mesh sheet;
  sheet.verts.resize(4, 3);
  sheet.verts << 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0;
  sheet.faces.resize(2, 3);
  sheet.faces << 0, 1, 2, 0, 2, 3;
  const auto flat = voxelise(sheet, {.resolution = 32});
  ASSERT_FALSE(flat);
  EXPECT_EQ(flat.error().code, ErrorCode::kInput);
  EXPECT_NE(flat.error().message.find("no volume"), std::string::npos) << flat.error().message;
  const auto thick = make_watertight(sheet, {.resolution = 32, .thicken = 1});
  ASSERT_TRUE(thick) << thick.error().message;
  expect_closed_manifold(*thick);
  EXPECT_NEAR(thick->verts.col(2).maxCoeff(), 1.0f / 32, 0.01f);
}

TEST(Voxelise, RefusesWhatIsNotAMesh) {
  Mesh mesh = unit_sphere(10);
  mesh.verts(3, 1) = std::numeric_limits<float>::quiet_NaN();
  ASSERT_FALSE(voxelise(mesh));
  EXPECT_NE(voxelise(mesh).error().message.find("finite"), std::string::npos);
  mesh.verts.setZero();
  EXPECT_FALSE(voxelise(mesh));
  mesh.faces.resize(0, 3);
  EXPECT_NE(voxelise(mesh).error().message.find("no faces"), std::string::npos);
}

TEST(Voxelise, ElbowSurfaceReturnsToWhereItWas) {
  const Mesh mesh = capsule_mesh(kElbow, 0.05f, 60);
  const auto closed = make_watertight(mesh, {.resolution = 90});
  ASSERT_TRUE(closed) << closed.error().message;
  expect_closed_manifold(*closed);
  for (Eigen::Index v = 0; v < closed->verts.rows(); ++v)
    EXPECT_LT(std::abs(smooth_union(kElbow, closed->verts.row(v), 0.05f)), 0.02f);
}

}  // namespace
