#include "motion/voxels.h"

#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

// Corner values and fractions of the cell that holds `point`, clamped to the grid.
struct CellSample {
  float v[8];
  Vec3 f;

  CellSample(const VoxelGrid& grid, const Vec3& point) {
    const int n[3] = {grid.nx, grid.ny, grid.nz};
    int low[3], high[3];
    for (int a = 0; a < 3; ++a) {
      const float t = std::clamp((point[a] - grid.origin[a]) / grid.cell, 0.0f, float(n[a] - 1));
      low[a] = std::min(int(t), std::max(0, n[a] - 2));
      high[a] = std::min(low[a] + 1, n[a] - 1);
      f[a] = t - float(low[a]);
    }
    for (int k = 0; k < 8; ++k)
      v[k] = grid.at(k & 1 ? high[0] : low[0], k & 2 ? high[1] : low[1], k & 4 ? high[2] : low[2]);
  }
};

}  // namespace

float VoxelGrid::sample(const Vec3& point) const {
  const CellSample c(*this, point);
  const auto mix = [](float a, float b, float t) { return a + t * (b - a); };
  return mix(mix(mix(c.v[0], c.v[1], c.f.x()), mix(c.v[2], c.v[3], c.f.x()), c.f.y()),
             mix(mix(c.v[4], c.v[5], c.f.x()), mix(c.v[6], c.v[7], c.f.x()), c.f.y()), c.f.z());
}

Vec3 VoxelGrid::gradient(const Vec3& point) const {
  const CellSample c(*this, point);
  Vec3 g = Vec3::Zero();
  for (int k = 0; k < 8; ++k) {
    const float wx = k & 1 ? c.f.x() : 1 - c.f.x(), wy = k & 2 ? c.f.y() : 1 - c.f.y(),
                wz = k & 4 ? c.f.z() : 1 - c.f.z();
    g += c.v[k] * Vec3((k & 1 ? 1 : -1) * wy * wz, (k & 2 ? 1 : -1) * wx * wz, (k & 4 ? 1 : -1) * wx * wy);
  }
  return g / cell;
}

VoxelGrid make_grid(const Aabb& box, int resolution, float margin) {
  VoxelGrid grid;
  if (box.isEmpty()) return grid;
  const float longest = box.sizes().maxCoeff() + 2 * margin;
  grid.cell = longest > 0 ? longest / float(std::max(1, resolution)) : 1.0f;
  const Vec3 size = box.sizes() + Vec3::Constant(2 * margin);
  const auto samples = [&](float extent) { return int(std::ceil(extent / grid.cell - 1e-4f)) + 1; };
  grid.nx = samples(size.x());
  grid.ny = samples(size.y());
  grid.nz = samples(size.z());
  grid.origin = box.center() - 0.5f * grid.cell * Vec3(float(grid.nx - 1), float(grid.ny - 1), float(grid.nz - 1));
  grid.values.assign(grid.size(), 0.0f);
  return grid;
}

}  // namespace mp4d
