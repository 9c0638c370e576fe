#include "motion/laplacian.h"

#include "bodies.h"

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

using namespace mp4d;
using namespace mp4d::testing;

namespace {

Mesh sphere(int resolution) {
  return extract_surface(sample_function(Aabb(Vec3::Constant(-1.2f), Vec3::Constant(1.2f)), resolution,
                                         [](const Vec3& p) { return p.norm() - 1.0f; }));
}

TEST(Laplacian, EquilateralTriangleHasKnownWeights) {
  Points verts(3, 3);
  verts << 0, 0, 0, 1, 0, 0, 0.5f, std::sqrt(0.75f), 0;
  Faces faces(1, 3);
  faces << 0, 1, 2;
  const Eigen::MatrixXd l = cotangent_laplacian(verts, faces);
  const double w = 0.5 / std::sqrt(3.0);  // cot 60 / 2
  EXPECT_NEAR(l(0, 1), -w, 1e-6);
  EXPECT_NEAR(l(0, 0), 2 * w, 1e-6);
  EXPECT_NEAR(lumped_mass(verts, faces).sum(), std::sqrt(3.0) / 4, 1e-6);
}

TEST(Laplacian, CoordinatesOfASphereAreItsSecondEigenfunctions) {
  // On the unit sphere -Laplace x = 2 x.
  const Mesh mesh = sphere(30);
  const Eigen::VectorXd x = mesh.verts.col(0).cast<double>();
  const double energy = x.dot(cotangent_laplacian(mesh.verts, mesh.faces) * x);
  const double norm = x.dot(lumped_mass(mesh.verts, mesh.faces).cwiseProduct(x));
  EXPECT_NEAR(energy / norm, 2.0, 0.1);
}

TEST(Laplacian, DegenerateTrianglesKeepItFiniteAndSemidefinite) {
  Points verts(5, 3);
  verts << 0, 0, 0, 1, 0, 0, 0.5f, 0, 0, 0.5f, 1e-7f, 0, 0, 0, 0;
  Faces faces(3, 3);
  faces << 0, 1, 2, 0, 1, 3, 0, 4, 1;
  const Eigen::MatrixXd l = cotangent_laplacian(verts, faces);
  ASSERT_TRUE(l.allFinite());
  EXPECT_LT((l - l.transpose()).norm(), 1e-12);
  EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(l).eigenvalues().minCoeff(), -1e-9);
  EXPECT_LT(l.rowwise().sum().cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_GT(lumped_mass(verts, faces).minCoeff(), 0);
}

TEST(Laplacian, UniformIsZeroOnConstantsAndNeighbourMeanElsewhere) {
  Faces faces(2, 3);
  faces << 0, 1, 2, 0, 2, 3;
  const Eigen::MatrixXd l = uniform_laplacian(faces, 5);
  EXPECT_LT((l * Eigen::VectorXd::Ones(5)).norm(), 1e-12);
  EXPECT_NEAR(l(0, 1), -1.0 / 3, 1e-12);
  EXPECT_NEAR(l(1, 0), -1.0 / 2, 1e-12);
  EXPECT_EQ(l(1, 3), 0);
  EXPECT_EQ(l.row(4).norm(), 0);
}

TEST(Weld, JoinsSplitVerticesAndDropsCollapsedFaces) {
  const Mesh mesh = sphere(16);
  // Every face with its own three vertices, and one face of no size.
  Points verts(mesh.faces.rows() * 3, 3);
  Faces faces(mesh.faces.rows() + 1, 3);
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) {
      verts.row(3 * f + k) = mesh.verts.row(mesh.faces(f, k));
      faces(f, k) = int(3 * f + k);
    }
  faces.row(mesh.faces.rows()) << 0, 0, 1;
  const Welded welded = weld(verts, faces);
  EXPECT_EQ(welded.verts.rows(), mesh.verts.rows());
  EXPECT_EQ(welded.faces.rows(), mesh.faces.rows());
  EXPECT_TRUE(is_watertight(welded.faces));
  for (Eigen::Index v = 0; v < verts.rows(); ++v)
    EXPECT_LT((welded.verts.row(welded.of_vertex[std::size_t(v)]) - verts.row(v)).norm(), 1e-5f);
}

}  // namespace
