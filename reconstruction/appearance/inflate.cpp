#include "reconstruction/appearance/inflate.h"

#include "motion/laplacian.h"
#include "motion/voxels.h"
#include "reconstruction/appearance/silhouette.h"
#include "reconstruction/articulated/distance_field2d.h"

#include <Eigen/SparseCholesky>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kBlend = 3;  // cells over which layers flow into one another

// Values on a plane grid, row 0 lowest.
struct Plane {
  int nx = 0, ny = 0;
  std::vector<float> values;
  float at(int x, int y) const {
    return values[std::size_t(std::clamp(y, 0, ny - 1)) * nx + std::size_t(std::clamp(x, 0, nx - 1))];
  }
  float& at(int x, int y) { return values[std::size_t(y) * nx + x]; }
};

float bilinear(const ImageF& image, float x, float y) {
  x = std::clamp(x, 0.0f, float(image.width - 1)), y = std::clamp(y, 0.0f, float(image.height - 1));
  const int x0 = std::min(int(x), std::max(0, image.width - 2)), y0 = std::min(int(y), std::max(0, image.height - 2));
  const int x1 = std::min(x0 + 1, image.width - 1), y1 = std::min(y0 + 1, image.height - 1);
  const float a = x - float(x0), b = y - float(y0);
  return (1 - b) * ((1 - a) * image.at(x0, y0) + a * image.at(x1, y0)) +
         b * ((1 - a) * image.at(x0, y1) + a * image.at(x1, y1));
}

// [1 2 1] along rows and columns: the staircase of the pixels goes.
ImageF smoothed(const ImageF& in) {
  ImageF out = in;
  for (int pass = 0; pass < 2; ++pass) {
    const ImageF from = out;
    for (int y = 0; y < in.height; ++y)
      for (int x = 0; x < in.width; ++x) {
        const int xl = pass ? x : std::max(0, x - 1), xr = pass ? x : std::min(in.width - 1, x + 1);
        const int yl = pass ? std::max(0, y - 1) : y, yr = pass ? std::min(in.height - 1, y + 1) : y;
        out.at(x, y) = 0.25f * (from.at(xl, yl) + from.at(xr, yr)) + 0.5f * from.at(x, y);
      }
  }
  return out;
}

// Solution of -lap h = 2 inside, pixels^2; the outline lies between grid points where the distance says (Gibou et al.
// 2002, a symmetric second-order scheme). Outside, a negative continuation.
Plane poisson(const Plane& distance, float cell) {
  Plane h = distance;
  std::vector<int> unknown(h.values.size(), -1);
  int count = 0;
  for (std::size_t i = 0; i < unknown.size(); ++i)
    if (distance.values[i] < 0) unknown[i] = count++;
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::VectorXd right = Eigen::VectorXd::Constant(count, 2.0 * cell * cell);
  constexpr int kSteps[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  for (int y = 0; y < h.ny; ++y)
    for (int x = 0; x < h.nx; ++x) {
      const int i = unknown[std::size_t(y) * h.nx + x];
      if (i < 0) continue;
      double diagonal = 0;
      for (const auto& s : kSteps) {
        const int a = x + s[0], b = y + s[1];
        const bool on_grid = a >= 0 && b >= 0 && a < h.nx && b < h.ny;
        const int n = on_grid ? unknown[std::size_t(b) * h.nx + a] : -1;
        if (n >= 0) {
          entries.emplace_back(i, n, -1.0);
          diagonal += 1;
        } else {
          const double inside = -distance.at(x, y), outside = on_grid ? distance.at(a, b) : cell;
          diagonal += 1 / std::clamp(inside / (inside + outside), 0.1, 1.0);
        }
      }
      entries.emplace_back(i, i, diagonal);
    }
  SparseMatrix system(count, count);
  system.setFromTriplets(entries.begin(), entries.end());
  const Eigen::VectorXd solution = Eigen::SimplicialLDLT<SparseMatrix>(system).solve(right);
  for (std::size_t i = 0; i < unknown.size(); ++i)
    if (unknown[i] >= 0) h.values[i] = std::max(0.0f, float(solution[unknown[i]]));
  // The slope across the outline goes on for a cell, so that the zero lies where the distance says.
  for (int y = 0; y < h.ny; ++y)
    for (int x = 0; x < h.nx; ++x) {
      if (unknown[std::size_t(y) * h.nx + x] >= 0) continue;
      float slope = 0;
      int neighbours = 0;
      for (int b = std::max(0, y - 1); b <= std::min(h.ny - 1, y + 1); ++b)
        for (int a = std::max(0, x - 1); a <= std::min(h.nx - 1, x + 1); ++a)
          if (const int n = unknown[std::size_t(b) * h.nx + a]; n >= 0)
            slope += float(solution[n]) / std::max(-distance.at(a, b), 0.1f * cell), ++neighbours;
      h.at(x, y) = -std::max(0.01f * cell, distance.at(x, y)) * (neighbours ? slope / float(neighbours) : 2 * cell);
    }
  return h;
}

// Without specks that the grid cut off: pieces under a hundredth of the vertices.
Mesh without_specks(const Mesh& mesh) {
  std::vector<int> piece, size;
  const int pieces = connected_components(mesh.faces, int(mesh.verts.rows()), piece);
  size.resize(std::size_t(pieces), 0);
  for (const int p : piece) ++size[std::size_t(p)];
  std::vector<int> place(std::size_t(mesh.verts.rows()), -1);
  Mesh out = mesh;
  Eigen::Index verts = 0, faces = 0;
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v)
    if (100 * size[std::size_t(piece[std::size_t(v)])] >= mesh.verts.rows()) {
      place[std::size_t(v)] = int(verts);
      out.verts.row(verts++) = mesh.verts.row(v);
    }
  for (Eigen::Index f = 0; f < mesh.faces.rows(); ++f)
    if (place[std::size_t(mesh.faces(f, 0))] >= 0) {
      for (int k = 0; k < 3; ++k) out.faces(faces, k) = place[std::size_t(mesh.faces(f, k))];
      ++faces;
    }
  out.verts.conservativeResize(verts, 3);
  out.faces.conservativeResize(faces, 3);
  return out;
}

}  // namespace

