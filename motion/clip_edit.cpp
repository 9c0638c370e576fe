#include "motion/clip_edit.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kSameTime = 1e-6;  // seconds; keys closer than this to a cut are the cut

}  // namespace

Clip resample_clip(const Clip& clip, double fps) {
  Clip out{clip.name, {}, {}};
  if (clip.times.empty()) return out;
  const double first = clip.times.front(), last = clip.times.back();
  const auto whole = static_cast<long>(std::floor((last - first) * fps + 1e-3));
  for (long k = 0; k <= whole; ++k) out.times.push_back(std::min(last, first + static_cast<double>(k) / fps));
  if (last - out.times.back() > 1e-3 / fps)
    out.times.push_back(last);
  else
    out.times.back() = last;
  for (const double time : out.times) out.poses.push_back(sample_clip(clip, time));
  keep_rotations_close(out);
  return out;
}

Result<Clip> trim_clip(const Clip& clip, double start, double end) {
  const double length = clip.times.empty() ? 0 : clip.times.back() - clip.times.front();
  if (end < 0 || end > length) end = length;
  if (clip.times.empty() || start < 0 || start > length + kSameTime || end < start)
    return fail(ErrorCode::kUsage, "clip '{}': nothing lies between {} s and {} s; it is {:.3f} s long", clip.name,
                start, end, length);
  Clip out{clip.name, {}, {}};
  const double origin = clip.times.front();
  const auto put = [&](double time, Pose pose) {
    out.times.push_back(time - start);
    out.poses.push_back(std::move(pose));
  };
  put(start, sample_clip(clip, origin + start));
  for (std::size_t i = 0; i < clip.times.size(); ++i) {
    const double time = clip.times[i] - origin;
    if (time > start + kSameTime && time < end - kSameTime) put(time, clip.poses[i]);
  }
  if (end > start) put(end, sample_clip(clip, origin + end));
  return out;
}

}  // namespace mp4d
