#include "core/isosurface.h"
#include "reconstruction/human/fof.h"
#include <algorithm>

namespace mp4d::human {
namespace {

using Neighbours = Eigen::Matrix<int, Eigen::Dynamic, 2, Eigen::RowMajor>;

// Mean of the neighbours less the vertex, for every vertex.
Points laplacian(const Points& x, const Neighbours& edges, const Eigen::VectorXf& inverse_degree) {
  Points sum = Points::Zero(x.rows(), 3);
  for (Eigen::Index e = 0; e < edges.rows(); ++e) {
    sum.row(edges(e, 0)) += x.row(edges(e, 1));
    sum.row(edges(e, 1)) += x.row(edges(e, 0));
  }
  return inverse_degree.asDiagonal() * sum - x;
}

Points laplacian_transposed(const Points& y, const Neighbours& edges, const Eigen::VectorXf& inverse_degree) {
  const Points scaled = inverse_degree.asDiagonal() * y;
  Points sum = -y;
  for (Eigen::Index e = 0; e < edges.rows(); ++e) {
    sum.row(edges(e, 0)) += scaled.row(edges(e, 1));
    sum.row(edges(e, 1)) += scaled.row(edges(e, 0));
  }
  return sum;
}

// Least squares of the Laplacian over the free vertices by conjugate gradients on the normal equations, without a matrix.
void flatten(Points& verts, const Faces& faces, const std::vector<std::uint8_t>& axis_of_vertex, float reach) {
  constexpr int kIterations = 24;
  const Neighbours edges = unique_edges(faces);
  Eigen::VectorXf degree = Eigen::VectorXf::Zero(verts.rows());
  for (Eigen::Index e = 0; e < edges.rows(); ++e) ++degree[edges(e, 0)], ++degree[edges(e, 1)];
  const Eigen::VectorXf inverse_degree = degree.cwiseMax(1).cwiseInverse();
  const auto hold = [&](Points& x) {
    for (Eigen::Index v = 0; v < x.rows(); ++v)
      if (axis_of_vertex[std::size_t(v)] == 2) x.row(v).setZero();
  };
  const auto apply = [&](const Points& x) {
    Points y = laplacian_transposed(laplacian(x, edges, inverse_degree), edges, inverse_degree);
    hold(y);
    return y;
  };

  Points moved = Points::Zero(verts.rows(), 3);
  Points residual = -apply(verts);
  Points direction = residual;
  float energy = residual.squaredNorm();
  const float enough = 1e-6f * energy;
  for (int i = 0; i < kIterations && energy > enough; ++i) {
    const Points image = apply(direction);
    const float step = energy / std::max(1e-20f, direction.cwiseProduct(image).sum());
    moved += step * direction;
    residual -= step * image;
    const float next = residual.squaredNorm();
    direction = residual + next / energy * direction;
    energy = next;
  }
  for (Eigen::Index v = 0; v < verts.rows(); ++v) {
    const float length = moved.row(v).norm();
    verts.row(v) += moved.row(v) * std::min(1.0f, reach / std::max(length, 1e-20f));
  }
}

void keep_largest(Isosurface& surface) {
  std::vector<int> component;
  const int count = connected_components(surface.faces, int(surface.verts.rows()), component);
  if (count < 2) return;
  std::vector<int> size(static_cast<std::size_t>(count), 0);
  for (int c : component) ++size[std::size_t(c)];
  const int largest = int(std::max_element(size.begin(), size.end()) - size.begin());
  std::vector<int> new_index(component.size(), -1);
  Eigen::Index kept = 0;
  for (std::size_t v = 0; v < component.size(); ++v) {
    if (component[v] != largest) continue;
    new_index[v] = int(kept);
    surface.axis_of_vertex[std::size_t(kept)] = surface.axis_of_vertex[v];
    surface.verts.row(kept++) = surface.verts.row(Eigen::Index(v)).eval();
  }
  surface.verts.conservativeResize(kept, 3);
  surface.axis_of_vertex.resize(std::size_t(kept));
  Eigen::Index faces = 0;
  for (Eigen::Index f = 0; f < surface.faces.rows(); ++f) {
    if (component[std::size_t(surface.faces(f, 0))] != largest) continue;
    for (int c = 0; c < 3; ++c) surface.faces(faces, c) = new_index[std::size_t(surface.faces(f, c))];
    ++faces;
  }
  surface.faces.conservativeResize(faces, 3);
}

}  // namespace

Mesh volume_surface(std::vector<float> volume, int resolution, int depths, float level, bool smooth,
                    bool largest_only) {
  Isosurface surface = marching_cubes({{resolution, resolution, depths}, std::move(volume)}, level);
  if (largest_only) keep_largest(surface);
  Mesh mesh;
  mesh.verts.resize(surface.verts.rows(), 3);
  const float pixel = 2.0f / float(resolution);
  mesh.verts.col(0) = (surface.verts.col(0).array() + 0.5f) * pixel - 1;
  mesh.verts.col(1) = 1 - (surface.verts.col(1).array() + 0.5f) * pixel;  // rows point down, which turns the faces round
  mesh.verts.col(2) = (surface.verts.col(2).array() + 0.5f) * (2.0f / float(depths)) - 1;
  mesh.faces.resize(surface.faces.rows(), 3);
  mesh.faces << surface.faces.col(0), surface.faces.col(2), surface.faces.col(1);
  if (smooth && mesh.faces.rows() > 0) flatten(mesh.verts, mesh.faces, surface.axis_of_vertex, 0.5f * pixel);
  return mesh;
}

}  // namespace mp4d::human
