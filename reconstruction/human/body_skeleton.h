#pragma once
#include "core/geometry.h"
#include <array>
#include <string_view>

namespace mp4d::human {

/// The 24 joints of the generator, in SMPL's order (Loper et al. 2015): 0 pelvis; 1/2 hips, 4/5 knees, 7/8 ankles,
/// 10/11 balls of the feet (left before right throughout); 3, 6, 9 spine; 12 neck; 13/14 collars; 15 head; 16/17 shoulders;
/// 18/19 elbows; 20/21 wrists; 22/23 hands (first knuckle of the middle finger).
constexpr int kJointCount = 24;
constexpr std::array<std::string_view, kJointCount> kJointNames = {
    "pelvis",     "left_hip",    "right_hip",  "spine1",        "left_knee",      "right_knee",
    "spine2",     "left_ankle",  "right_ankle", "spine3",       "left_foot",      "right_foot",
    "neck",       "left_collar", "right_collar", "head",        "left_shoulder",  "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist",   "left_hand",      "right_hand"};
constexpr std::array<int, kJointCount> kJointParents = {-1, 0, 0,  0,  1,  2,  3,  4,  5,  6,  7,  8,
                                                        9,  9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21};

/// The joint on the other side of the body; its own index on the midline.
constexpr std::array<int, kJointCount> kMirroredJoints = {0, 2,  1,  3,  5,  4,  6,  8,  7,  9,  11, 10,
                                                          12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22};

/// 24 x 3 positions, metres.
using Joints = Eigen::Matrix<float, kJointCount, 3, Eigen::RowMajor>;

/// Rotations of the joints against the rest pose (upright, facing +z, arms as the body was modelled, about 45 degrees
/// down), each in its parent's turned body axes; those of the pelvis are in the world's. A body's left is at +x.
struct Pose {
  std::array<Quat, kJointCount> rotations;
  Pose() { rotations.fill(Quat::Identity()); }
};

/// world_from_rest of every joint: maps rest positions of what hangs rigidly on the joint to where the pose takes them.
/// The pelvis stays where it rests.
std::array<Iso3, kJointCount> joint_transforms(const Joints& rest, const Pose& pose);

/// Positions of the joints in the pose.
Joints posed_joints(const Joints& rest, const Pose& pose);

}  // namespace mp4d::human
