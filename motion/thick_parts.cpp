#include "motion/thick_parts.h"

#include "motion/distance_transform.h"

#include <array>
#include <cmath>

namespace mp4d {
namespace {

// Metres from each sample to the nearest seed.
std::vector<float> distances(const VoxelGrid& grid, const std::vector<char>& seeds) {
  const std::vector<int> nearest = nearest_seed(seeds, grid.nx, grid.ny, grid.nz);
  std::vector<float> out(grid.size(), 1e6f * grid.cell);
#pragma omp parallel for
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) {
        const std::size_t i = grid.index(x, y, z);
        const int n = nearest[i];
        if (n < 0) continue;
        const Vec3 to(float(n % grid.nx - x), float(n / grid.nx % grid.ny - y), float(n / (grid.nx * grid.ny) - z));
        out[i] = grid.cell * to.norm();
      }
  return out;
}

// Keeps only the largest piece connected by unit steps.
void keep_largest(const VoxelGrid& grid, std::vector<char>& inside) {
  std::vector<int> label(grid.size(), 0);
  int labels = 0, largest = 0;
  std::size_t most = 0;
  std::vector<std::size_t> open;
  for (std::size_t start = 0; start < grid.size(); ++start) {
    if (!inside[start] || label[start]) continue;
    label[start] = ++labels;
    open = {start};
    std::size_t count = 0;
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      ++count;
      const int x = int(i % grid.nx), y = int(i / grid.nx % grid.ny), z = int(i / (std::size_t(grid.nx) * grid.ny));
      constexpr int kSteps[6][3] = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}};
      for (const auto& s : kSteps) {
        const int a = x + s[0], b = y + s[1], c = z + s[2];
        if (a < 0 || b < 0 || c < 0 || a >= grid.nx || b >= grid.ny || c >= grid.nz) continue;
        const std::size_t n = grid.index(a, b, c);
        if (!inside[n] || label[n]) continue;
        label[n] = labels;
        open.push_back(n);
      }
    }
    if (count > most) most = count, largest = labels;
  }
  for (std::size_t i = 0; i < grid.size(); ++i) inside[i] = label[i] == largest && inside[i];
}

}  // namespace

VoxelGrid thick_parts(const VoxelGrid& solid, float radius) {
  VoxelGrid out = solid;
  std::vector<char> kept(solid.size());
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = -solid.values[i] >= radius;
  const std::vector<float> to_core = distances(solid, kept);
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = to_core[i] <= radius && solid.values[i] < 0;
  keep_largest(solid, kept);
  std::vector<char> rest(kept.size());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = !kept[i];
  const std::vector<float> outwards = distances(solid, kept), inwards = distances(solid, rest);
  for (std::size_t i = 0; i < kept.size(); ++i)
    out.values[i] = kept[i] ? 0.5f * solid.cell - inwards[i] : outwards[i] - 0.5f * solid.cell;
  return out;
}

}  // namespace mp4d
