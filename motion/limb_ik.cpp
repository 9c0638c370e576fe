#include "motion/limb_ik.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kBent = 0.14f;      // rad: below this the rest pose does not tell which way a joint bends
constexpr float kStraight = 0.03f;  // rad: joints are not stretched beyond
constexpr float kClosed = 2.9f;     // rad
constexpr int kHalvings = 22;

float signed_angle(const Vec3& from, const Vec3& to, const Vec3& axis) {
  const Vec3 a = from - from.dot(axis) * axis, b = to - to.dot(axis) * axis;
  return std::atan2(axis.dot(a.cross(b)), a.dot(b));
}

}  // namespace

LimbSolver::LimbSolver(const std::vector<Vec3>& points) {
  for (std::size_t k = 0; k + 1 < points.size(); ++k) {
    rest_.push_back(points[k + 1] - points[k]);
    reach_ += rest_.back().norm();
  }
  hinge_.assign(rest_.size(), Vec3::UnitX());
  float sign = 1;  // a straight leg: the knee bends the shin back, the joint below it the other way
  for (std::size_t k = 1; k < rest_.size(); ++k) {
    const Vec3 axis = rest_[k - 1].cross(rest_[k]);
    const float sine = axis.norm(), cosine = rest_[k - 1].dot(rest_[k]);
    const bool short_link = std::min(rest_[k - 1].norm(), rest_[k].norm()) < 0.08f * reach_;
    if (short_link)
      hinge_[k].setZero();
    else if (std::atan2(sine, cosine) > kBent)
      hinge_[k] = axis / sine;
    else
      hinge_[k] = sign * Vec3::UnitX();
    if (!short_link) sign = hinge_[k].x() > 0 ? -1.0f : 1.0f;
  }
  // Stretched as far as it goes: a short link keeps its angle, so that this is less than the links' sum.
  if (rest_.empty()) return;
  Vec3 end = rest_[0];
  Quat straight = Quat::Identity();
  for (std::size_t k = 1; k < rest_.size(); ++k) {
    if (hinge_[k].squaredNorm() > 0) {
      const float angle = signed_angle(rest_[k - 1], rest_[k], hinge_[k]);
      straight = straight * Quat(Eigen::AngleAxisf(std::min(angle, kStraight) - angle, hinge_[k]));
    }
    end += straight * rest_[k];
  }
  reach_ = end.norm();
}

/// The angle of a joint, positive as it is bent at rest, when it bends further by `by`; by less than nothing, it
/// stretches, whichever way it is bent.
float bent(float angle, float by) {
  if (by < 0 && angle < 0) return std::min(angle - by, 0.0f);
  return std::clamp(angle + by, std::min(angle, kStraight), std::max(angle, kClosed));
}

/// The leg with its links turned, and what it becomes when all inner joints bend further by one angle.
class LimbSolver::Turned {
 public:
  Turned(const LimbSolver& limb, const std::vector<Quat>& turn)
      : axis_(turn.size()), angle_(turn.size(), 0.0f), extra_(turn.size(), Quat::Identity()) {
    for (std::size_t k = 0; k < turn.size(); ++k) {
      link_.push_back(turn[k] * limb.rest_[k]);
      if (k == 0) continue;
      axis_[k] = turn[k - 1] * limb.hinge_[k];
      if (axis_[k].squaredNorm() > 0) angle_[k] = signed_angle(link_[k - 1], link_[k], axis_[k]);
    }
  }

  /// The end of the leg from its start, metres; sets extra().
  Vec3 bend(float by) {
    Vec3 end = link_[0];
    Quat q = Quat::Identity();
    for (std::size_t k = 1; k < link_.size(); ++k) {
      if (axis_[k].squaredNorm() > 0) {
        const float angle = bent(angle_[k], by);
        q = q * Quat(Eigen::AngleAxisf(angle - angle_[k], axis_[k]));
      }
      extra_[k] = q;
      end += q * link_[k];
    }
    return end;
  }
  const std::vector<Quat>& extra() const { return extra_; }  ///< rotation of every link after the last bend()

 private:
  std::vector<Vec3> link_, axis_;
  std::vector<float> angle_;
  std::vector<Quat> extra_;
};

float LimbSolver::reach(const std::vector<Quat>& turn) const {
  return rest_.empty() ? 0 : Turned(*this, turn).bend(-kClosed).norm();
}

float LimbSolver::solve(std::vector<Quat>& turn, const Vec3& base, const Vec3& goal) const {
  const std::size_t count = rest_.size();
  if (count == 0) return 0;
  const Vec3 way = goal - base;
  const float wanted = way.norm();
  if (wanted < 1e-9f) return wanted;
  Turned leg(*this, turn);
  Vec3 end = leg.bend(0);
  float low = 0, high = 0;
  if (end.norm() > wanted)
    high = kClosed;
  else
    low = -kClosed;
  if (count > 1 && std::abs(end.norm() - wanted) > 1e-5f * reach_) {
    for (int i = 0; i < kHalvings; ++i) {
      const float middle = 0.5f * (low + high);
      end = leg.bend(middle);
      (end.norm() > wanted ? low : high) = middle;
    }
    end = leg.bend(0.5f * (low + high));
  }
  const Quat aim = end.squaredNorm() > 0 ? Quat::FromTwoVectors(end, way) : Quat::Identity();
  for (std::size_t k = 0; k < count; ++k) turn[k] = (aim * leg.extra()[k] * turn[k]).normalized();
  return (aim * end - way).norm();
}

}  // namespace mp4d