Mesh inflate(const std::vector<InflateLayer>& layers, float depth, float cell) {
  if (layers.empty()) return {};
  const int width = layers[0].mask.width, height = layers[0].mask.height;
  std::vector<Plane> shapes;
  float reach = 0;
  for (const InflateLayer& layer : layers) {
    const ImageF distance = smoothed(signed_distance(layer.mask));
    Plane plane{int(std::ceil(float(width) / cell)) + 1, int(std::ceil(float(height) / cell)) + 1, {}};
    plane.values.resize(std::size_t(plane.nx) * plane.ny);
    for (int y = 0; y < plane.ny; ++y)
      for (int x = 0; x < plane.nx; ++x)
        plane.at(x, y) = bilinear(distance, float(x) * cell - 0.5f, float(height) - float(y) * cell - 0.5f);
    shapes.push_back(poisson(plane, cell));
    const float thickest = *std::max_element(shapes.back().values.begin(), shapes.back().values.end());
    if (thickest > 0) reach = std::max(reach, std::abs(layer.z) + depth * std::sqrt(thickest));
  }
  if (!(reach > 0)) return {};

  VoxelGrid grid;
  grid.cell = cell;
  grid.nx = shapes[0].nx, grid.ny = shapes[0].ny;
  const int half = int(std::ceil(reach / cell)) + 2;
  grid.nz = 2 * half + 1;
  grid.origin = Vec3(0, 0, -float(half) * cell);
  grid.values.resize(grid.size());
#pragma omp parallel for
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) {
        float value = std::numeric_limits<float>::infinity();
        for (std::size_t k = 0; k < layers.size(); ++k) {
          const Plane& h = shapes[k];
          const float dz = grid.position(x, y, z).z() - layers[k].z;
          const float squared = depth * depth;
          const float gx = (h.at(x + 1, y) - h.at(x - 1, y)) / (2 * cell),
                      gy = (h.at(x, y + 1) - h.at(x, y - 1)) / (2 * cell);
          const float gradient2 = 4 * dz * dz + squared * squared * (gx * gx + gy * gy);
          // z^2 - depth^2 h, to first order a distance.
          const float own = (dz * dz - squared * h.at(x, y)) /
                            std::sqrt(std::max({gradient2, 0.3f * squared * std::max(0.0f, h.at(x, y)), cell * cell}));
          const float blend = kBlend * cell, overlap = std::max(blend - std::abs(value - own), 0.0f) / blend;
          value = std::min(value, own) - (k ? 0.25f * blend * overlap * overlap : 0.0f);
        }
        grid.at(x, y, z) = value;
      }
  return without_specks(extract_surface(grid));
}

}  // namespace mp4d
