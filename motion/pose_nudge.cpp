#include "motion/pose_nudge.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kSameTime = 1e-4;  // s

void add_key(Clip& clip, double time) {
  if (time <= clip.times.front() || time >= clip.times.back()) return;
  const auto next = std::lower_bound(clip.times.begin(), clip.times.end(), time);
  if (*next - time < kSameTime || time - *(next - 1) < kSameTime) return;
  Pose pose = sample_clip(clip, time);
  const auto at = next - clip.times.begin();
  clip.times.insert(next, time);
  clip.poses.insert(clip.poses.begin() + at, std::move(pose));
}

}  // namespace

Clip nudge_joint(const Clip& clip, int joint, double time, const Quat& turn, double reach) {
  Clip nudged = clip;
  if (clip.times.empty()) return nudged;
  time = std::clamp(time, clip.times.front(), clip.times.back());
  for (const double key : {time - reach, time, time + reach}) add_key(nudged, key);
  for (std::size_t k = 0; k < nudged.times.size(); ++k) {
    const double away = std::abs(nudged.times[k] - time);
    if (away >= reach && away >= kSameTime) continue;
    const double near = reach > 0 ? 1 - away / reach : 1;
    const auto share = static_cast<float>(near * near * (3 - 2 * near));
    Quat& rotation = nudged.poses[k][joint].rotation;
    rotation = (rotation * Quat::Identity().slerp(share, turn)).normalized();
  }
  return nudged;
}

}  // namespace mp4d
