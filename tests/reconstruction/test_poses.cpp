#include "reconstruction/human/body_generator.h"
#include "reconstruction/human/pose_frame.h"
#include "reconstruction/human/pose_from_joints.h"
#include "reconstruction/human/pose_library.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <set>

namespace mp4d::human {
namespace {

int joint(std::string_view name) {
  return static_cast<int>(std::find(kJointNames.begin(), kJointNames.end(), name) - kJointNames.begin());
}

Joints posed(std::string_view name) { return posed_joints(average_rest_joints(), named_pose(name).value()); }

Vec3 bone(const Joints& joints, std::string_view from, std::string_view to) {
  return (joints.row(joint(to)) - joints.row(joint(from))).transpose();
}

/// Degrees by which `to` bends from `from` about `hinge`, negative for the other way.
double bend(const Vec3& from, const Vec3& to, const Vec3& hinge) {
  return std::atan2(from.cross(to).dot(hinge.normalized()), from.dot(to)) * 180 / M_PI;
}

TEST(PoseFrame, AttentionHangsTheLimbsStraightDown) {
  const Joints joints = posed_joints(average_rest_joints(), pose_from_attention(Pose()));
  for (const auto& [from, to] : {std::pair{"left_shoulder", "left_elbow"},
                                 {"left_elbow", "left_wrist"},
                                 {"left_hip", "left_knee"},
                                 {"left_knee", "left_ankle"},
                                 {"right_shoulder", "right_elbow"},
                                 {"right_elbow", "right_wrist"},
                                 {"right_hip", "right_knee"},
                                 {"right_knee", "right_ankle"}})
    EXPECT_LT((bone(joints, from, to).normalized() + Vec3::UnitY()).norm(), 1e-3f) << from;
  EXPECT_LT((bone(joints, "pelvis", "spine1") - bone(average_rest_joints(), "pelvis", "spine1")).norm(), 1e-5f);
}

TEST(PoseFrame, MirroringSwapsTheSides) {
  const Pose wave = named_pose("wave").value();
  const Joints one = posed_joints(average_rest_joints(), wave),
               other = posed_joints(average_rest_joints(), mirrored(wave));
  for (int j = 0; j < kJointCount; ++j) {
    EXPECT_NEAR(one(j, 0), -other(kMirroredJoints[j], 0), 1e-4f) << kJointNames[j];
    EXPECT_NEAR(one(j, 1), other(kMirroredJoints[j], 1), 1e-4f) << kJointNames[j];
    EXPECT_NEAR(one(j, 2), other(kMirroredJoints[j], 2), 1e-4f) << kJointNames[j];
  }
}

TEST(PoseLibrary, PosesAreWhatTheirNamesSay) {
  EXPECT_GE(pose_names().size(), 30u);
  const Joints t = posed("t-pose");
  EXPECT_GT(bone(t, "left_shoulder", "left_wrist").normalized().x(), 0.99f);
  EXPECT_LT(bone(t, "right_shoulder", "right_wrist").normalized().x(), -0.99f);
  const Joints raised = posed("arms-raised");
  for (const char* hand : {"left_hand", "right_hand"}) EXPECT_GT(bone(raised, "head", hand).y(), 0.2f) << hand;
  const Joints wave = posed("wave");
  EXPECT_GT(bone(wave, "right_elbow", "right_wrist").normalized().y(), 0.8f);
  EXPECT_LT(bone(wave, "left_shoulder", "left_wrist").normalized().y(), -0.8f);
  const Joints point = posed("point");
  EXPECT_GT(bone(point, "right_shoulder", "right_hand").normalized().z(), 0.9f);
  const Joints sit = posed("sit");
  EXPECT_GT(bone(sit, "left_hip", "left_knee").normalized().z(), 0.9f);
  EXPECT_LT(bone(sit, "left_knee", "left_ankle").normalized().y(), -0.9f);
  const Joints kick = posed("kick");
  EXPECT_GT(bone(kick, "right_hip", "right_ankle").normalized().z(), 0.8f);
  const Joints walk = posed("walk-1");
  EXPECT_GT(bone(walk, "right_ankle", "left_ankle").z(), 0.3f);  // the left leg leads
  EXPECT_GT(bone(walk, "left_wrist", "right_wrist").z(), 0.2f);  // with the right arm
  const Joints lie = posed("lie-on-back");
  EXPECT_LT(std::abs(bone(lie, "pelvis", "head").normalized().y()), 0.2f);
}

TEST(PoseLibrary, UnknownNamesAreRefusedWithTheKnownOnes) {
  const auto pose = named_pose("moonwalk");
  ASSERT_FALSE(pose);
  EXPECT_EQ(pose.error().code, ErrorCode::kUsage);
  for (const char* part : {"moonwalk", "t-pose", "wave"})
    EXPECT_NE(pose.error().message.find(part), std::string::npos) << pose.error().message;
}

TEST(PoseLibrary, NamesAreDistinct) {
  const std::vector<std::string> names = pose_names();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(PoseFromJoints, BringsTheJointsBack) {
  const Joints& rest = average_rest_joints();
  const auto check = [&](const Pose& pose, const std::string& name) {
    const Joints truth = posed_joints(rest, pose);
    Joints moved = truth;  // where the pose happens does not matter
    moved.rowwise() += Eigen::RowVector3f(3, -1, 2);
    const Joints found = posed_joints(rest, pose_from_joints(rest, moved));
    for (int j = 0; j < kJointCount; ++j)
      EXPECT_LT((found.row(j) - truth.row(j)).norm(), 2e-3f) << kJointNames[j] << " of " << name;
  };
  for (const std::string& name : pose_names()) check(named_pose(name).value(), name);
  for (std::uint64_t i = 0; i < 100; ++i) check(random_pose(4, i), fmt::format("random pose {}", i));
}

TEST(PoseFromJoints, BendsElbowsAndKneesAboutTheirHinges) {
  const Joints& rest = average_rest_joints();
  for (const char* name : {"sit", "run-1", "wave", "hands-on-hips", "cross-legged"}) {
    const Pose truth = named_pose(name).value(), found = pose_from_joints(rest, posed_joints(rest, truth));
    const auto world_true = joint_transforms(rest, truth), world_found = joint_transforms(rest, found);
    for (const char* part : {"left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_knee", "right_knee"}) {
      const Quat difference(Mat3(world_true[joint(part)].linear().transpose() * world_found[joint(part)].linear()));
      const bool bent = std::string_view(part).ends_with("shoulder") || std::string_view(name) == "sit";
      if (bent) {
        EXPECT_LT(Eigen::AngleAxisf(difference).angle(), 0.35f) << part << " in " << name;
      }
    }
  }
}

TEST(RandomPose, KneesAndElbowsBendTheRightWay) {
  const Joints& rest = average_rest_joints();
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Pose pose = random_pose(2, i);
    const std::array<Iso3, kJointCount> turned = joint_transforms(rest, pose);
    const Joints joints = posed_joints(rest, pose);
    for (const std::string side : {"left_", "right_"}) {
      const auto in_frame_of = [&](const std::string& parent, const std::string& from, const std::string& to) {
        return Vec3(turned[joint(side + parent)].linear().transpose() * bone(joints, side + from, side + to));
      };
      const double knee =
          bend(bone(rest, side + "hip", side + "knee"), in_frame_of("hip", "knee", "ankle"), Vec3::UnitX());
      EXPECT_GT(knee, -12) << i;  // the rest pose itself has -5
      EXPECT_LT(knee, 150) << i;
      const Vec3 upper = bone(rest, side + "shoulder", side + "elbow"),
                 fore = bone(rest, side + "elbow", side + "wrist");
      const double elbow = bend(upper, in_frame_of("shoulder", "elbow", "wrist"), upper.cross(fore));
      EXPECT_GT(elbow, -8) << i;
      EXPECT_LT(elbow, 165) << i;
    }
  }
}

TEST(RandomPose, TurnsAllRoundAndIsRepeatable) {
  int facing[4] = {};
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Vec3 forward = random_pose(6, i).rotations[0] * Vec3::UnitZ();
    if (std::hypot(forward.x(), forward.z()) > 0.5f)
      ++facing[std::lround(std::atan2(forward.x(), forward.z()) / (M_PI / 2) + 4) % 4];
  }
  for (int side = 1; side < 4; ++side) EXPECT_GT(facing[side], 25) << side;
  EXPECT_GT(facing[0], 2 * facing[2]);  // half of them are near the front
  EXPECT_EQ(random_pose(6, 1).rotations[16].coeffs(), random_pose(6, 1).rotations[16].coeffs());
  EXPECT_NE(random_pose(6, 1).rotations[16].coeffs(), random_pose(6, 2).rotations[16].coeffs());
}

}  // namespace
}  // namespace mp4d::human
