#include "io/frames.h"
#include "core/runtime.h"
#include "io/internal/clip_reader.h"
#include "io/listing.h"
#include "io/resize.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr double kFolderFps = 24;  // images carry no times

Result<void> check_range(const FrameRange& range) {
  if (range.step < 1) return fail(ErrorCode::kUsage, "step {} must be at least 1", range.step);
  if (!std::isfinite(range.fps) || range.fps < 0)
    return fail(ErrorCode::kUsage, "fps {} must be positive, or 0 for the clip's own frames", range.fps);
  if (!std::isfinite(range.start_s) || range.start_s < 0)
    return fail(ErrorCode::kUsage, "start {} s must be at least 0", range.start_s);
  if (std::isnan(range.end_s))
    return fail(ErrorCode::kUsage, "end must be a number of seconds, or -1 for the clip's end");
  if (range.end_s >= 0 && range.end_s < range.start_s)
    return fail(ErrorCode::kUsage, "end {} s lies before start {} s", range.end_s, range.start_s);
  if (range.max_frames < 0)
    return fail(ErrorCode::kUsage, "max_frames {} must be positive, or 0 for no limit", range.max_frames);
  return {};
}

Result<void> check_memory(const fs::path& path, std::size_t frames, int width, int height, int channels, int max_side) {
  const double scale = max_side > 0 ? std::min(1.0, static_cast<double>(max_side) / std::max(width, height)) : 1;
  const double needed = static_cast<double>(frames) * width * height * channels * scale * scale;
  const double available = static_cast<double>(available_memory());
  if (needed > 0.8 * available)
    return fail(
        ErrorCode::kResource,
        "{}: {} frames of {} x {} need {:.1f} GB of memory, {:.1f} GB are free; choose a shorter range, a larger "
        "step, a lower rate, or scale the clip down",
        path.string(), frames, width, height, needed / 1e9, available / 1e9);
  return {};
}

void set_times(Frames& frames, double single_frame_fps) {
  const double origin = frames.times.front();
  for (double& time : frames.times) time -= origin;
  frames.fps =
      frames.times.size() > 1 ? static_cast<double>(frames.times.size() - 1) / frames.times.back() : single_frame_fps;
}

/// Presentation times from 0. OpenCV loses the times of the last, reordered frames: these continue at the latest
/// interval. A container without times gets its nominal rate.
std::vector<double> usable_times(std::vector<double> raw, double fps) {
  const double nominal = 1 / (fps > 0 ? fps : kFolderFps);
  const double origin = raw.empty() ? 0 : raw.front();
  std::size_t faulty = 0;
  for (std::size_t i = 1; i < raw.size(); ++i) faulty += !(raw[i] > raw[i - 1]);
  const bool none = 2 * faulty > raw.size();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    raw[i] = none ? static_cast<double>(i) * nominal : raw[i] - origin;
    if (i > 0 && !(raw[i] > raw[i - 1])) raw[i] = raw[i - 1] + (i > 1 ? raw[i - 1] - raw[i - 2] : nominal);
  }
  return raw;
}

/// Decodes once without conversion for the times of all frames up to `end_s`.
Result<std::vector<double>> video_times(const fs::path& path, const FrameRange& range, JobContext* job) {
  MP4D_TRY(reader, internal::ClipReader::open(path));
  std::vector<double> times;
  while (reader.grab()) {
    MP4D_CHECK(check(job));
    times.push_back(reader.time_s());
    if (range.end_s >= 0 && times.back() - times.front() > range.end_s + 1 && times.back() > times.front()) break;
  }
  if (times.empty())
    return fail(ErrorCode::kInput,
                "{}: no video frames in it (sound only, empty or damaged); give a clip with pictures", path.string());
  const int announced = reader.announced_frames();
  if (range.end_s < 0 && static_cast<double>(times.size()) < 0.9 * announced)
    warn(job, fmt::format("{}: {} of {} announced frames could be decoded; the file seems to be cut off", path.string(),
                          times.size(), announced));
  return usable_times(std::move(times), reader.nominal_fps());
}

Image shrunk(Image image, int max_side) { return max_side > 0 ? shrink(image, max_side) : std::move(image); }

