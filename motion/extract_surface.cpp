#include "motion/voxels.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mp4d {
namespace {

// A copy of the samples minus iso with two layers of outside samples around it: the inner may be turned inside
// by make_well_composed, the outer never, which keeps the surface closed.
struct Padded {
  static constexpr int kLayers = 2;
  int nx, ny, nz;
  float cell;
  std::vector<float> values;

  Padded(const VoxelGrid& grid, float iso)
      : nx(grid.nx + 2 * kLayers),
        ny(grid.ny + 2 * kLayers),
        nz(grid.nz + 2 * kLayers),
        cell(grid.cell),
        values(std::size_t(nx) * ny * nz, border()) {
    for (int z = -1; z <= grid.nz; ++z)
      for (int y = -1; y <= grid.ny; ++y)
        for (int x = -1; x <= grid.nx; ++x) {
          const bool sampled = x >= 0 && y >= 0 && z >= 0 && x < grid.nx && y < grid.ny && z < grid.nz;
          const float v = sampled ? grid.at(x, y, z) - iso : cell;
          values[index(x + kLayers, y + kLayers, z + kLayers)] = std::isfinite(v) ? std::min(v, 0.5f * border()) : cell;
        }
  }
  float border() const { return 1e6f * cell; }
  std::size_t index(int x, int y, int z) const { return (std::size_t(z) * ny + y) * nx + x; }
  std::array<std::size_t, 8> corners(int x, int y, int z) const {
    std::array<std::size_t, 8> c;
    for (int k = 0; k < 8; ++k) c[k] = index(x + (k & 1), y + (k >> 1 & 1), z + (k >> 2));
    return c;
  }
  unsigned inside_mask(const std::array<std::size_t, 8>& corners) const {
    unsigned mask = 0;
    for (int k = 0; k < 8; ++k) mask |= unsigned(values[corners[k]] < 0) << k;
    return mask;
  }
};

// True if the corners of `mask` are joined by cube edges.
bool connected(unsigned mask) {
  unsigned reached = mask & -mask;
  for (unsigned before = ~reached; before != reached;) {
    before = reached;
    static constexpr unsigned kLow[3] = {0x55, 0x33, 0x0f};
    for (int axis = 0; axis < 3; ++axis) {
      const int shift = 1 << axis;
      reached |= ((reached & kLow[axis]) << shift | (reached >> shift & kLow[axis])) & mask;
    }
  }
  return reached == mask;
}

// Cells whose inside and outside corners are each connected, on every face too, hold one surface patch.
std::array<bool, 256> make_well_composed_table() {
  static constexpr int kFaces[6][4] = {{0, 2, 6, 4}, {1, 3, 7, 5}, {0, 1, 5, 4},
                                       {2, 3, 7, 6}, {0, 1, 3, 2}, {4, 5, 7, 6}};
  std::array<bool, 256> table;
  for (unsigned mask = 0; mask < 256; ++mask) {
    table[mask] = connected(mask) && connected(~mask & 0xffu);
    for (const auto& f : kFaces) {
      const unsigned a = mask >> f[0] & 1, b = mask >> f[1] & 1, c = mask >> f[2] & 1, d = mask >> f[3] & 1;
      if (a == c && b == d && a != b) table[mask] = false;
    }
  }
  return table;
}

// Grows the inside, a sample at a time, until every cell is well composed.
void make_well_composed(Padded& grid) {
  static const std::array<bool, 256> well_composed = make_well_composed_table();
  for (bool changed = true; changed;) {
    changed = false;
    for (int z = 0; z + 1 < grid.nz; ++z)
      for (int y = 0; y + 1 < grid.ny; ++y)
        for (int x = 0; x + 1 < grid.nx; ++x) {
          const auto corners = grid.corners(x, y, z);
          for (unsigned mask = grid.inside_mask(corners); !well_composed[mask]; changed = true) {
            // The least change: a sample that settles the cell if there is one, the nearest to the surface otherwise.
            int best = -1;
            for (int k = 0; k < 8; ++k) {
              if (mask >> k & 1 || grid.values[corners[k]] >= grid.border()) continue;
              const bool settles = well_composed[mask | 1u << k];
              const bool best_settles = best >= 0 && well_composed[mask | 1u << best];
              if (best < 0 ||
                  (settles != best_settles ? settles : grid.values[corners[k]] < grid.values[corners[best]]))
                best = k;
            }
            grid.values[corners[best]] = -0.02f * grid.cell;
            mask |= 1u << best;
          }
        }
  }
}

// Moves `p` (in cell units, 0..1) along the gradient onto the zero of the trilinear interpolation of `v`.
Vec3 project_in_cell(const std::array<float, 8>& v, Vec3 p) {
  for (int iteration = 0; iteration < 3; ++iteration) {
    float value = 0;
    Vec3 gradient = Vec3::Zero();
    for (int k = 0; k < 8; ++k) {
      const float wx = k & 1 ? p.x() : 1 - p.x(), wy = k >> 1 & 1 ? p.y() : 1 - p.y(), wz = k >> 2 ? p.z() : 1 - p.z();
      value += v[k] * wx * wy * wz;
      gradient += v[k] * Vec3((k & 1 ? 1 : -1) * wy * wz, (k >> 1 & 1 ? 1 : -1) * wx * wz, (k >> 2 ? 1 : -1) * wx * wy);
    }
    const float g2 = gradient.squaredNorm();
    if (!(g2 > 0)) break;
    Vec3 step = -value / g2 * gradient;
    const float length = step.norm();
    if (length > 0.25f) step *= 0.25f / length;
    p = (p + step).cwiseMax(0.02f).cwiseMin(0.98f);
  }
  return p;
}

}  // namespace

