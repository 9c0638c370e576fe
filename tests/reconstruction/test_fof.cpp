#include "core/isosurface.h"
#include "core/rng.h"
#include "reconstruction/human/fof.h"
#include <functional>
#include <gtest/gtest.h>
#include <numbers>
#include <omp.h>

namespace mp4d::human {
namespace {

// A mesh of the solid f > 0 in the cube, fine enough for the tests' tolerances.
Mesh solid(const std::function<float(const Vec3&)>& f, int n = 96) {
  std::vector<float> volume;
  for (int z = 0; z < n; ++z)
    for (int y = 0; y < n; ++y)
      for (int x = 0; x < n; ++x) volume.push_back(f(Vec3((x + 0.5f) * 2 / n - 1, 1 - (y + 0.5f) * 2 / n, (z + 0.5f) * 2 / n - 1)));
  return volume_surface(std::move(volume), n, n, 0, false, false);
}

Mesh sphere(const Vec3& centre, float radius) {
  return solid([=](const Vec3& p) { return radius - (p - centre).norm(); });
}

Mesh box(const Vec3& low, const Vec3& high) {
  Mesh mesh;
  mesh.verts.resize(8, 3);
  for (int i = 0; i < 8; ++i)
    mesh.verts.row(i) << (i & 1 ? high : low).x(), (i & 2 ? high : low).y(), (i & 4 ? high : low).z();
  mesh.faces.resize(12, 3);
  mesh.faces << 0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5;
  return mesh;
}

Mesh joined(const Mesh& a, const Mesh& b) {
  Mesh both;
  both.verts.resize(a.verts.rows() + b.verts.rows(), 3);
  both.verts << a.verts, b.verts;
  both.faces.resize(a.faces.rows() + b.faces.rows(), 3);
  both.faces << a.faces, (b.faces.array() + std::int32_t(a.verts.rows())).matrix();
  return both;
}

std::vector<RayIntervals::Interval> at(const RayIntervals& rays, float x, float y) {
  const int column = int((x + 1) * rays.resolution / 2), row = int((1 - y) * rays.resolution / 2);
  const std::size_t p = std::size_t(row) * rays.resolution + column;
  return {rays.intervals.begin() + rays.first[p], rays.intervals.begin() + rays.first[p + 1]};
}

TEST(RayIntervals, OfASphereAreItsChords) {
  const Vec3 centre(0.1f, -0.2f, 0.15f);
  const RayIntervals rays = ray_intervals(sphere(centre, 0.6f), 64);
  for (int row = 0; row < 64; ++row)
    for (int column = 0; column < 64; ++column) {
      const float x = (2 * column + 1) / 64.0f - 1, y = 1 - (2 * row + 1) / 64.0f;
      const float h2 = 0.36f - (x - centre.x()) * (x - centre.x()) - (y - centre.y()) * (y - centre.y());
      const std::size_t p = std::size_t(row) * 64 + column;
      const std::uint32_t count = rays.first[p + 1] - rays.first[p];
      if (h2 > 0.01f) {
        ASSERT_EQ(count, 1u);
        EXPECT_NEAR(rays.intervals[rays.first[p]].in, centre.z() + 1 - std::sqrt(h2), 0.005f);
        EXPECT_NEAR(rays.intervals[rays.first[p]].out, centre.z() + 1 + std::sqrt(h2), 0.005f);
      } else if (h2 < -0.01f) {
        EXPECT_EQ(count, 0u);
      }
    }
}

TEST(RayIntervals, EdgesOnRaysAreNeitherLostNorCountedTwice) {
  // At 2^n pixels the diagonal of each side of this box runs through pixel centres, and so do its edges.
  const float e = 0.5f - 1.0f / 64;
  const RayIntervals rays = ray_intervals(box(Vec3(-e, -e, -0.25f), Vec3(e, e, 0.5f)), 64);
  for (float x = -0.45f; x < 0.45f; x += 1.0f / 64)
    for (float y = -0.45f; y < 0.45f; y += 1.0f / 64) {
      const auto ray = at(rays, x, y);
      ASSERT_EQ(ray.size(), 1u) << x << ' ' << y;
      EXPECT_NEAR(ray[0].in, 0.75f, 1e-6f);
      EXPECT_NEAR(ray[0].out, 1.5f, 1e-6f);
    }
}

TEST(RayIntervals, NestedAndOverlappingShellsUnite) {
  const Mesh outer = box(Vec3(-0.5f, -0.5f, -0.5f), Vec3(0.5f, 0.5f, 0.5f));
  const Mesh inner = box(Vec3(-0.2f, -0.2f, -0.3f), Vec3(0.2f, 0.2f, -0.1f));
  const Mesh across = box(Vec3(-0.1f, -0.1f, 0.4f), Vec3(0.1f, 0.1f, 0.8f));
  const auto ray = at(ray_intervals(joined(joined(outer, inner), across), 64), 0.01f, 0.01f);
  ASSERT_EQ(ray.size(), 1u);
  EXPECT_NEAR(ray[0].in, 0.5f, 1e-6f);
  EXPECT_NEAR(ray[0].out, 1.8f, 1e-6f);
}

TEST(RayIntervals, AnOpenGarmentFillsWhatItWrapsAndAnOpenSideIsDropped) {
  // A coat without top and bottom round a body; and a sheet that a ray only leaves.
  Mesh coat = box(Vec3(-0.5f, -0.5f, -0.5f), Vec3(0.5f, 0.5f, 0.5f));
  coat.faces.row(4).setZero(), coat.faces.row(5).setZero(), coat.faces.row(6).setZero(), coat.faces.row(7).setZero();
  const Mesh body = box(Vec3(-0.2f, -0.9f, -0.2f), Vec3(0.2f, 0.9f, 0.2f));
  Mesh sheet = box(Vec3(-0.9f, -0.9f, 0.6f), Vec3(0.9f, 0.9f, 0.7f));
  sheet.faces = sheet.faces.middleRows(2, 2).eval();
  const RayIntervals rays = ray_intervals(joined(joined(coat, body), sheet), 64);
  const auto chest = at(rays, 0.01f, 0.01f), beside = at(rays, 0.4f, 0.01f), leg = at(rays, 0.01f, -0.7f);
  ASSERT_EQ(chest.size(), 1u);
  EXPECT_NEAR(chest[0].in, 0.5f, 1e-6f);
  EXPECT_NEAR(chest[0].out, 1.7f, 1e-6f);  // further exits extend: the sheet continues the coat
  ASSERT_EQ(beside.size(), 1u);
  ASSERT_EQ(leg.size(), 1u);
  EXPECT_NEAR(leg[0].in, 0.8f, 1e-6f);
  EXPECT_NEAR(leg[0].out, 1.2f, 1e-6f);
}

TEST(FourierOccupancy, CoefficientsAreTheIntegrals) {
  const RayIntervals rays{1, {0, 2}, {{0.31f, 0.74f}, {1.2f, 1.9f}}};
  const FourierOccupancy field = fourier_occupancy(rays, 24);
  constexpr int kSteps = 200000;
  for (int k = 0; k < 24; ++k) {
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
      const double t = 2 * (i + 0.5) / kSteps;
      if ((t > 0.31 && t < 0.74) || (t > 1.2 && t < 1.9)) sum += std::cos(k * std::numbers::pi * t / 2) * 2 / kSteps;
    }
    EXPECT_NEAR(field.coefficients[std::size_t(k)], sum, 2e-5) << k;
  }
}

TEST(FourierOccupancy, ASlabSurvivesOnlyIfThickerThanOneOverTheBands) {
  for (int bands : {16, 32, 64})
    for (const auto& [factor, survives] : {std::pair(0.8f, false), std::pair(1.25f, true)}) {
      const float thick = factor / float(bands);
      const RayIntervals rays{1, {0, 1}, {{1 - thick / 2, 1 + thick / 2}}};
      const std::vector<float> occupancy = occupancy_volume(fourier_occupancy(rays, bands), 4096);
      EXPECT_EQ(*std::max_element(occupancy.begin(), occupancy.end()) > 0.5f, survives) << bands << ' ' << factor;
    }
}

TEST(FourierOccupancy, ComesBackAsAClosedSmoothSphere) {
  const FourierOccupancy field = fourier_occupancy(ray_intervals(sphere(Vec3(0, 0, 0), 0.6f), 64), 64);
  const auto roughness = [](const Mesh& mesh) {
    double sum = 0;
    for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) sum += std::pow(mesh.verts.row(v).norm() - 0.6, 2);
    return std::sqrt(sum / double(mesh.verts.rows()));
  };
  const Mesh rough = field_surface(field, 128, 0.5f, false), smooth = field_surface(field, 128, 0.5f, true);
  EXPECT_TRUE(is_watertight(smooth.faces));
  const double volume = 4.0 / 3 * std::numbers::pi * std::pow(0.6, 3);
  EXPECT_NEAR(signed_volume(smooth.verts, smooth.faces), volume, 0.02 * volume);
  EXPECT_LT(roughness(smooth), 0.6 * roughness(rough));
}

