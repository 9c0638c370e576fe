#include "io/internal/clip_reader.h"
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mp4d::internal {

Result<ClipReader> ClipReader::open(const std::filesystem::path& path) {
  silence_opencv();
  ClipReader reader;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) && !error)  // FFmpeg would wait for a pipe's writer for ever
    return fail(ErrorCode::kInput, "{}: a pipe, device or folder, not a video; save it as a file first", path.string());
  if (std::filesystem::file_size(path, error) == 0 && !error)
    return fail(ErrorCode::kInput, "{}: the file is empty; copy or record the clip again", path.string());
  // An absolute path cannot be taken for one of FFmpeg's protocols ("concat:...").
  const std::string absolute = std::filesystem::absolute(path, error).string();
  try {
    reader.capture_.open(absolute, cv::CAP_FFMPEG);
  } catch (const cv::Exception&) {
    // Same as not opened.
  }
  if (!reader.capture_.isOpened())
    return fail(ErrorCode::kInput,
                "{}: not a video that FFmpeg can read (damaged, incomplete or another kind of file); check that a "
                "player opens it, or convert it to MP4",
                path.string());
  reader.capture_.set(cv::CAP_PROP_ORIENTATION_AUTO, 0);  // done here: see rotation_deg
  return reader;
}

bool ClipReader::grab() { return capture_.grab(); }

cv::Mat ClipReader::retrieve() {
  cv::Mat bgr, rgb;
  if (!capture_.retrieve(bgr) || bgr.empty()) return {};
  cv::cvtColor(bgr, rgb, bgr.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_BGR2RGB);
  const int degrees = rotation_deg();
  if (degrees == 90) cv::rotate(rgb, rgb, cv::ROTATE_90_CLOCKWISE);
  if (degrees == 180) cv::rotate(rgb, rgb, cv::ROTATE_180);
  if (degrees == 270) cv::rotate(rgb, rgb, cv::ROTATE_90_COUNTERCLOCKWISE);
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
  const int width = static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_WIDTH));
  const int height = static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_HEIGHT));
  return rotation_deg() % 180 == 90 ? cv::Size(height, width) : cv::Size(width, height);
}

// OpenCV 4.6 alone tells (and turns by) the angle with the wrong sign: opencv issue 22088.
int ClipReader::rotation_deg() const {
  const bool reversed = cv::getVersionMajor() == 4 && cv::getVersionMinor() == 6;
  const int degrees = static_cast<int>(std::lround(capture_.get(cv::CAP_PROP_ORIENTATION_META)));
  return (((reversed ? -degrees : degrees) % 360) + 360) % 360;
}

}  // namespace mp4d::internal
