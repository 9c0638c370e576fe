#include "io/internal/mask_steps.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mp4d::internal {
namespace {

constexpr double kSmallest = 5e-4;  // share of the picture, below: specks
constexpr double kMerged = 1.3;     // growth between frames that means something else touched the subject

struct Parts {
  cv::Mat labels;          // CV_32S
  std::vector<int> areas;  // by label; specks and the background 0
};

Parts split(const cv::Mat& subject) {
  Parts parts;
  cv::Mat stats, centres;
  const int count = cv::connectedComponentsWithStats(subject, parts.labels, stats, centres, 8, CV_32S);
  for (int i = 0; i < count; ++i) {
    const int area = stats.at<int>(i, cv::CC_STAT_AREA);
    parts.areas.push_back(i > 0 && area >= kSmallest * static_cast<double>(subject.total()) ? area : 0);
  }
  return parts;
}

int largest(const Parts& parts) {
  return static_cast<int>(std::max_element(parts.areas.begin(), parts.areas.end()) - parts.areas.begin());
}

cv::Mat shifted(const cv::Mat& from, const ImageF& flow) {
  cv::Mat out(from.size(), CV_8U);
  for (int y = 0; y < from.rows; ++y)
    for (int x = 0; x < from.cols; ++x)
      out.at<std::uint8_t>(y, x) =
          from.at<std::uint8_t>(std::clamp(static_cast<int>(std::lround(y + flow.at(x, y, 1))), 0, from.rows - 1),
                                std::clamp(static_cast<int>(std::lround(x + flow.at(x, y, 0))), 0, from.cols - 1));
  return out;
}

/// The parts of `all` that continue `expected`.
cv::Mat continuation(const cv::Mat& all, const cv::Mat& expected) {
  const Parts parts = split(all);
  std::vector<int> shared(parts.areas.size(), 0);
  int area = 0;
  for (int y = 0; y < all.rows; ++y)
    for (int x = 0; x < all.cols; ++x)
      if (expected.at<std::uint8_t>(y, x)) {
        ++area;
        ++shared[static_cast<std::size_t>(parts.labels.at<int>(y, x))];
      }
  cv::Mat kept = cv::Mat::zeros(all.size(), CV_8U);
  int kept_area = 0;
  for (std::size_t i = 1; i < shared.size(); ++i)
    if (parts.areas[i] > 0 && (shared[i] > 0.3 * parts.areas[i] || shared[i] > 0.2 * area)) {
      kept.setTo(255, parts.labels == static_cast<int>(i));
      kept_area += parts.areas[i];
    }
  if (kept_area > kMerged * area) {
    const int reach = 2 + std::max(all.cols, all.rows) / 60;
    cv::Mat near;
    cv::dilate(expected, near, cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * reach + 1, 2 * reach + 1}));
    kept &= near;
  }
  return kept;
}

}  // namespace

int follow_one(const WorkClip& clip, cv::Point2d point, std::size_t frame, std::vector<cv::Mat>& subject,
               const JobContext* job) {
  std::size_t anchor = frame;
  cv::Mat start;
  if (point.x >= 0) {
    const cv::Point at = pixel_at(point, clip.size());
    for (; anchor < clip.frames() && start.empty(); ++anchor) {
      const Parts parts = split(subject[anchor]);
      const int label = parts.labels.at<int>(at);
      if (label > 0) start = parts.labels == label;
    }
    if (start.empty()) return -1;
    --anchor;
  } else {
    // Where two things touch, the largest is too large: start where it is of a smaller, usual size.
    std::vector<std::pair<int, std::size_t>> sizes;
    for (std::size_t t = 0; t < clip.frames(); ++t) {
      const Parts parts = split(subject[t]);
      if (const int area = parts.areas[static_cast<std::size_t>(largest(parts))]; area > 0) sizes.emplace_back(area, t);
    }
    if (sizes.empty()) return static_cast<int>(clip.frames());
    std::sort(sizes.begin(), sizes.end());
    anchor = sizes[sizes.size() * 2 / 5].second;
    const Parts parts = split(subject[anchor]);
    start = parts.labels == largest(parts);
  }
  const std::vector<cv::Mat> all = subject;
  subject[anchor] = start;
  int lost = 0;
  for (const bool forward : {true, false}) {
    cv::Mat last = start;
    for (std::size_t t = anchor; !cancelled(job) && (forward ? t + 1 < clip.frames() : t > 0);) {
      const cv::Mat expected = forward ? shifted(last, clip.flow[t].backward) : shifted(last, clip.flow[t - 1].forward);
      t = forward ? t + 1 : t - 1;
      subject[t] = continuation(all[t], expected);
      const bool found = cv::countNonZero(subject[t]) > 0;
      lost += !found;
      last = found ? subject[t] : expected;
    }
  }
  return lost;
}

}  // namespace mp4d::internal
