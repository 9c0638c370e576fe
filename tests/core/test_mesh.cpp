#include "shapes.h"
#include <gtest/gtest.h>
#include <numbers>

namespace mp4d {
namespace {

using test::cube;
using test::sphere;

TEST(Mesh, CubeHasTheMeasuresOfACube) {
  const Mesh mesh = cube(2);
  EXPECT_NEAR(surface_area(mesh.verts, mesh.faces), 24, 1e-6);
  EXPECT_NEAR(signed_volume(mesh.verts, mesh.faces), 8, 1e-6);
  EXPECT_TRUE(is_watertight(mesh.faces));
  EXPECT_EQ(unique_edges(mesh.faces).rows(), 18);  // Euler: V - E + F = 2
}

TEST(Mesh, VolumeDoesNotDependOnTheOriginAndFlipsWithTheFaces) {
  Mesh mesh = cube(1);
  mesh.verts.rowwise() += Eigen::RowVector3f(10, -20, 5);
  EXPECT_NEAR(signed_volume(mesh.verts, mesh.faces), 1, 1e-4);
  mesh.faces.col(0).swap(mesh.faces.col(1));
  EXPECT_NEAR(signed_volume(mesh.verts, mesh.faces), -1, 1e-4);
  EXPECT_TRUE(is_watertight(mesh.faces));
}

TEST(Mesh, SphereTendsToTheTrueMeasuresAndNormals) {
  const Mesh mesh = sphere(48);
  EXPECT_NEAR(surface_area(mesh.verts, mesh.faces), 4 * std::numbers::pi, 0.02);
  EXPECT_NEAR(signed_volume(mesh.verts, mesh.faces), 4 * std::numbers::pi / 3, 0.02);
  const Points normals = vertex_normals(mesh.verts, mesh.faces);
  EXPECT_LT((normals - mesh.verts).rowwise().norm().maxCoeff(), 0.02f);
}

TEST(Mesh, NormalsOfVerticesWithoutAreaPointUp) {
  Points verts(4, 3);
  verts << 0, 0, 0, 1, 0, 0, 2, 0, 0, 5, 5, 5;
  Faces faces(1, 3);
  faces << 0, 1, 2;
  const Points normals = vertex_normals(verts, faces);
  for (int v = 0; v < 4; ++v) EXPECT_EQ(normals.row(v), Eigen::RowVector3f(0, 1, 0));
}

TEST(Mesh, NormalsOfTinyTrianglesAreUnit) {
  Mesh mesh = cube(1e-12f);
  const Points normals = vertex_normals(mesh.verts, mesh.faces);
  EXPECT_LT((normals.rowwise().norm().array() - 1).abs().maxCoeff(), 1e-5f);
}

TEST(Mesh, EdgesAreSortedUniqueAndLowFirst) {
  Faces faces(2, 3);
  faces << 2, 1, 0, 3, 1, 2;
  const auto edges = unique_edges(faces);
  Eigen::Matrix<int, 5, 2> expected;
  expected << 0, 1, 0, 2, 1, 2, 1, 3, 2, 3;
  EXPECT_EQ(edges, expected);
}

TEST(Mesh, HolesFlippedAndRepeatedFacesAreNotWatertight) {
  const Faces closed = cube(1).faces;
  EXPECT_FALSE(is_watertight(closed.topRows(11)));
  Faces flipped = closed;
  std::swap(flipped(3, 0), flipped(3, 1));
  EXPECT_FALSE(is_watertight(flipped));
  Faces repeated(13, 3);
  repeated << closed, closed.row(0);
  EXPECT_FALSE(is_watertight(repeated));
  EXPECT_FALSE(is_watertight(Faces(0, 3)));
}

TEST(Mesh, ComponentsCountLooseVerticesAndNumberThemInOrder) {
  Faces faces(3, 3);
  faces << 5, 4, 0, 1, 2, 6, 4, 5, 7;
  std::vector<int> component;
  EXPECT_EQ(connected_components(faces, 8, component), 3);
  EXPECT_EQ(component, (std::vector<int>{0, 1, 1, 2, 0, 0, 1, 0}));
}

TEST(Mesh, SamplesLieOnTheirFacesAndSpreadByArea) {
  const Mesh mesh = cube(1);
  std::vector<int> face;
  const int count = 24000;
  const Points points = sample_surface(mesh.verts, mesh.faces, count, 7, &face);
  ASSERT_EQ(points.rows(), count);
  std::vector<int> hits(12, 0);
  for (int i = 0; i < count; ++i) {
    const Vec3 a = mesh.verts.row(mesh.faces(face[i], 0)), b = mesh.verts.row(mesh.faces(face[i], 1)),
               c = mesh.verts.row(mesh.faces(face[i], 2)), p = points.row(i);
    const float whole = (b - a).cross(c - a).norm();
    const float parts = (b - p).cross(c - p).norm() + (c - p).cross(a - p).norm() + (a - p).cross(b - p).norm();
    ASSERT_NEAR(parts, whole, 1e-5f);  // inside, and in the plane
    ++hits[face[i]];
  }
  for (const int n : hits) EXPECT_NEAR(n, count / 12, 5 * std::sqrt(count / 12.0));
  const Eigen::RowVector3f mean = points.colwise().mean();
  EXPECT_LT((mean - Eigen::RowVector3f::Constant(0.5f)).norm(), 0.01f);
}

TEST(Mesh, SamplesAreTheSameForTheSameSeedOnly) {
  const Mesh mesh = cube(1);
  EXPECT_EQ(sample_surface(mesh.verts, mesh.faces, 100, 3), sample_surface(mesh.verts, mesh.faces, 100, 3));
  EXPECT_NE(sample_surface(mesh.verts, mesh.faces, 100, 3), sample_surface(mesh.verts, mesh.faces, 100, 4));
}

TEST(Mesh, SurfaceWithoutAreaGivesNoSamples) {
  EXPECT_EQ(sample_surface(Points::Zero(3, 3), cube(1).faces.topRows(0), 10, 1).rows(), 0);
}

}  // namespace
}  // namespace mp4d
