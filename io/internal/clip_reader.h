#pragma once
// Internal to io's sources: one decoder pass over a video file.
#include "core/result.h"
#include "io/internal/opencv.h"
#include <filesystem>
#include <opencv2/videoio.hpp>

namespace mp4d::internal {

/// Forward-only reader of a video's frames through FFmpeg, rotation metadata applied.
class ClipReader {
 public:
  static Result<ClipReader> open(const std::filesystem::path& path);

  /// Decodes the next frame; false at the end (or where the file is broken off).
  bool grab();
  /// The grabbed frame as RGB; empty if it cannot be converted.
  cv::Mat retrieve();
  /// Presentation time of the grabbed frame as the container gives it, seconds.
  double time_s() const;
  /// What the container says: rate, number of frames (0 = it does not say), size after rotation.
  double nominal_fps() const;
  int announced_frames() const;
  cv::Size size() const;
  /// Clockwise turn that makes the stored picture upright: 0, 90, 180 or 270.
  int rotation_deg() const;

 private:
  cv::VideoCapture capture_;
};

}  // namespace mp4d::internal
