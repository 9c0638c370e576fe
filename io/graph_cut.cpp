#include "io/internal/mask_steps.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/imgproc/detail/gcgraph.hpp>

namespace mp4d::internal {
namespace {

struct Offset {
  int dx, dy;
  float length;
};
constexpr std::array<Offset, 4> kNeighbours = {{{1, 0, 1.0f}, {0, 1, 1.0f}, {1, 1, 1.41421f}, {-1, 1, 1.41421f}}};

float contrast(const cv::Vec3b& a, const cv::Vec3b& b) {
  float sum = 0;
  for (int c = 0; c < 3; ++c) {
    // a and b span less of 8 bits than lightness does.
    const float d = (c == 0 ? 1.0f : 2.0f) * (static_cast<float>(a[c]) - static_cast<float>(b[c]));
    sum += d * d;
  }
  return sum;
}

template <class Visit>
void for_each_pair(const cv::Mat& lab, Visit visit) {
  for (int y = 0; y < lab.rows; ++y)
    for (int x = 0; x < lab.cols; ++x)
      for (const Offset& o : kNeighbours) {
        const int nx = x + o.dx, ny = y + o.dy;
        if (nx < 0 || nx >= lab.cols || ny >= lab.rows) continue;
        visit(y * lab.cols + x, ny * lab.cols + nx, contrast(lab.at<cv::Vec3b>(y, x), lab.at<cv::Vec3b>(ny, nx)),
              o.length);
      }
}

}  // namespace

cv::Mat cut(const cv::Mat& lab, const cv::Mat& odds, double smoothness) {
  const int pixels = lab.rows * lab.cols;
  double sum = 0;
  std::size_t pairs = 0;
  for_each_pair(lab, [&](int, int, float d, float) {
    sum += d;
    ++pairs;
  });
  const auto beta = static_cast<float>(0.5 * static_cast<double>(pairs) / std::max(sum, 1.0));
  cv::detail::GCGraph<float> graph(static_cast<unsigned>(pixels), static_cast<unsigned>(2 * pairs));
  for (int i = 0; i < pixels; ++i) {
    graph.addVtx();
    const float o = odds.at<float>(i / lab.cols, i % lab.cols);
    graph.addTermWeights(i, std::max(o, 0.0f), std::max(-o, 0.0f));
  }
  for_each_pair(lab, [&](int i, int j, float d, float length) {
    const float weight = static_cast<float>(smoothness) * (0.05f + 0.95f * std::exp(-beta * d)) / length;
    graph.addEdges(i, j, weight, weight);
  });
  graph.maxFlow();
  cv::Mat labels(lab.size(), CV_8U);
  for (int i = 0; i < pixels; ++i)
    labels.at<std::uint8_t>(i / lab.cols, i % lab.cols) = graph.inSourceSegment(i) ? 255 : 0;
  return labels;
}

}  // namespace mp4d::internal
