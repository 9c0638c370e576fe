#include "motion/chain_turns.h"
#include <algorithm>
#include <cmath>
#include <numbers>

namespace mp4d {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

std::vector<float> centres(const std::vector<Vec3>& points) {
  std::vector<float> at;
  float length = 0;
  for (std::size_t k = 0; k + 1 < points.size(); ++k) {
    const float link = (points[k + 1] - points[k]).norm();
    at.push_back(length + 0.5f * link);
    length += link;
  }
  for (std::size_t k = 0; k < at.size(); ++k)
    at[k] = length > 0 ? at[k] / length : (static_cast<float>(k) + 0.5f) / static_cast<float>(at.size());
  return at;
}

std::vector<Vec3> axes(const std::vector<Vec3>& points) {
  std::vector<Vec3> result;
  Vec3 last = Vec3::UnitY();
  for (std::size_t k = 0; k + 1 < points.size(); ++k) {
    const Vec3 link = points[k + 1] - points[k];
    if (link.squaredNorm() > 0) last = link.normalized();
    result.push_back(last);
  }
  return result;
}

}  // namespace

float twist_angle(const Quat& q, const Vec3& axis) {
  float angle = 2 * std::atan2(q.vec().dot(axis), q.w());
  if (angle > kPi) angle -= 2 * kPi;
  if (angle < -kPi) angle += 2 * kPi;
  return angle;
}

ChainTurns::ChainTurns(const std::vector<Vec3>& source, const std::vector<Vec3>& target, bool own_axes)
    : source_axis_(axes(source)), target_axis_(axes(target)), own_axes_(own_axes) {
  const std::vector<float> from = centres(source), to = centres(target);
  one_to_one_ = from.size() == to.size();
  for (std::size_t k = 0; k < to.size(); ++k) {
    if (one_to_one_) {
      samples_.push_back({static_cast<int>(k), static_cast<int>(k), 0});
      continue;
    }
    std::size_t b = 0;
    while (b < from.size() && from[b] < to[k]) ++b;
    if (b == 0)
      samples_.push_back({0, 0, 0});
    else if (b == from.size())
      samples_.push_back({static_cast<int>(b) - 1, static_cast<int>(b) - 1, 0});
    else
      samples_.push_back({static_cast<int>(b) - 1, static_cast<int>(b),
                          (to[k] - from[b - 1]) / std::max(1e-9f, from[b] - from[b - 1])});
  }
}

void ChainTurns::map(const std::vector<Quat>& source, std::vector<Quat>& target) const {
  const std::size_t count = source.size();
  target.resize(samples_.size());
  if (one_to_one_ && !own_axes_) {
    target = source;
    return;
  }
  std::vector<float> twist(count);
  std::vector<Quat> swing(count);
  for (std::size_t k = 0; k < count; ++k) {
    // Of the first link against the body, of the others against the link before.
    const Quat step = k == 0 ? source[0] : Quat(source[k - 1].conjugate() * source[k]);
    twist[k] = (k == 0 ? 0 : twist[k - 1]) + twist_angle(step, source_axis_[k]);
    swing[k] = source[k] * Quat(Eigen::AngleAxisf(-twist[k], source_axis_[k]));
  }
  for (std::size_t k = 0; k < samples_.size(); ++k) {
    const Sample& at = samples_[k];
    const float angle = twist[at.a] + at.s * (twist[at.b] - twist[at.a]);
    const Quat turned = at.s > 0 ? swing[at.a].slerp(at.s, swing[at.b]) : swing[at.a];
    Vec3 axis = target_axis_[k];
    if (!own_axes_) {
      axis = source_axis_[at.a] + at.s * (source_axis_[at.b] - source_axis_[at.a]);
      axis = axis.squaredNorm() > 0 ? axis.normalized() : source_axis_[at.a];
    }
    target[k] = (turned * Quat(Eigen::AngleAxisf(angle, axis))).normalized();
  }
}

}  // namespace mp4d
