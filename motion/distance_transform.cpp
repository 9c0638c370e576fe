#include "motion/distance_transform.h"

#include <cstddef>
#include <limits>

namespace mp4d {
namespace {

constexpr float kFar = std::numeric_limits<float>::infinity();

// Replaces squared distances and nearest seeds of one line of `n` samples, `stride` apart.
struct LinePass {
  std::vector<float> height, bound;
  std::vector<int> seed, at;

  explicit LinePass(int n) : height(n), bound(n + 1), seed(n), at(n) {}

  void operator()(float* distance2, int* nearest, int n, std::size_t stride) {
    int top = -1;
    for (int q = 0; q < n; ++q) {
      height[q] = distance2[q * stride];
      seed[q] = nearest[q * stride];
      if (height[q] == kFar) continue;
      float start = -kFar;
      while (top >= 0) {
        const int p = at[top];
        start = ((height[q] + float(q) * q) - (height[p] + float(p) * p)) / (2.0f * float(q - p));
        if (start > bound[top]) break;
        --top;
      }
      ++top;
      at[top] = q;
      bound[top] = top ? start : -kFar;
    }
    if (top < 0) return;
    for (int q = 0, k = 0; q < n; ++q) {
      while (k < top && bound[k + 1] < float(q)) ++k;
      const int p = at[k];
      distance2[q * stride] = height[p] + float(q - p) * float(q - p);
      nearest[q * stride] = seed[p];
    }
  }
};

}  // namespace

std::vector<int> nearest_seed(const std::vector<char>& is_seed, int nx, int ny, int nz) {
  const std::size_t sx = 1, sy = std::size_t(nx), sz = std::size_t(nx) * ny;
  std::vector<float> distance2(is_seed.size());
  std::vector<int> nearest(is_seed.size());
  for (std::size_t i = 0; i < is_seed.size(); ++i) {
    distance2[i] = is_seed[i] ? 0 : kFar;
    nearest[i] = is_seed[i] ? int(i) : -1;
  }
#pragma omp parallel
  {
    LinePass along_x(nx), along_y(ny), along_z(nz);
#pragma omp for
    for (int z = 0; z < nz; ++z) {
      for (int y = 0; y < ny; ++y) along_x(&distance2[z * sz + y * sy], &nearest[z * sz + y * sy], nx, sx);
      for (int x = 0; x < nx; ++x) along_y(&distance2[z * sz + x], &nearest[z * sz + x], ny, sy);
    }
#pragma omp for
    for (int y = 0; y < ny; ++y)
      for (int x = 0; x < nx; ++x) along_z(&distance2[y * sy + x], &nearest[y * sy + x], nz, sz);
  }
  return nearest;
}

}  // namespace mp4d
