#include "motion/laplacian.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <unordered_map>

namespace mp4d {
namespace {

using Triplets = std::vector<Eigen::Triplet<double>>;

// Cotangent of the angle at `corner`; 0 where the triangle has no area.
double cotangent(const Eigen::Vector3d& corner, const Eigen::Vector3d& a, const Eigen::Vector3d& b) {
  const Eigen::Vector3d u = a - corner, v = b - corner;
  const double sine = u.cross(v).norm();
  return sine > 1e-12 * std::max(u.squaredNorm(), v.squaredNorm()) ? u.dot(v) / sine : 0.0;
}

struct PlaceHash {
  std::size_t operator()(const std::array<std::int64_t, 3>& p) const {
    std::uint64_t h = 0x9e3779b97f4a7c15ull;
    for (const std::int64_t v : p) h = (h ^ std::uint64_t(v)) * 0xff51afd7ed558ccdull, h ^= h >> 32;
    return h;
  }
};

}  // namespace

SparseMatrix cotangent_laplacian(const Points& verts, const Faces& faces) {
  const auto at = [&](int v) { return Eigen::Vector3d(verts.row(v).transpose().cast<double>()); };
  Triplets half;
  half.reserve(std::size_t(faces.rows()) * 6);
  for (Eigen::Index f = 0; f < faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) {
      const int i = faces(f, k), j = faces(f, (k + 1) % 3), opposite = faces(f, (k + 2) % 3);
      if (i == j) continue;
      const double w = 0.5 * cotangent(at(opposite), at(i), at(j));
      half.emplace_back(i, j, w);
      half.emplace_back(j, i, w);
    }
  SparseMatrix off(verts.rows(), verts.rows());
  off.setFromTriplets(half.begin(), half.end());

  Triplets all;
  all.reserve(std::size_t(off.nonZeros()) + std::size_t(verts.rows()));
  for (int column = 0; column < off.outerSize(); ++column) {
    double sum = 0;
    for (SparseMatrix::InnerIterator it(off, column); it; ++it) {
      const double w = std::clamp(it.value(), 1e-3, 1e2);
      all.emplace_back(it.row(), column, -w);
      sum += w;
    }
    all.emplace_back(column, column, sum);
  }
  SparseMatrix result(verts.rows(), verts.rows());
  result.setFromTriplets(all.begin(), all.end());
  return result;
}

Eigen::VectorXd lumped_mass(const Points& verts, const Faces& faces) {
  Eigen::VectorXd mass = Eigen::VectorXd::Zero(verts.rows());
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    const Vec3 a = verts.row(faces(f, 0)), b = verts.row(faces(f, 1)), c = verts.row(faces(f, 2));
    const double third = double((b - a).cross(c - a).norm()) / 6.0;
    for (int k = 0; k < 3; ++k) mass[faces(f, k)] += third;
  }
  if (mass.size() == 0) return mass;
  const double floor = mass.mean() > 0 ? 1e-6 * mass.mean() : 1e-12;
  return mass.cwiseMax(floor);
}

SparseMatrix uniform_laplacian(const Faces& faces, int vertex_count) {
  const auto edges = unique_edges(faces);
  std::vector<int> degree(std::size_t(vertex_count), 0);
  for (Eigen::Index e = 0; e < edges.rows(); ++e)
    for (int k = 0; k < 2; ++k) ++degree[std::size_t(edges(e, k))];
  Triplets entries;
  for (int v = 0; v < vertex_count; ++v)
    if (degree[std::size_t(v)]) entries.emplace_back(v, v, 1.0);
  for (Eigen::Index e = 0; e < edges.rows(); ++e) {
    const int i = edges(e, 0), j = edges(e, 1);
    entries.emplace_back(i, j, -1.0 / degree[std::size_t(i)]);
    entries.emplace_back(j, i, -1.0 / degree[std::size_t(j)]);
  }
  SparseMatrix result(vertex_count, vertex_count);
  result.setFromTriplets(entries.begin(), entries.end());
  return result;
}

Welded weld(const Points& verts, const Faces& faces, float relative_tolerance) {
  Welded welded;
  const Aabb box = bounds(verts);
  const double step = verts.rows() ? std::max(1e-12, double(relative_tolerance) * box.diagonal().norm()) : 1.0;
  std::unordered_map<std::array<std::int64_t, 3>, int, PlaceHash> places;
  places.reserve(std::size_t(verts.rows()));
  std::vector<int> first;
  welded.of_vertex.resize(std::size_t(verts.rows()));
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    std::array<std::int64_t, 3> key;
    for (int a = 0; a < 3; ++a) key[std::size_t(a)] = std::llround((double(verts(v, a)) - double(box.min()[a])) / step);
    const auto [it, added] = places.emplace(key, int(first.size()));
    if (added) first.push_back(int(v));
    welded.of_vertex[std::size_t(v)] = it->second;
  }
  welded.verts.resize(Eigen::Index(first.size()), 3);
  for (std::size_t i = 0; i < first.size(); ++i) welded.verts.row(Eigen::Index(i)) = verts.row(first[i]);
  welded.faces.resize(faces.rows(), 3);
  Eigen::Index kept = 0;
  for (Eigen::Index f = 0; f < faces.rows(); ++f) {
    const int a = welded.of_vertex[std::size_t(faces(f, 0))], b = welded.of_vertex[std::size_t(faces(f, 1))],
              c = welded.of_vertex[std::size_t(faces(f, 2))];
    if (a != b && b != c && c != a) welded.faces.row(kept++) << a, b, c;
  }
  welded.faces.conservativeResize(kept, 3);
  return welded;
}

}  // namespace mp4d
