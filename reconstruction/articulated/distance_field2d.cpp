#include "reconstruction/articulated/distance_field2d.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kFar = 1e12f;

// Lower envelope of parabolas rooted at f; in place over `n` strided samples.
void transform_1d(float* data, int n, int stride, std::vector<float>& f, std::vector<int>& root,
                  std::vector<float>& border) {
  for (int i = 0; i < n; ++i) f[i] = data[static_cast<std::size_t>(i) * stride];
  int k = 0;
  root[0] = 0;
  border[0] = -kFar;
  border[1] = kFar;
  for (int q = 1; q < n; ++q) {
    float s;
    while (true) {
      const int r = root[k];
      s = ((f[q] - f[r]) + (float(q) * q - float(r) * r)) / (2.0f * (q - r));
      if (s > border[k] || k == 0) break;
      --k;
    }
    if (s <= border[k]) s = border[k];
    ++k;
    root[k] = q;
    border[k] = s;
    border[k + 1] = kFar;
  }
  k = 0;
  for (int q = 0; q < n; ++q) {
    while (border[k + 1] < q) ++k;
    const float d = float(q - root[k]);
    data[static_cast<std::size_t>(q) * stride] = d * d + f[root[k]];
  }
}

// Squared distance of every pixel to the nearest pixel with (mask != 0) == `inside`.
ImageF squared_distance(const Mask& mask, bool inside) {
  ImageF result(mask.width, mask.height, 1);
  for (std::size_t i = 0; i < mask.data.size(); ++i) result.data[i] = (mask.data[i] != 0) == inside ? 0.0f : 1e9f;
  const int n = std::max(mask.width, mask.height);
  std::vector<float> f(n), border(n + 1);
  std::vector<int> root(n);
  for (int x = 0; x < mask.width; ++x) transform_1d(&result.data[x], mask.height, mask.width, f, root, border);
  for (int y = 0; y < mask.height; ++y) {
    transform_1d(&result.data[static_cast<std::size_t>(y) * mask.width], mask.width, 1, f, root, border);
  }
  return result;
}

}  // namespace

ImageF signed_distance(const Mask& mask) {
  ImageF to_subject = squared_distance(mask, true);
  const ImageF to_background = squared_distance(mask, false);
  // Distances run between pixel centres; the contour lies half a pixel from either side.
  for (std::size_t i = 0; i < mask.data.size(); ++i) {
    to_subject.data[i] = mask.data[i] ? 0.5f - std::sqrt(to_background.data[i]) : std::sqrt(to_subject.data[i]) - 0.5f;
  }
  return to_subject;
}

}  // namespace mp4d
