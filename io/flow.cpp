#include "io/flow.h"
#include "io/internal/opencv.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace mp4d {
namespace {

constexpr float kConsistent = 1;  // px, as FlowPair promises
constexpr int kSmallest = 16;     // px a side: DIS needs one 8 px patch on its finest level

/// 255 where `there` at p + here(p), bilinear, leads back to p.
Mask consistent(const ImageF& here, const ImageF& there) {
  Mask valid(here.width, here.height, 1);
  for (int y = 0; y < here.height; ++y)
    for (int x = 0; x < here.width; ++x) {
      const float u = here.at(x, y, 0), v = here.at(x, y, 1);
      const float tx = static_cast<float>(x) + u, ty = static_cast<float>(y) + v;
      if (!(tx >= 0 && ty >= 0 && tx <= static_cast<float>(here.width - 1) &&
            ty <= static_cast<float>(here.height - 1)))
        continue;
      const int x0 = std::min(static_cast<int>(tx), here.width - 2),
                y0 = std::min(static_cast<int>(ty), here.height - 2);
      const float a = tx - static_cast<float>(x0), b = ty - static_cast<float>(y0);
      float back[2];
      for (int c = 0; c < 2; ++c)
        back[c] = (1 - b) * ((1 - a) * there.at(x0, y0, c) + a * there.at(x0 + 1, y0, c)) +
                  b * ((1 - a) * there.at(x0, y0 + 1, c) + a * there.at(x0 + 1, y0 + 1, c));
      if (std::hypot(u + back[0], v + back[1]) < kConsistent) valid.at(x, y) = 255;
    }
  return valid;
}

FlowPair flow_between(cv::DISOpticalFlow& dis, const cv::Mat& first, const cv::Mat& second) {
  cv::Mat forward, backward;
  dis.calc(first, second, forward);
  dis.calc(second, first, backward);
  FlowPair pair{internal::from_mat<float>(forward), internal::from_mat<float>(backward), {}, {}};
  pair.forward_valid = consistent(pair.forward, pair.backward);
  pair.backward_valid = consistent(pair.backward, pair.forward);
  return pair;
}

}  // namespace

Result<std::vector<FlowPair>> compute_flow(const Frames& frames, JobContext* job) {
  if (frames.images.size() < 2)
    return fail(ErrorCode::kInput, "optical flow needs at least 2 frames, there are {}; give a longer range",
                frames.images.size());
  const Image& first = frames.images[0];
  if (std::min(first.width, first.height) < kSmallest)
    return fail(ErrorCode::kInput, "frames of {} x {} are too small for optical flow; at least {} pixels a side",
                first.width, first.height, kSmallest);
  const internal::SingleThreadedOpenCv scope;
  std::vector<cv::Mat> gray(frames.images.size());
#pragma omp parallel for schedule(dynamic)
  for (std::size_t i = 0; i < gray.size(); ++i)
    cv::cvtColor(internal::as_mat(frames.images[i]), gray[i],
                 frames.images[i].channels == 4 ? cv::COLOR_RGBA2GRAY : cv::COLOR_RGB2GRAY);
  std::vector<FlowPair> pairs(gray.size() - 1);
  int done = 0;
#pragma omp parallel
  {
    const cv::Ptr<cv::DISOpticalFlow> dis = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
#pragma omp for schedule(dynamic)
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (cancelled(job)) continue;
      pairs[i] = flow_between(*dis, gray[i], gray[i + 1]);
#pragma omp critical(mp4d_flow_progress)
      step(job, ++done);
    }
  }
  MP4D_CHECK(check(job));
  return pairs;
}

double background_motion(const std::vector<FlowPair>& flow, const std::vector<Mask>& masks) {
  std::vector<float> lengths;
  for (std::size_t t = 0; t < flow.size(); ++t) {
    const ImageF& forward = flow[t].forward;
    const int margin = std::max(3, std::max(forward.width, forward.height) / 40);
    cv::Mat subject;
    cv::dilate(internal::as_mat(masks[t]), subject,
               cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * margin + 1, 2 * margin + 1}));
    for (int y = 0; y < forward.height; ++y)
      for (int x = 0; x < forward.width; ++x)
        if (!subject.at<std::uint8_t>(y, x) && flow[t].forward_valid.at(x, y))
          lengths.push_back(std::hypot(forward.at(x, y, 0), forward.at(x, y, 1)));
  }
  if (lengths.empty()) return 0;
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  return *middle;
}

}  // namespace mp4d