Mesh extract_surface(const VoxelGrid& source, float iso) {
  Padded grid(source, iso);
  make_well_composed(grid);

  std::vector<int> vertex_of_cell(grid.values.size(), -1);
  std::vector<Vec3> verts;
  const Vec3 origin = source.origin - Vec3::Constant(Padded::kLayers * source.cell);
  for (int z = 0; z + 1 < grid.nz; ++z)
    for (int y = 0; y + 1 < grid.ny; ++y)
      for (int x = 0; x + 1 < grid.nx; ++x) {
        const auto corners = grid.corners(x, y, z);
        const unsigned mask = grid.inside_mask(corners);
        if (mask == 0 || mask == 0xff) continue;
        std::array<float, 8> v;
        for (int k = 0; k < 8; ++k) v[k] = std::clamp(grid.values[corners[k]], -2 * grid.cell, 2 * grid.cell);
        Vec3 sum = Vec3::Zero();
        int crossings = 0;
        for (int k = 0; k < 8; ++k)
          for (int axis = 0; axis < 3; ++axis) {
            const int l = k | 1 << axis;
            if (l == k || (mask >> k & 1) == (mask >> l & 1)) continue;
            Vec3 p(float(k & 1), float(k >> 1 & 1), float(k >> 2));
            p[axis] = std::clamp(v[k] / (v[k] - v[l]), 0.02f, 0.98f);
            sum += p;
            ++crossings;
          }
        vertex_of_cell[grid.index(x, y, z)] = int(verts.size());
        const Vec3 p = project_in_cell(v, sum / float(crossings));
        verts.push_back(origin + source.cell * (Vec3(float(x), float(y), float(z)) + p));
      }

  // One quad round every grid edge that the surface crosses, split along its shorter diagonal.
  std::vector<Eigen::Vector3i> faces;
  const std::size_t stride[3] = {1, std::size_t(grid.nx), std::size_t(grid.nx) * grid.ny};
  for (int z = 1; z + 1 < grid.nz; ++z)
    for (int y = 1; y + 1 < grid.ny; ++y)
      for (int x = 1; x + 1 < grid.nx; ++x) {
        const std::size_t i = grid.index(x, y, z);
        const bool inside = grid.values[i] < 0;
        for (int axis = 0; axis < 3; ++axis) {
          if (inside == (grid.values[i + stride[axis]] < 0)) continue;
          const std::size_t u = stride[(axis + 1) % 3], w = stride[(axis + 2) % 3];
          std::array<int, 4> q = {vertex_of_cell[i - u - w], vertex_of_cell[i - w], vertex_of_cell[i],
                                  vertex_of_cell[i - u]};
          if (!inside) std::swap(q[1], q[3]);
          const bool first = (verts[q[0]] - verts[q[2]]).squaredNorm() <= (verts[q[1]] - verts[q[3]]).squaredNorm();
          if (first) {
            faces.push_back({q[0], q[1], q[2]});
            faces.push_back({q[0], q[2], q[3]});
          } else {
            faces.push_back({q[1], q[2], q[3]});
            faces.push_back({q[1], q[3], q[0]});
          }
        }
      }

  Mesh mesh;
  mesh.verts.resize(Eigen::Index(verts.size()), 3);
  for (std::size_t i = 0; i < verts.size(); ++i) mesh.verts.row(Eigen::Index(i)) = verts[i].transpose();
  mesh.faces.resize(Eigen::Index(faces.size()), 3);
  for (std::size_t i = 0; i < faces.size(); ++i) mesh.faces.row(Eigen::Index(i)) = faces[i].transpose();
  return mesh;
}

}  // namespace mp4d
