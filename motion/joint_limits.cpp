#include "motion/joint_limits.h"
#include "motion/chain_turns.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kSame = 1e-5f, kTold = 2e-3f;  // rad

Vec3 axis_of(const Skeleton& skeleton, const JointLimit& limit) {
  if (limit.axis.isZero()) return bone_axis(skeleton, limit.joint);
  const Mat4 rest = forward_kinematics(skeleton, rest_pose(skeleton))[limit.joint];
  return decompose(rest).rotation.conjugate() * limit.axis.normalized();
}

Quat limited(const Quat& rest, const Quat& rotation, const Vec3& axis, const JointLimit& limit) {
  Quat relative = rest.conjugate() * rotation;
  if (relative.w() < 0) relative.coeffs() = -relative.coeffs();
  const float twist = twist_angle(relative, axis);
  const Quat swing = relative * Quat(Eigen::AngleAxisf(-twist, axis));
  Eigen::AngleAxisf bend(swing);
  if (bend.angle() > static_cast<float>(M_PI)) bend = Eigen::AngleAxisf(static_cast<float>(2 * M_PI) - bend.angle(), -bend.axis());
  bend.angle() = std::min(bend.angle(), static_cast<float>(limit.swing_max));
  const float kept = std::clamp(twist, static_cast<float>(limit.twist_min), static_cast<float>(limit.twist_max));
  return (rest * Quat(bend) * Quat(Eigen::AngleAxisf(kept, axis))).normalized();
}

}  // namespace

Vec3 bone_axis(const Skeleton& skeleton, int joint) {
  Vec3 sum = Vec3::Zero();
  for (const Joint& other : skeleton.joints)
    if (other.parent == joint) sum += other.rest.translation;
  if (sum.norm() < 1e-9f) sum = skeleton.joints[joint].rest.rotation.conjugate() * skeleton.joints[joint].rest.translation;
  return sum.norm() < 1e-9f ? Vec3(Vec3::UnitY()) : Vec3(sum.normalized());
}

Clip limit_clip(const Skeleton& skeleton, const Clip& clip, const std::vector<JointLimit>& limits, int* changed) {
  Clip kept = clip;
  std::vector<char> other(clip.poses.size(), 0);
  for (const JointLimit& limit : limits) {
    const Vec3 axis = axis_of(skeleton, limit);
    for (std::size_t k = 0; k < kept.poses.size(); ++k) {
      Quat& rotation = kept.poses[k][limit.joint].rotation;
      const Quat within = limited(skeleton.joints[limit.joint].rest.rotation, rotation, axis, limit);
      const float beyond = within.angularDistance(rotation);
      if (beyond < kSame) continue;
      if (beyond > kTold) other[k] = 1;
      rotation = within;
    }
  }
  if (changed) *changed = static_cast<int>(std::count(other.begin(), other.end(), 1));
  return kept;
}

}  // namespace mp4d
