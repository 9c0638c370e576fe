#include "io/internal/mask_steps.h"
#include "io/internal/onnx_session.h"
#include "io/networks.h"
#include <omp.h>
#include <opencv2/imgproc.hpp>

namespace mp4d::internal {
namespace {

constexpr int kInputSide = 1024;  // what ISNet was trained on
constexpr std::size_t kKeyframeStep = 8;

/// Probability of foreground, CV_32F of `size`.
Result<cv::Mat> foreground(OnnxSession& network, const Image& image, cv::Size size, const JobContext* job) {
  cv::Mat rgb = as_mat(image), input;
  if (image.channels == 4) cv::cvtColor(rgb, rgb, cv::COLOR_RGBA2RGB);
  cv::resize(rgb, input, {kInputSide, kInputSide}, 0, 0, cv::INTER_AREA);
  const std::size_t pixels = input.total();
  std::vector<float> planes(3 * pixels);  // channel by channel, about -0.5..0.5
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      planes[c * pixels + i] = (static_cast<float>(input.data[3 * i + c]) - 128) / 256;
  MP4D_TRY(output, network.run(planes, {1, 3, kInputSide, kInputSide}, {{"output", pixels}}, job));
  cv::Mat probability;
  cv::resize(cv::Mat(kInputSide, kInputSide, CV_32F, output[0].data()), probability, size, 0, 0, cv::INTER_AREA);
  return probability;
}

/// `from` seen through `flow`, 0.5 where that is not `valid`.
cv::Mat carried(const cv::Mat& from, const ImageF& flow, const Mask& valid) {
  cv::Mat map(from.size(), CV_32FC2), out;
  for (int y = 0; y < from.rows; ++y)
    for (int x = 0; x < from.cols; ++x)
      map.at<cv::Vec2f>(y, x) = {static_cast<float>(x) + flow.at(x, y, 0), static_cast<float>(y) + flow.at(x, y, 1)};
  cv::remap(from, out, map, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  out.setTo(0.5, as_mat(valid) == 0);
  return out;
}

}  // namespace

Result<std::vector<cv::Mat>> network_foreground(const Frames& frames, const WorkClip& clip, JobContext* job) {
  MP4D_TRY(isnet, find_network("isnet"));
  MP4D_TRY(runtime, find_network("onnxruntime"));
  MP4D_TRY(network, OnnxSession::open(network_path(runtime, network_folder()), network_path(isnet, network_folder()),
                                      omp_get_max_threads()));
  std::vector<cv::Mat> out(clip.frames());
  std::size_t last = 0;
  for (std::size_t key = 0;; key = std::min(key + kKeyframeStep, clip.frames() - 1)) {
    MP4D_TRY(here, foreground(network, frames.images[key], clip.size(), job));
    out[key] = std::move(here);
    // Between keyframes: from both, the nearer one more.
    cv::Mat forward = out[last], backward = out[key];
    for (std::size_t t = last + 1; t < key; ++t) {
      forward = carried(forward, clip.flow[t - 1].backward, clip.flow[t - 1].backward_valid);
      out[t] = forward * (1 - static_cast<double>(t - last) / static_cast<double>(key - last));
    }
    for (std::size_t t = key; t-- > last + 1;) {
      backward = carried(backward, clip.flow[t].forward, clip.flow[t].forward_valid);
      out[t] += backward * (static_cast<double>(t - last) / static_cast<double>(key - last));
    }
    last = key;
    step(job, static_cast<int>(0.8 * static_cast<double>(key + 1)));
    if (key + 1 == clip.frames()) return out;
  }
}

}  // namespace mp4d::internal
