#pragma once
#include "core/image.h"
#include "core/job_context.h"
#include "core/result.h"
#include <filesystem>
#include <vector>

namespace mp4d {

/// Which frames of a clip to use.
struct FrameRange {
  double start_s = 0;  ///< first moment, seconds from the clip's start
  double end_s = -1;   ///< last moment, -1 = to the end
  int step = 1;        ///< keep every step-th of the (resampled) frames
  double fps = 0;      ///< resample to this rate by nearest presentation time; 0 = the clip's own frames
  int max_frames = 0;  ///< 0 = no limit; otherwise an error beyond it
  int max_side = 0;    ///< shrink larger pictures to this longer side as they are read; 0 = keep them
};

struct Frames {
  std::vector<Image> images;       ///< RGB or RGBA, all of one size, upright (rotation metadata applied)
  std::vector<double> times;       ///< presentation times, seconds, from 0, increasing
  std::vector<std::string> names;  ///< stems for matching masks: file stem, or %04d of the frame index
  double fps = 0;                  ///< mean rate of `times`
};

/// Reads a video in any container FFmpeg knows, a GIF, or a folder of images (natural sort order).
/// Errors (kInput) name the file: not found, not readable, no frames, frames of different size, range empty.
Result<Frames> read_frames(const std::filesystem::path& path, const FrameRange& range = {}, JobContext* job = nullptr);

/// Indices into `times` (increasing, from 0) that `range` asks for. A rate above the clip's own gives every frame once:
/// frames are never repeated. Errors (kInput) name `path`: none in the range, more than max_frames.
Result<std::vector<int>> select_frames(const std::filesystem::path& path, const std::vector<double>& times,
                                       const FrameRange& range);

/// Only frames first ... first + count - 1, times from 0 again.
void keep_frames(Frames& frames, std::size_t first, std::size_t count);

/// Size, length, rate, without decoding every frame where the container says so.
struct ClipInfo {
  int width = 0, height = 0;
  int frames = 0;
  double duration_s = 0;
  double fps = 0;
  bool variable_rate = false;
  int rotation_deg = 0;
  bool pictures = false;  ///< image files: they carry no times, so a range's fps is their own rate
};
Result<ClipInfo> read_clip_info(const std::filesystem::path& path);

/// How many frames read_frames() keeps, from what the container states: exact for a clip of even rate. At least 1;
/// max_frames is not looked at.
int count_frames(const ClipInfo& info, const FrameRange& range);

/// Writes an MP4 (H.264 where the encoder exists, else MPEG-4) or, for a .gif ending, a GIF. All images of
/// one size. Written to a temporary name and renamed.
Result<void> write_video(const std::filesystem::path& path, const std::vector<Image>& images, double fps);

/// PNG or JPEG by ending. Written to a temporary name and renamed.
Result<void> write_image(const std::filesystem::path& path, const Image& image);
/// 1, 3 or 4 channels, 8 bit (16 bit is reduced).
Result<Image> read_image(const std::filesystem::path& path);

}  // namespace mp4d