Result<Frames> read_video(const fs::path& path, const FrameRange& range, JobContext* job) {
  MP4D_TRY(times, video_times(path, range, job));
  MP4D_TRY(wanted, select_frames(path, times, range));
  MP4D_TRY(reader, internal::ClipReader::open(path));
  MP4D_CHECK(check_memory(path, wanted.size(), reader.size().width, reader.size().height, 3, range.max_side));
  Frames frames;
  cv::Size first;
  int index = -1;
  for (const int target : wanted) {
    while (index < target) {
      MP4D_CHECK(check(job));
      if (!reader.grab())
        return fail(ErrorCode::kInput, "{}: frame {} cannot be decoded; convert the clip again", path.string(), target);
      ++index;
    }
    const cv::Mat rgb = reader.retrieve();
    if (rgb.empty())
      return fail(ErrorCode::kInput, "{}: frame {} cannot be converted to RGB; convert the clip again", path.string(),
                  target);
    if (frames.images.empty()) first = rgb.size();
    if (rgb.size() != first)
      return fail(ErrorCode::kInput, "{}: frame {} is {} x {}, the first {} x {}; convert the clip to one size",
                  path.string(), target, rgb.cols, rgb.rows, first.width, first.height);
    frames.images.push_back(shrunk(internal::from_mat<std::uint8_t>(rgb), range.max_side));
    frames.times.push_back(times[static_cast<std::size_t>(target)]);
    frames.names.push_back(fmt::format("{:04d}", target));
    step(job, static_cast<int>(frames.images.size()));
  }
  set_times(frames, reader.nominal_fps() > 0 ? reader.nominal_fps() : kFolderFps);
  return frames;
}

/// Expands gray to RGB so that all frames have 3 channels or all 4.
Image with_channels(const Image& image, int channels) {
  if (image.channels == channels) return image;
  Image out(image.width, image.height, channels, 255);
  for (std::size_t i = 0; i < image.pixels(); ++i)
    for (int c = 0; c < 3; ++c)
      out.data[i * channels + c] = image.data[i * image.channels + (image.channels == 1 ? 0 : c)];
  return out;
}

Result<Frames> read_images(const fs::path& path, const std::vector<fs::path>& files, const FrameRange& range,
                           JobContext* job) {
  FrameRange in_folder = range;
  const double fps = range.fps > 0 ? range.fps : kFolderFps;
  in_folder.fps = 0;
  std::vector<double> times;
  for (std::size_t i = 0; i < files.size(); ++i) times.push_back(static_cast<double>(i) / fps);
  MP4D_TRY(wanted, select_frames(path, times, in_folder));
  Frames frames;
  int width = 0, height = 0;  // of the first image
  int channels = 3;
  for (const int i : wanted) {
    MP4D_CHECK(check(job));
    const fs::path& file = files[static_cast<std::size_t>(i)];
    MP4D_TRY(image, read_image(file));
    if (frames.images.empty()) {
      width = image.width;
      height = image.height;
      MP4D_CHECK(check_memory(path, wanted.size(), width, height, std::max(3, image.channels), range.max_side));
    } else if (image.width != width || image.height != height) {
      return fail(ErrorCode::kInput, "{}: {} x {} pixels, but the first image, {}, is {} x {}; bring all to one size",
                  file.string(), image.width, image.height,
                  files[static_cast<std::size_t>(wanted[0])].filename().string(), width, height);
    }
    channels = std::max(channels, image.channels);
    frames.images.push_back(shrunk(std::move(image), range.max_side));
    frames.times.push_back(times[static_cast<std::size_t>(i)]);
    frames.names.push_back(file.stem().string());
    step(job, static_cast<int>(frames.images.size()));
  }
  for (Image& image : frames.images)
    if (image.channels != channels) image = with_channels(image, channels);
  set_times(frames, fps);
  return frames;
}

bool is_image(const fs::path& path) {
  const auto& extensions = internal::image_extensions();
  return std::find(extensions.begin(), extensions.end(), lower_extension(path)) != extensions.end();
}

Result<std::vector<fs::path>> images_in(const fs::path& folder) {
  std::vector<fs::path> files = list_files(folder, internal::image_extensions());
  if (files.empty())
    return fail(ErrorCode::kInput, "{}: no images in this folder; put PNG, JPEG, WebP, TIFF or BMP files into it",
                folder.string());
  return files;
}

}  // namespace

