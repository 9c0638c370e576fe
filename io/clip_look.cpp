#include "io/clip_check.h"
#include "io/internal/opencv.h"
#include "io/resize.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mp4d {
namespace {

constexpr double kUnrelated = 0.12;  // mismatch of a cut, at least
constexpr double kJump = 4;          // times the mismatch of the frames around
constexpr std::size_t kAround = 6;   // neighbours on either side that are "around"

cv::Mat gray_of(const Image& image) {
  cv::Mat gray;
  cv::cvtColor(internal::as_mat(image), gray, image.channels == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  gray.convertTo(gray, CV_32F);
  return gray;
}

/// 1 - correlation of `here` with `next` looked up along the flow; brightness and contrast may change freely.
double mismatch_of(const cv::Mat& here, const cv::Mat& next, const ImageF& flow) {
  cv::Mat map(here.size(), CV_32FC2), carried;
  for (int y = 0; y < here.rows; ++y)
    for (int x = 0; x < here.cols; ++x)
      map.at<cv::Vec2f>(y, x) = {static_cast<float>(x) + flow.at(x, y, 0), static_cast<float>(y) + flow.at(x, y, 1)};
  cv::remap(next, carried, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  cv::Scalar mean_a, std_a, mean_b, std_b;
  cv::meanStdDev(here, mean_a, std_a);
  cv::meanStdDev(carried, mean_b, std_b);
  if (std_a[0] < 1 && std_b[0] < 1) return 0;  // both plain
  const double covariance = cv::mean((here - mean_a).mul(carried - mean_b))[0];
  return std::clamp(1 - covariance / std::max(std_a[0] * std_b[0], 1e-6), 0.0, 1.0);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Result<ClipLook> look_at_clip(const Frames& frames, int width, int height, JobContext* job) {
  ClipLook look{width, height, {}, {}, {}};
  look.frames.times = frames.times;
  look.frames.names = frames.names;
  look.frames.fps = frames.fps;
  for (const Image& image : frames.images) {
    MP4D_CHECK(check(job));
    look.frames.images.push_back(shrink(image, kLookSize));
  }
  if (frames.images.size() < 2) return look;
  // Its steps are not the caller's, its cancel token is.
  JobContext silent({}, {}, {}, job ? job->cancel_token() : CancelToken());
  MP4D_TRY(flow, compute_flow(look.frames, &silent));
  look.flow = std::move(flow);
  std::vector<cv::Mat> gray;
  for (const Image& image : look.frames.images) gray.push_back(gray_of(image));
  for (std::size_t t = 0; t < look.flow.size(); ++t)
    look.mismatch.push_back(mismatch_of(gray[t], gray[t + 1], look.flow[t].forward));
  return look;
}

std::vector<Shot> find_shots(const ClipLook& look) {
  std::vector<Shot> shots{{0, 0}};
  for (std::size_t t = 0; t < look.mismatch.size(); ++t) {
    std::vector<double> around;
    for (std::size_t s = t > kAround ? t - kAround : 0; s <= std::min(look.mismatch.size() - 1, t + kAround); ++s)
      if (s != t) around.push_back(look.mismatch[s]);
    const bool cut = look.mismatch[t] > std::max(kUnrelated, kJump * median(around));
    if (cut)
      shots.push_back({t + 1, t + 1});
    else
      shots.back().last = t + 1;
  }
  return shots;
}

Shot longest_shot(const std::vector<Shot>& shots) {
  return *std::max_element(shots.begin(), shots.end(),
                           [](const Shot& a, const Shot& b) { return a.frames() < b.frames(); });
}

std::string describe_shots(const ClipLook& look, const std::vector<Shot>& shots, double start_s) {
  const std::vector<double>& times = look.frames.times;
  std::string cuts;
  for (std::size_t i = 1; i < shots.size(); ++i)
    cuts += fmt::format("{}{:.2f} s (frame {})",
                        i == 1                 ? ""
                        : i + 1 < shots.size() ? ", "
                                               : " and ",
                        start_s + times[shots[i].first], shots[i].first);
  const Shot longest = longest_shot(shots);
  // Rounded outwards, so that the first and last frame are in.
  const double first = std::floor(1000 * (start_s + times[longest.first])) / 1000;
  const double last = std::ceil(1000 * (start_s + times[longest.last])) / 1000;
  return fmt::format(
      "{} shots, cut at {}, and one motion can only be found in one shot; the longest is --start {:.3f} "
      "--end {:.3f} ({} frames)",
      shots.size(), cuts, first, last, longest.frames());
}

}  // namespace mp4d
