#include "reconstruction/articulated/turn_rate.h"
#include "reconstruction/articulated/distance_field2d.h"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

float turn_of(const Mask& mask, const FlowPair& flow) {
  const ImageF distance = signed_distance(mask);
  const float deepest = -*std::min_element(distance.data.begin(), distance.data.end());
  if (deepest < 3) return 0;
  struct Sample {
    float x, u, depth;
  };
  std::vector<Sample> samples;
  const int step = std::max(1, static_cast<int>(deepest / 12));
  for (int y = 0; y < mask.height; y += step) {
    for (int x = 0; x < mask.width; x += step) {
      const float d = -distance.at(x, y);
      if (d < 1.5f || !flow.forward_valid.at(x, y)) continue;
      samples.push_back({float(x), flow.forward.at(x, y, 0), std::sqrt(d * (2 * deepest - d))});
    }
  }
  if (samples.size() < 30) return 0;
  float cx = 0;
  for (const Sample& s : samples) cx += s.x / samples.size();
  Eigen::Vector3f model = Eigen::Vector3f::Zero();
  for (int iteration = 0; iteration < 8; ++iteration) {
    Eigen::Matrix3f a = 1e-6f * Eigen::Matrix3f::Identity();
    Eigen::Vector3f b = Eigen::Vector3f::Zero();
    for (const Sample& s : samples) {
      const Eigen::Vector3f row(1, (s.x - cx) / deepest, s.depth);
      const float residual = s.u - row.dot(model);
      const float weight = iteration == 0 ? 1.0f : 1.0f / std::max(0.5f, std::abs(residual));
      a += weight * row * row.transpose();
      b += weight * s.u * row;
    }
    model = a.ldlt().solve(b);
  }
  return model[2];
}

}  // namespace

std::vector<float> estimate_turn_rate(const std::vector<Mask>& masks, const std::vector<FlowPair>& flow) {
  const int n = static_cast<int>(flow.size());
  std::vector<float> raw(n), smooth(n);
#pragma omp parallel for schedule(dynamic)
  for (int t = 0; t < n; ++t) raw[t] = turn_of(masks[t], flow[t]);
  constexpr int kHalf = 4;
  for (int t = 0; t < n; ++t) {
    std::vector<float> window(raw.begin() + std::max(0, t - kHalf), raw.begin() + std::min(n, t + kHalf + 1));
    std::nth_element(window.begin(), window.begin() + window.size() / 2, window.end());
    smooth[t] = window[window.size() / 2];
  }
  return smooth;
}

}  // namespace mp4d
