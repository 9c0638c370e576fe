#include "reconstruction/human/body_skeleton.h"

namespace mp4d::human {

std::array<Iso3, kJointCount> joint_transforms(const Joints& rest, const Pose& pose) {
  std::array<Iso3, kJointCount> world_from_rest;
  for (int j = 0; j < kJointCount; ++j) {
    const Vec3 pivot = rest.row(j).transpose();
    Iso3 turn = Iso3::Identity();
    turn.linear() = pose.rotations[j].normalized().toRotationMatrix();
    turn.translation() = pivot - turn.linear() * pivot;
    world_from_rest[j] = kJointParents[j] < 0 ? turn : world_from_rest[kJointParents[j]] * turn;
  }
  return world_from_rest;
}

Joints posed_joints(const Joints& rest, const Pose& pose) {
  const std::array<Iso3, kJointCount> world_from_rest = joint_transforms(rest, pose);
  Joints joints;
  for (int j = 0; j < kJointCount; ++j) joints.row(j) = (world_from_rest[j] * Vec3(rest.row(j).transpose())).transpose();
  return joints;
}

}  // namespace mp4d::human
