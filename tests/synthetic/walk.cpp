#include "tests/synthetic/walk.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

/// Orthonormal frame whose z axis is `direction` and whose x axis is as near to `side` as can be.
Mat3 frame(const Vec3& direction, const Vec3& side) {
  Mat3 m;
  m.col(2) = direction.normalized();
  m.col(0) = (side - side.dot(m.col(2)) * m.col(2)).normalized();
  m.col(1) = m.col(2).cross(m.col(0));
  return m;
}

float smooth(float t) {
  t = std::clamp(t, 0.0f, 1.0f);
  return t * t * (3 - 2 * t);
}

}  // namespace

PoseBuilder::PoseBuilder(const Skeleton& skeleton) : skeleton_(skeleton), pose_(rest_pose(skeleton)) {}

void PoseBuilder::translate_root(const Vec3& offset) { pose_[0].translation += offset; }

void PoseBuilder::turn(int joint, const Quat& rotation) { pose_[joint].rotation = rotation; }

void PoseBuilder::turn_world(int joint, const Quat& rotation) {
  pose_[joint].rotation = (parent_rotation(joint).conjugate() * rotation).normalized();
}

Vec3 PoseBuilder::rest_position(int joint) const {
  Vec3 p = Vec3::Zero();
  for (; joint >= 0; joint = skeleton_.joints[joint].parent) p += skeleton_.joints[joint].rest.translation;
  return p;
}

Vec3 PoseBuilder::position(int joint) const {
  const int parent = skeleton_.joints[joint].parent;
  if (parent < 0) return pose_[joint].translation;
  return position(parent) + parent_rotation(joint) * pose_[joint].translation;
}

Quat PoseBuilder::parent_rotation(int joint) const {
  const int parent = skeleton_.joints[joint].parent;
  return parent < 0 ? Quat::Identity() : parent_rotation(parent) * pose_[parent].rotation;
}

void PoseBuilder::place_leg(int upper, int lower, int foot, const Vec3& rest_toe, const Vec3& toe, float pitch) {
  const Vec3 side = Vec3::UnitX();
  const Vec3 hip0 = rest_position(upper), knee0 = rest_position(lower), ankle0 = rest_position(foot);
  const Quat foot_rotation(Eigen::AngleAxisf(pitch, side));
  const Vec3 hip = position(upper), ankle = toe + foot_rotation * (ankle0 - rest_toe);

  const float a = (knee0 - hip0).norm(), b = (ankle0 - knee0).norm();
  const Vec3 reach = ankle - hip;
  const float d = std::clamp(reach.norm(), std::abs(a - b) * 1.001f, (a + b) * 0.999f);
  const Vec3 along = reach.normalized(), across = side.cross(along).normalized();
  const float bend = side.cross(ankle0 - hip0).dot(knee0 - hip0) < 0 ? -1.0f : 1.0f;
  const float u = (a * a - b * b + d * d) / (2 * d);
  const Vec3 knee = hip + u * along + bend * std::sqrt(std::max(0.0f, a * a - u * u)) * across;
  const Vec3 ankle_reached = hip + d * along;

  turn_world(upper, Quat(frame(knee - hip, side) * frame(knee0 - hip0, side).transpose()));
  turn_world(lower, Quat(frame(ankle_reached - knee, side) * frame(ankle0 - knee0, side).transpose()));
  turn_world(foot, foot_rotation);
}

FootStep foot_step(float phase, float duty, float stride, float lift, float heel_off) {
  phase -= std::floor(phase);
  FootStep step;
  if (phase < duty) {
    const float t = phase / duty;
    step.forward = stride * (0.5f - t);
    step.pitch = heel_off * smooth((t - 0.7f) / 0.3f);
  } else {
    const float t = (phase - duty) / (1 - duty);
    step.forward = stride * (smooth(t) - 0.5f);
    step.lift = lift * std::pow(std::sin(float(M_PI) * t), 1.5f);
    step.pitch = heel_off * (1 - smooth(t / 0.9f));
  }
  return step;
}

}  // namespace mp4d
