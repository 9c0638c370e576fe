// Motion is scored by limbs: whatever moves, places and names the body as a whole is no error; a limb at the wrong time,
// on the wrong side or still is one, of the size that was put in.
#include "motion/kinematics.h"
#include "reconstruction/articulated/motion_score.h"
#include "tests/synthetic/creatures.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

constexpr int kPeriod = 24;  // frames of a stride in the walks of tests/synthetic

struct Walk {
  RiggedModel model;
  std::vector<Pose> poses;
};

Walk quadruped() {
  Walk walk{make_quadruped(24), {}};
  walk.poses = walk.model.clips.front().poses;
  walk.poses.resize(40);
  return walk;
}

const Walk& truth() {
  static const Walk walk = quadruped();
  return walk;
}

MotionScore score(const Walk& result) {
  auto scored = score_motion(result.model, result.poses, truth().model, truth().poses);
  EXPECT_TRUE(scored) << scored.error().message;
  return scored.value_or(MotionScore());
}

std::string other_side(std::string name) {
  if (name.ends_with(".L")) name.back() = 'R';
  else if (name.ends_with(".R")) name.back() = 'L';
  return name;
}

TEST(MotionScore, TheTruthHasNoError) {
  const MotionScore own = score(truth());
  EXPECT_EQ(own.limbs.size(), 6u);  // four legs, neck, tail
  EXPECT_EQ(own.limbs_of_truth, 6);
  EXPECT_NEAR(own.angle_error, 0, 0.05);
  EXPECT_GT(own.swing, 5);
  EXPECT_NEAR(own.period, kPeriod, 1);
  ASSERT_TRUE(own.phase_error && own.swapped);
  EXPECT_NEAR(*own.phase_error, 0, 0.1);
  EXPECT_EQ(*own.swapped, 0);
}

TEST(MotionScore, SizePlaceAndHeadingDoNotCount) {
  Walk moved = quadruped();
  for (std::size_t t = 0; t < moved.poses.size(); ++t) {
    Transform& root = moved.poses[t][0];
    const Quat turn(Eigen::AngleAxisf(0.1f * t, Vec3::UnitY()));
    root.translation = turn * root.translation + Vec3(3, 1, 0.2f * t);
    root.rotation = turn * root.rotation;
  }
  const MotionScore own = score(moved);
  EXPECT_NEAR(own.angle_error, 0, 0.1);
  EXPECT_NEAR(own.phase_error.value_or(90), 0, 0.5);
  EXPECT_EQ(own.swapped.value_or(100), 0);
}

TEST(MotionScore, ABodyHeldStillErrsByTheSwing) {
  Walk still = quadruped();
  for (Pose& pose : still.poses) pose = rest_pose(still.model.skeleton);
  const MotionScore held = score(still);
  EXPECT_NEAR(held.angle_error, held.swing, 0.15 * held.swing);  // the trunk's own bending is in the first alone
  EXPECT_FALSE(held.phase_error);
}

TEST(MotionScore, DelayIsPhase) {
  Walk late = quadruped();
  const std::vector<Pose>& all = late.model.clips.front().poses;
  for (std::size_t t = 0; t < late.poses.size(); ++t) late.poses[t] = all[(t + 3) % kPeriod];
  const MotionScore early = score(late);
  EXPECT_NEAR(early.phase_error.value_or(0), 360.0 * 3 / kPeriod, 4);
  for (const LimbScore& limb : early.limbs)
    EXPECT_GT(limb.phase_error.value_or(1), 0) << limb.limb;
}

TEST(MotionScore, ExchangedSidesAreSeen) {
  Walk swapped = quadruped();
  for (Joint& joint : swapped.model.skeleton.joints)
    if (joint.name.find("upper") != std::string::npos || joint.name.find("lower") != std::string::npos ||
        joint.name.find("foot") != std::string::npos)
      joint.rest.translation.x() *= -1, joint.name = other_side(joint.name);
  for (Pose& pose : swapped.poses)
    for (int j = 0; j < swapped.model.skeleton.size(); ++j)
      pose[j].translation.x() = swapped.model.skeleton.joints[j].rest.translation.x();
  swapped.model.mesh.verts.col(0) *= -1;
  swapped.model.skin.joint_from_mesh = inverse_bind(swapped.model.skeleton);
  const MotionScore wrong = score(swapped);
  EXPECT_GT(wrong.swapped.value_or(0), 95);
  EXPECT_GT(wrong.phase_error.value_or(0), 170);
}

TEST(MotionScore, AnotherBodyIsComparedWhereItHasTheSameLimbs) {
  Walk person{make_biped(24), {}};
  person.poses = person.model.clips.front().poses;
  person.poses.resize(40);
  const MotionScore other = score(person);
  ASSERT_EQ(other.limbs.size(), 1u);
  EXPECT_EQ(other.limbs[0].limb, "neck");

  person.poses.pop_back();
  const auto uneven = score_motion(person.model, person.poses, truth().model, truth().poses);
  ASSERT_FALSE(uneven);
  EXPECT_NE(uneven.error().message.find("39 poses"), std::string::npos) << uneven.error().message;
}

}  // namespace
}  // namespace mp4d
