#include "io/internal/mask_steps.h"
#include <algorithm>

namespace mp4d::internal {

// Lightness uses the whole range of 8 bits, a and b of natural pictures only the middle half.
float ColourHistogram::cell_position(std::uint8_t value, int channel) {
  const float spread = channel == 0 ? static_cast<float>(value) : 128.0f + 2.0f * (static_cast<float>(value) - 128.0f);
  return std::clamp(spread / 8.0f, 0.0f, kCells - 1.0f);
}

void ColourHistogram::add(const cv::Mat& lab, const cv::Mat& weight) {
  for (int y = 0; y < lab.rows; ++y)
    for (int x = 0; x < lab.cols; ++x) {
      const float w = weight.at<float>(y, x);
      if (w <= 0) continue;
      const cv::Vec3b& colour = lab.at<cv::Vec3b>(y, x);
      int cell = 0;
      for (int c = 0; c < 3; ++c) cell = cell * kCells + static_cast<int>(cell_position(colour[c], c) + 0.5f);
      cells_[static_cast<std::size_t>(std::min(cell, kCells * kCells * kCells - 1))] += w;
    }
}

void ColourHistogram::finish() {
  constexpr std::array<float, 5> kernel = {1 / 16.f, 4 / 16.f, 6 / 16.f, 4 / 16.f, 1 / 16.f};
  std::vector<float> blurred(cells_.size());
  for (const int stride : {1, kCells, kCells * kCells}) {
    for (int i = 0; i < static_cast<int>(cells_.size()); ++i) {
      const int place = i / stride % kCells;
      float sum = 0;
      for (int k = -2; k <= 2; ++k) {
        const int other = std::clamp(place + k, 0, kCells - 1);
        sum += kernel[static_cast<std::size_t>(k + 2)] * cells_[static_cast<std::size_t>(i + (other - place) * stride)];
      }
      blurred[static_cast<std::size_t>(i)] = sum;
    }
    cells_.swap(blurred);
  }
  double total = 0;
  for (const float value : cells_) total += value;
  const auto scale = static_cast<float>(total > 0 ? static_cast<double>(cells_.size()) / total : 0);
  for (float& value : cells_) value *= scale;
}

float ColourHistogram::density(const cv::Vec3b& lab) const {
  std::array<int, 3> base{};
  std::array<float, 3> part{};
  for (int c = 0; c < 3; ++c) {
    const float position = cell_position(lab[c], c);
    base[c] = std::min(static_cast<int>(position), kCells - 2);
    part[c] = position - static_cast<float>(base[c]);
  }
  float sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    float weight = 1;
    int cell = 0;
    for (int c = 0; c < 3; ++c) {
      const int up = corner >> c & 1;
      weight *= up ? part[c] : 1 - part[c];
      cell = cell * kCells + base[c] + up;
    }
    sum += weight * cells_[static_cast<std::size_t>(cell)];
  }
  return sum;
}

}  // namespace mp4d::internal