Result<std::vector<int>> select_frames(const fs::path& path, const std::vector<double>& times,
                                       const FrameRange& range) {
  constexpr double tolerance = 1e-6;
  const auto first = std::lower_bound(times.begin(), times.end(), range.start_s - tolerance);
  const auto last = range.end_s < 0 ? times.end() : std::upper_bound(first, times.end(), range.end_s + tolerance);
  if (first == last)
    return fail(ErrorCode::kInput, "{}: no frames from {:.3f} s to {}; the clip has {} frames, the last at {:.3f} s",
                path.string(), range.start_s, range.end_s < 0 ? "its end" : fmt::format("{:.3f} s", range.end_s),
                times.size(), times.back());
  std::vector<int> kept;
  if (range.fps > 0) {
    for (double k = 0;;) {
      const double wanted = *first + k / range.fps;
      if (wanted > *(last - 1) + 0.1 / range.fps) break;
      auto nearest = std::lower_bound(first, last, wanted);
      if (nearest == last || (nearest != first && wanted - *(nearest - 1) <= *nearest - wanted)) --nearest;
      const int index = static_cast<int>(nearest - times.begin());
      if (kept.empty() || kept.back() != index) kept.push_back(index);
      if (nearest + 1 == last) break;
      // On to where the next frame becomes the nearest: a gap may be a thousand million times as long as a step.
      const double middle = *nearest + 0.5 * (*(nearest + 1) - *nearest);
      k = std::max({k + 1, std::floor((middle - *first) * range.fps) - 1, std::nextafter(k, INFINITY)});
    }
  } else {
    for (auto it = first; it != last; ++it) kept.push_back(static_cast<int>(it - times.begin()));
  }
  std::vector<int> stepped;
  for (std::size_t i = 0; i < kept.size(); i += static_cast<std::size_t>(range.step)) stepped.push_back(kept[i]);
  if (range.max_frames > 0 && static_cast<int>(stepped.size()) > range.max_frames)
    return fail(ErrorCode::kInput,
                "{}: {} frames asked for, at most {} allowed; choose a shorter range, a larger step "
                "or a lower rate",
                path.string(), stepped.size(), range.max_frames);
  return stepped;
}

Result<Frames> read_frames(const fs::path& path, const FrameRange& range, JobContext* job) {
  MP4D_CHECK(check_range(range));
  std::error_code error;
  if (!fs::exists(path, error))
    return fail(ErrorCode::kInput, "{}: no such file or folder; check the path", path.string());
  if (fs::is_directory(path, error)) {
    MP4D_TRY(files, images_in(path));
    return read_images(path, files, range, job);
  }
  if (is_image(path)) return read_images(path, {path}, range, job);
  return read_video(path, range, job);
}

void keep_frames(Frames& frames, std::size_t first, std::size_t count) {
  const auto keep = [&](auto& list) {
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(first + count), list.end());
    list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(first));
  };
  keep(frames.images);
  keep(frames.times);
  keep(frames.names);
  set_times(frames, frames.fps);
}

Result<ClipInfo> read_clip_info(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    return fail(ErrorCode::kInput, "{}: no such file or folder; check the path", path.string());
  ClipInfo info;
  const bool folder = fs::is_directory(path, error);
  if (folder || is_image(path)) {
    std::vector<fs::path> files = {path};
    if (folder) {
      MP4D_TRY(found, images_in(path));
      files = found;
    }
    MP4D_TRY(first, read_image(files[0]));
    info.width = first.width;
    info.height = first.height;
    info.frames = static_cast<int>(files.size());
    info.pictures = true;
    info.fps = kFolderFps;
    info.duration_s = info.frames / info.fps;
    return info;
  }
  MP4D_TRY(reader, internal::ClipReader::open(path));
  constexpr std::size_t kProbe = 120;  // frames looked at for a varying rate
  std::vector<double> times;
  while ((times.size() < kProbe || reader.announced_frames() == 0) && reader.grab()) times.push_back(reader.time_s());
  if (times.empty())
    return fail(ErrorCode::kInput,
                "{}: no video frames in it (sound only, empty or damaged); give a clip with pictures", path.string());
  info.width = reader.size().width;
  info.height = reader.size().height;
  info.rotation_deg = reader.rotation_deg();
  info.frames = times.size() < kProbe ? static_cast<int>(times.size())
                                      : std::max(static_cast<int>(times.size()), reader.announced_frames());
  times = usable_times(std::move(times), reader.nominal_fps());
  const double mean = times.size() > 1 ? times.back() / static_cast<double>(times.size() - 1) : 0;
  for (std::size_t i = 1; i < times.size(); ++i)
    if (std::abs(times[i] - times[i - 1] - mean) > 0.25 * mean) info.variable_rate = true;
  const double nominal = reader.nominal_fps() > 0 ? reader.nominal_fps() : kFolderFps;
  info.fps =
      mean > 0 && (info.frames <= static_cast<int>(times.size()) || reader.nominal_fps() <= 0) ? 1 / mean : nominal;
  info.duration_s = info.frames / info.fps;
  return info;
}

int count_frames(const ClipInfo& info, const FrameRange& range) {
  constexpr double tolerance = 0.01;  // of a frame: stated rates are rounded
  const double rate = info.pictures && range.fps > 0 ? range.fps : info.fps;
  const double last = info.frames - 1;
  const double from = std::ceil(range.start_s * rate - tolerance);
  const double to = range.end_s < 0 ? last : std::min(last, std::floor(range.end_s * rate + tolerance));
  double count = to - from + 1;
  if (!info.pictures && range.fps > 0) count = std::min(count, std::floor((to - from) / rate * range.fps + 0.1) + 1);
  return std::max(1, static_cast<int>(std::ceil(count / std::max(1, range.step))));
}

}  // namespace mp4d