TEST(FourierOccupancy, KeepsTheLargestPieceWhenAsked) {
  const Mesh two = joined(sphere(Vec3(-0.4f, 0, 0), 0.4f), sphere(Vec3(0.6f, 0, 0), 0.2f));
  const FourierOccupancy field = fourier_occupancy(ray_intervals(two, 64), 32);
  std::vector<int> component;
  const Mesh all = field_surface(field, 64), one = field_surface(field, 64, 0.5f, true, true);
  EXPECT_EQ(connected_components(all.faces, int(all.verts.rows()), component), 2);
  EXPECT_EQ(connected_components(one.faces, int(one.verts.rows()), component), 1);
  EXPECT_LT(one.verts.col(0).maxCoeff(), 0.1f);
}

TEST(FourierOccupancy, IsTheSameForAnyNumberOfThreads) {
  const Mesh mesh = sphere(Vec3(0.2f, 0, 0), 0.5f);
  omp_set_num_threads(1);
  const FourierOccupancy one = fourier_occupancy(ray_intervals(mesh, 128), 16);
  omp_set_num_threads(4);
  const FourierOccupancy four = fourier_occupancy(ray_intervals(mesh, 128), 16);
  omp_set_num_threads(omp_get_num_procs());
  EXPECT_EQ(one.coefficients, four.coefficients);
}

}  // namespace
}  // namespace mp4d::human
