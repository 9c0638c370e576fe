#include "io/internal/opencv.h"
#include <cstdlib>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>

namespace mp4d::internal {
namespace {

std::mutex scope_mutex;
int open_scopes = 0;
int threads_before = 0;

}  // namespace

void silence_opencv() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    // Read by OpenCV when it first loads FFmpeg: AV_LOG_QUIET. A user's own setting wins.
    setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
  });
}

SingleThreadedOpenCv::SingleThreadedOpenCv() {
  const std::lock_guard lock(scope_mutex);
  if (open_scopes++ == 0) {
    threads_before = cv::getNumThreads();
    cv::setNumThreads(1);
  }
}

SingleThreadedOpenCv::~SingleThreadedOpenCv() {
  const std::lock_guard lock(scope_mutex);
  if (--open_scopes == 0) cv::setNumThreads(threads_before);
}

const std::vector<std::string>& image_extensions() {
  static const std::vector<std::string> extensions = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"};
  return extensions;
}

}  // namespace mp4d::internal
