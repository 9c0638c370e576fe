#include "reconstruction/articulated/vertex_colours.h"
#include "motion/laplacian.h"
#include "motion/point_tree.h"
#include <Eigen/SparseCholesky>

namespace mp4d {
namespace {

constexpr float kSeen = 0.2f;

std::vector<SurfacePoint> points_at_vertices(const Faces& faces, Eigen::Index count) {
  std::vector<SurfacePoint> points(count);
  for (int f = 0; f < static_cast<int>(faces.rows()); ++f) {
    points[faces(f, 0)] = {f, 0, 0};
    points[faces(f, 1)] = {f, 1, 0};
    points[faces(f, 2)] = {f, 0, 1};
  }
  return points;
}

/// Harmonic continuation of the known rows: L x = 0 elsewhere, with a trace of their mean where none is connected.
void diffuse(const Points& rest, const Faces& faces, const std::vector<bool>& known, Points& colours) {
  const Eigen::Index n = rest.rows();
  Eigen::RowVector3d mean = Eigen::RowVector3d::Zero();
  const auto count = std::count(known.begin(), known.end(), true);
  if (count == n) return;
  for (Eigen::Index v = 0; v < n; ++v)
    if (known[v]) mean += colours.row(v).cast<double>() / count;
  if (count == 0) mean.setConstant(0.5);

  const SparseMatrix laplacian = cotangent_laplacian(rest, faces);
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::MatrixXd right = Eigen::MatrixXd::Zero(n, 3);
  constexpr double kTrace = 1e-6;
  for (int column = 0; column < laplacian.outerSize(); ++column) {
    for (SparseMatrix::InnerIterator it(laplacian, column); it; ++it) {
      if (known[it.row()]) continue;
      if (known[column]) right.row(it.row()) -= it.value() * colours.row(column).cast<double>();
      else entries.emplace_back(it.row(), column, it.value());
    }
  }
  for (Eigen::Index v = 0; v < n; ++v) {
    if (known[v]) right.row(v) = colours.row(v).cast<double>();
    else right.row(v) += kTrace * mean;
    entries.emplace_back(v, v, known[v] ? 1 : kTrace);
  }
  SparseMatrix matrix(n, n);
  matrix.setFromTriplets(entries.begin(), entries.end());
  const Eigen::SimplicialLDLT<SparseMatrix> solver(matrix);
  colours = solver.solve(right).cast<float>();
}

}  // namespace

Result<Points> bake_vertex_colours(const FilmedSurface& film, const Points& rest, const std::vector<int>& mirror,
                                   JobContext* job) {
  MP4D_TRY(pictures, colours_from_pictures(film, points_at_vertices(film.faces, rest.rows()), job));
  Points colours = pictures.colours;
  std::vector<bool> known(rest.rows());
  for (Eigen::Index v = 0; v < rest.rows(); ++v) {
    int from = static_cast<int>(v);
    if (pictures.seen[v] < kSeen && !mirror.empty() && mirror[v] >= 0) from = mirror[v];
    known[v] = pictures.seen[from] >= kSeen;
    colours.row(v) = pictures.colours.row(from);
  }
  diffuse(rest, film.faces, known, colours);
  return colours;
}

std::vector<int> mirror_map(const Points& verts, int axis) {
  const PointTree tree(verts);
  const float reach = 0.03f * bounds(verts).sizes().maxCoeff();
  std::vector<int> mirror(verts.rows(), -1);
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    Vec3 reflected = verts.row(v).transpose();
    reflected[axis] *= -1;
    float distance2 = 0;
    const int twin = tree.nearest(reflected, distance2);
    if (distance2 < reach * reach) mirror[v] = twin;
  }
  return mirror;
}

}  // namespace mp4d
