#include "core/isosurface.h"
#include "core/mesh.h"
#include "core/rng.h"
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>

namespace mp4d {
namespace {

Volume sample(int n, const std::function<float(const Vec3&)>& f) {
  Volume volume{Eigen::Vector3i::Constant(n), {}};
  for (int z = 0; z < n; ++z)
    for (int y = 0; y < n; ++y)
      for (int x = 0; x < n; ++x) volume.values.push_back(f(Vec3(x, y, z)));
  return volume;
}

TEST(MarchingCubes, ASphereIsClosedOutwardAndOfItsSize) {
  const Vec3 centre(15.3f, 16.1f, 14.8f);
  const float radius = 10.4f;
  const Isosurface sphere = marching_cubes(sample(32, [&](const Vec3& p) { return radius - (p - centre).norm(); }), 0);
  ASSERT_GT(sphere.faces.rows(), 1000);
  EXPECT_TRUE(is_watertight(sphere.faces));
  const double volume = 4.0 / 3.0 * std::numbers::pi * std::pow(radius, 3);
  EXPECT_NEAR(signed_volume(sphere.verts, sphere.faces), volume, 0.01 * volume);
  for (Eigen::Index i = 0; i < sphere.verts.rows(); ++i) {
    EXPECT_NEAR((sphere.verts.row(i).transpose() - centre).norm(), radius, 0.02);
    const Vec3 fraction = sphere.verts.row(i).transpose().array() - sphere.verts.row(i).transpose().array().floor();
    for (int axis = 0; axis < 3; ++axis) {
      EXPECT_TRUE(axis == sphere.axis_of_vertex[std::size_t(i)] || fraction[axis] == 0);
    }
  }
}

TEST(MarchingCubes, NoiseIsClosedInEveryOneOfThe256Cases) {
  const Volume noise = sample(24, [i = std::uint64_t(0)](const Vec3&) mutable {
    return float(rng::uniform(3, 0, i++));
  });
  const Isosurface surface = marching_cubes(noise, 0.5f);
  EXPECT_GT(surface.faces.rows(), 20000);
  EXPECT_TRUE(is_watertight(surface.faces));
  EXPECT_GT(signed_volume(surface.verts, surface.faces), 0);
}

TEST(MarchingCubes, WhatTouchesTheBorderIsClosedHalfACellOutside) {
  const Isosurface cube = marching_cubes(sample(4, [](const Vec3&) { return 1.0f; }), 0.5f);
  EXPECT_TRUE(is_watertight(cube.faces));
  EXPECT_FLOAT_EQ(cube.verts.minCoeff(), -0.5f);
  EXPECT_FLOAT_EQ(cube.verts.maxCoeff(), 3.5f);
}

TEST(MarchingCubes, NothingToFindIsAnEmptyMesh) {
  EXPECT_EQ(marching_cubes(sample(4, [](const Vec3&) { return 0.0f; }), 0.5f).faces.rows(), 0);
  EXPECT_EQ(marching_cubes(Volume{}, 0.5f).faces.rows(), 0);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(marching_cubes(sample(4, [&](const Vec3&) { return nan; }), 0.5f).faces.rows(), 0);
}

}  // namespace
}  // namespace mp4d
