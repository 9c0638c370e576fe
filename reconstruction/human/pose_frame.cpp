#include "reconstruction/human/pose_frame.h"
#include <algorithm>
#include <cmath>

namespace mp4d::human {
namespace {

int joint(std::string_view name) {
  return static_cast<int>(std::find(kJointNames.begin(), kJointNames.end(), name) - kJointNames.begin());
}

Quat mirrored(const Quat& q) { return {q.w(), q.x(), -q.y(), -q.z()}; }

/// The turn that brings `along` to straight down and `hinge` (made perpendicular) to the body's right.
Quat straight_down(const Vec3& along, const Vec3& hinge) {
  Mat3 rest, down;
  rest.col(0) = along.normalized();
  rest.col(1) = (hinge - hinge.dot(rest.col(0)) * rest.col(0)).normalized();
  rest.col(2) = rest.col(0).cross(rest.col(1));
  down.col(0) = -Vec3::UnitY();
  down.col(1) = -Vec3::UnitX();
  down.col(2) = down.col(0).cross(down.col(1));
  return Quat(Mat3(down * rest.transpose()));
}

/// attention_from_rest of the part of the body that each joint turns, in the world's axes.
std::array<Quat, kJointCount> attention_from_rest() {
  const Joints& rest = average_rest_joints();
  const auto bone = [&](std::string_view from, std::string_view to) {
    return Vec3((rest.row(joint(to)) - rest.row(joint(from))).transpose());
  };
  std::array<Quat, kJointCount> turns;
  turns.fill(Quat::Identity());
  const Vec3 upper_arm = bone("left_shoulder", "left_elbow"), forearm = bone("left_elbow", "left_wrist");
  const Vec3 elbow_hinge = upper_arm.cross(forearm);
  turns[joint("left_shoulder")] = straight_down(upper_arm, elbow_hinge);
  turns[joint("left_elbow")] = straight_down(forearm, elbow_hinge);
  const Vec3 hand = turns[joint("left_elbow")] * bone("left_wrist", "left_hand");
  turns[joint("left_wrist")] = Quat::FromTwoVectors(hand, Vec3(-Vec3::UnitY())) * turns[joint("left_elbow")];
  turns[joint("left_hand")] = turns[joint("left_wrist")];
  turns[joint("left_hip")] = straight_down(bone("left_hip", "left_knee"), Vec3(-Vec3::UnitX()));
  turns[joint("left_knee")] = straight_down(bone("left_knee", "left_ankle"), Vec3(-Vec3::UnitX()));
  for (int j = 0; j < kJointCount; ++j)
    if (kJointNames[j].starts_with("left_")) turns[kMirroredJoints[j]] = mirrored(turns[j]);
  return turns;
}

}  // namespace

const Joints& average_rest_joints() {
  static const Joints joints = [] {
    Joints j;
    j << 0, 0.874f, 0.013f,                               // pelvis
        0.101f, 0.866f, 0.005f, -0.101f, 0.866f, 0.005f,  // hips
        0, 0.954f, -0.026f,                               // spine1
        0.142f, 0.475f, 0.037f, -0.142f, 0.475f, 0.037f,  // knees
        0, 1.095f, -0.008f,                               // spine2
        0.181f, 0.069f, 0.023f, -0.181f, 0.069f, 0.023f,  // ankles
        0, 1.239f, -0.019f,                               // spine3
        0.195f, 0.025f, 0.153f, -0.195f, 0.025f, 0.153f,  // feet
        0, 1.414f, 0.005f,                                // neck
        0.023f, 1.343f, 0.022f, -0.023f, 1.343f, 0.022f,  // collars
        0, 1.515f, 0.044f,                                // head
        0.170f, 1.320f, 0.019f, -0.170f, 1.320f, 0.019f,  // shoulders
        0.331f, 1.139f, 0.020f, -0.331f, 1.139f, 0.020f,  // elbows
        0.453f, 1.015f, 0.183f, -0.453f, 1.015f, 0.183f,  // wrists
        0.497f, 0.964f, 0.260f, -0.497f, 0.964f, 0.260f;  // hands
    return j;
  }();
  return joints;
}

Pose pose_from_attention(const Pose& at_attention) {
  static const std::array<Quat, kJointCount> kTurns = attention_from_rest();
  Pose pose;
  for (int j = 0; j < kJointCount; ++j) {
    const Quat parent = kJointParents[j] < 0 ? Quat::Identity() : kTurns[kJointParents[j]];
    pose.rotations[j] = (parent.conjugate() * at_attention.rotations[j] * kTurns[j]).normalized();
  }
  return pose;
}

Pose mirrored(const Pose& pose) {
  Pose other;
  for (int j = 0; j < kJointCount; ++j) other.rotations[kMirroredJoints[j]] = mirrored(pose.rotations[j]);
  return other;
}

Quat rotation_of_degrees(const Vec3& degrees) {
  const Vec3 r = degrees * static_cast<float>(M_PI / 180);
  return Eigen::AngleAxisf(r.x(), Vec3::UnitX()) * Eigen::AngleAxisf(r.z(), Vec3::UnitZ()) *
         Eigen::AngleAxisf(r.y(), Vec3::UnitY());
}

}  // namespace mp4d::human
