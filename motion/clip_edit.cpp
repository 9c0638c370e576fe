#include "motion/clip_edit.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>
#include <set>

namespace mp4d {
namespace {

constexpr double kSameTime = 1e-6;  // seconds; keys closer than this to a cut are the cut

float skeleton_size(const Skeleton& skeleton) {
  Aabb box;
  for (const Mat4& m : forward_kinematics(skeleton, rest_pose(skeleton))) box.extend(Vec3(m.topRightCorner<3, 1>()));
  return box.isEmpty() ? 0 : box.sizes().maxCoeff();
}

bool same(const Transform& a, const Transform& b, float length) {
  return (a.translation - b.translation).norm() <= length && (a.scale - b.scale).norm() <= 1e-3f &&
         a.rotation.angularDistance(b.rotation) <= 2e-3f;
}

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

Result<Clip> move_clip(const Clip& clip, const Skeleton& from, const Skeleton& to) {
  const float tolerance = 0.01f * std::max(1e-6f, skeleton_size(to));
  std::vector<int> target(from.joints.size());
  std::set<int> taken;
  for (int j = 0; j < from.size(); ++j) {
    const Joint& joint = from.joints[j];
    target[j] = to.find(joint.name);
    const bool moves = std::any_of(clip.poses.begin(), clip.poses.end(),
                                   [&](const Pose& pose) { return !same(pose[j], joint.rest, 1e-4f * tolerance); });
    if (target[j] < 0) {
      if (moves || !same(joint.rest, Transform{}, tolerance))
        return fail(ErrorCode::kInput,
                    "clip '{}': joint '{}' is not in the other skeleton; use 'transfer' for another one", clip.name,
                    joint.name);
      continue;
    }
    const Joint& other = to.joints[target[j]];
    const std::string parent = joint.parent < 0 ? "" : from.joints[joint.parent].name;
    const std::string other_parent = other.parent < 0 ? "" : to.joints[other.parent].name;
    if ((parent != other_parent && from.find(other_parent) >= 0) || !same(joint.rest, other.rest, tolerance))
      return fail(ErrorCode::kInput, "clip '{}': joint '{}' rests elsewhere in the other skeleton; use 'transfer'",
                  clip.name, joint.name);
  }
  Clip out{clip.name, clip.times, {}};
  out.poses.assign(clip.poses.size(), rest_pose(to));
  for (std::size_t i = 0; i < clip.poses.size(); ++i)
    for (int j = 0; j < from.size(); ++j)
      if (target[j] >= 0) out.poses[i][target[j]] = clip.poses[i][j];
  return out;
}

}  // namespace mp4d
