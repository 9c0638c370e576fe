#include "make_rig.h"
#include "motion/joint_keys.h"
#include "motion/kinematics.h"
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

/// Joint 1 turns to 40 degrees at time 10 of 20 and back, joint 2 to 30 at 5; joint 0 goes ahead evenly.
Clip two_bends() {
  const RiggedModel model = make_chain(3);
  Clip clip{"bends", {}, {}};
  for (int i = 0; i <= 20; ++i) {
    Pose pose = rest_pose(model.skeleton);
    const auto tent = [&](int top) { return i <= top ? float(i) / top : float(20 - i) / (20 - top); };
    pose[0].translation.z() = 0.1f * static_cast<float>(i);
    pose[1].rotation = turn(Vec3(1, 0, 0), 40 * tent(10));
    pose[2].rotation = turn(Vec3(0, 0, 1), 30 * tent(5));
    clip.times.push_back(i / 20.0);
    clip.poses.push_back(pose);
  }
  return clip;
}

double degrees(const Clip& clip, int i, int joint) { return 57.29578 * Quat::Identity().angularDistance(clip.poses[i][joint].rotation); }

TEST(JointKeys, AreWhereTheMotionBends) {
  const Clip clip = two_bends();
  EXPECT_EQ(joint_keys(clip, 0), (std::vector<int>{0, 20}));
  EXPECT_EQ(joint_keys(clip, 1), (std::vector<int>{0, 10, 20}));
  EXPECT_EQ(joint_keys(clip, 2), (std::vector<int>{0, 5, 20}));
  EXPECT_EQ(joint_keys(clip, -1), (std::vector<int>{0, 5, 10, 20}));
  Clip one = clip;
  one.times.resize(1);
  one.poses.resize(1);
  EXPECT_EQ(joint_keys(one, 1), std::vector<int>{0});
}

TEST(JointKeys, WithoutThemTheJointGoesStraightAndOthersAsBefore) {
  const Clip clip = two_bends();
  const Clip straight = without_joint_keys(clip, 1, joint_keys(clip, 1), {10});
  for (int i = 0; i <= 20; ++i) {
    EXPECT_NEAR(degrees(straight, i, 1), 0, 0.05) << i;
    EXPECT_EQ(degrees(straight, i, 2), degrees(clip, i, 2));
  }
  const Clip ends = without_joint_keys(clip, 1, joint_keys(clip, 1), {0, 20});
  for (int i = 0; i <= 20; ++i) EXPECT_EQ(degrees(ends, i, 1), degrees(clip, i, 1)) << "the ends stay";
}

TEST(JointKeys, AreMovedInTimeAndStayInOrder) {
  const Clip clip = two_bends();
  const auto keys = joint_keys(clip, 1);
  int moved = 0;
  const Clip later = with_joint_keys_moved(clip, 1, keys, {10}, 5, &moved);
  EXPECT_EQ(moved, 5);
  EXPECT_NEAR(degrees(later, 15, 1), 40, 1e-3);
  EXPECT_NEAR(degrees(later, 6, 1), 16, 0.05);
  EXPECT_EQ(joint_keys(later, 1), (std::vector<int>{0, 15, 20}));
  EXPECT_EQ(degrees(later, 7, 2), degrees(clip, 7, 2));
  with_joint_keys_moved(clip, 1, keys, {10}, 50, &moved);
  EXPECT_EQ(moved, 9) << "not onto the last";
  with_joint_keys_moved(clip, 1, keys, {0, 10}, -50, &moved);
  EXPECT_EQ(moved, -9) << "the first does not move";
}

TEST(JointKeys, AreSetFromAPoseAndFadeToTheirNeighbours) {
  const Clip clip = two_bends();
  Pose bent = clip.poses[10];
  bent[1].rotation = turn(Vec3(1, 0, 0), 70);
  bent[2].rotation = turn(Vec3(0, 0, 1), 90);
  const Clip set = with_joint_key(clip, 1, joint_keys(clip, 1), 10, bent);
  EXPECT_NEAR(degrees(set, 10, 1), 70, 1e-2);
  EXPECT_NEAR(degrees(set, 5, 1), 35, 0.05);
  EXPECT_NEAR(degrees(set, 0, 1), 0, 0.05);
  EXPECT_EQ(degrees(set, 10, 2), degrees(clip, 10, 2));
  const Clip all = with_joint_key(clip, -1, joint_keys(clip, -1), 10, bent);
  EXPECT_NEAR(degrees(all, 10, 2), 90, 1e-2);
  EXPECT_NEAR(degrees(all, 4, 2), degrees(clip, 4, 2), 1e-3) << "before the key before nothing changes";
  const Clip first = with_joint_key(clip, 1, joint_keys(clip, 1), 0, bent);
  EXPECT_NEAR(degrees(first, 0, 1), 70, 1e-2);
}

}  // namespace
}  // namespace mp4d::test
