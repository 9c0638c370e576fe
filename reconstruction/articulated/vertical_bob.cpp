#include "reconstruction/articulated/vertical_bob.h"
#include <Eigen/Dense>
#include <algorithm>

namespace mp4d {
namespace {

// Row, with a fraction, above which `share` of the mask lies.
float quantile_row(const std::vector<double>& below, double share) {
  const double wanted = share * below.back();
  const auto at = std::lower_bound(below.begin(), below.end(), wanted);
  const std::size_t row = at - below.begin();
  const double before = row > 0 ? below[row - 1] : 0;
  return static_cast<float>(row + (wanted - before) / std::max(*at - before, 1.0));
}

}  // namespace

VerticalBob::VerticalBob(const std::vector<Mask>& masks, const std::vector<int>& frames) : frames_(frames) {
  const int count = static_cast<int>(frames.size());
  tracks_ = Eigen::MatrixX3f::Zero(count, 3);
  constexpr int kDegree = 3;
  if (count <= kDegree + 1) return;
  Eigen::MatrixXf slow(count, kDegree + 1);
  for (int k = 0; k < count; ++k) {
    const Mask& mask = masks[frames[k]];
    std::vector<double> below(mask.height);
    double area = 0;
    for (int y = 0; y < mask.height; ++y) {
      const auto* row = &mask.data[static_cast<std::size_t>(y) * mask.width];
      area += std::count_if(row, row + mask.width, [](auto v) { return v != 0; });
      below[y] = area;
    }
    tracks_.row(k) << quantile_row(below, 0.03), quantile_row(below, 0.5), quantile_row(below, 0.97);
    const float t = 2.0f * (frames[k] - frames.front()) / (frames.back() - frames.front()) - 1;
    for (int d = 0; d <= kDegree; ++d) slow(k, d) = std::pow(t, static_cast<float>(d));
  }
  tracks_ -= slow * slow.householderQr().solve(tracks_);
  for (int c = 0; c < 3; ++c) {
    const float deviation = std::sqrt(tracks_.col(c).squaredNorm() / count);
    constexpr float kNoise = 0.3f;  // pixels
    tracks_.col(c) *= deviation > kNoise ? 1 / deviation : 0;
  }
}

float VerticalBob::repeats(float lag) const {
  const int count = static_cast<int>(frames_.size());
  Eigen::RowVector3f sum = Eigen::RowVector3f::Zero();
  int pairs = 0;
  for (int k = 0, i = 0; k < count; ++k) {
    const float at = frames_[k] + lag;
    while (i + 1 < count && frames_[i + 1] <= at) ++i;
    if (i + 1 >= count) break;
    const float part = (at - frames_[i]) / (frames_[i + 1] - frames_[i]);
    const Eigen::RowVector3f later = (1 - part) * tracks_.row(i) + part * tracks_.row(i + 1);
    sum += (tracks_.row(k) - later).cwiseAbs2();
    ++pairs;
  }
  constexpr int kFewest = 5;
  float mean = 0;
  int moving = 0;
  for (int c = 0; c < 3; ++c) {
    if (tracks_.col(c).isZero()) continue;
    ++moving;
    mean += pairs ? 1 - sum[c] / (2 * pairs) : 0;
  }
  return pairs < kFewest || moving == 0 ? 0 : mean / moving;
}

}  // namespace mp4d
