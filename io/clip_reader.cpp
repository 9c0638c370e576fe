#include "io/internal/clip_reader.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mp4d::internal {

Result<ClipReader> ClipReader::open(const std::filesystem::path& path) {
  silence_opencv();
  ClipReader reader;
  std::error_code error;
  if (std::filesystem::file_size(path, error) == 0 && !error)
    return fail(ErrorCode::kInput, "{}: the file is empty; copy or record the clip again", path.string());
  // An absolute path cannot be taken for one of FFmpeg's protocols ("concat:...").
  const std::string absolute = std::filesystem::absolute(path, error).string();
  try {
    reader.capture_.open(absolute, cv::CAP_FFMPEG, {cv::CAP_PROP_ORIENTATION_AUTO, 1});
  } catch (const cv::Exception&) {
    // Same as not opened.
  }
  if (!reader.capture_.isOpened())
    return fail(ErrorCode::kInput,
                "{}: not a video that FFmpeg can read (damaged, incomplete or another kind of file); check that a "
                "player opens it, or convert it to MP4",
                path.string());
  return reader;
}

bool ClipReader::grab() { return capture_.grab(); }

cv::Mat ClipReader::retrieve() {
  cv::Mat bgr, rgb;
  if (!capture_.retrieve(bgr) || bgr.empty()) return {};
  cv::cvtColor(bgr, rgb, bgr.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_BGR2RGB);
  return rgb;
}

double ClipReader::time_s() const { return capture_.get(cv::CAP_PROP_POS_MSEC) / 1000; }

double ClipReader::nominal_fps() const {
  const double fps = capture_.get(cv::CAP_PROP_FPS);
  return std::isfinite(fps) && fps > 0 ? fps : 0;
}

int ClipReader::announced_frames() const {
  const double count = capture_.get(cv::CAP_PROP_FRAME_COUNT);
  return count > 0 && count < 1e8 ? static_cast<int>(count) : 0;
}

cv::Size ClipReader::size() const {
  return {static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_WIDTH)),
          static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_HEIGHT))};
}

int ClipReader::rotation_deg() const {
  const int degrees = static_cast<int>(std::lround(capture_.get(cv::CAP_PROP_ORIENTATION_META)));
  return ((degrees % 360) + 360) % 360;
}

}  // namespace mp4d::internal
