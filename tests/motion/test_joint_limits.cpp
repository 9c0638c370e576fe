#include "motion/joint_limits.h"
#include "motion/kinematics.h"
#include <cmath>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

constexpr float kDegree = static_cast<float>(M_PI / 180);

/// Two joints, the second along +y of the first and turned at rest.
Skeleton two_bones() {
  Skeleton skeleton;
  skeleton.joints = {{"a", -1, {}}, {"b", 0, {}}, {"tip", 1, {}}};
  skeleton.joints[1].rest.translation = {0, 1, 0};
  skeleton.joints[1].rest.rotation = Quat(Eigen::AngleAxisf(0.5f, Vec3::UnitX()));
  skeleton.joints[2].rest.translation = {0, 1, 0};
  return skeleton;
}

Clip turned(const Skeleton& skeleton, const Quat& turn) {
  Clip clip{"c", {0, 1}, {rest_pose(skeleton), rest_pose(skeleton)}};
  clip.poses[1][1].rotation = skeleton.joints[1].rest.rotation * turn;
  return clip;
}

TEST(JointLimits, ABendBeyondTheLimitEndsAtIt) {
  const Skeleton skeleton = two_bones();
  const JointLimit limit{1, 40 * kDegree, -10 * kDegree, 20 * kDegree, Vec3::Zero()};
  const auto kept = [&](const Quat& turn, int changed) {
    int count = -1;
    const Clip clip = limit_clip(skeleton, turned(skeleton, turn), {limit}, &count);
    EXPECT_EQ(count, changed);
    EXPECT_TRUE(clip.poses[0][1].rotation.isApprox(skeleton.joints[1].rest.rotation, 1e-5f)) << "at rest it stays";
    return Quat(skeleton.joints[1].rest.rotation.conjugate() * clip.poses[1][1].rotation);
  };
  const Quat bend(Eigen::AngleAxisf(80 * kDegree, Vec3::UnitZ()));
  EXPECT_NEAR(kept(bend, 1).angularDistance(Quat(Eigen::AngleAxisf(40 * kDegree, Vec3::UnitZ()))), 0, 1e-4f);
  const Quat twist(Eigen::AngleAxisf(-50 * kDegree, Vec3::UnitY()));
  EXPECT_NEAR(kept(twist, 1).angularDistance(Quat(Eigen::AngleAxisf(-10 * kDegree, Vec3::UnitY()))), 0, 1e-4f);
  const Quat small = Quat(Eigen::AngleAxisf(30 * kDegree, Vec3::UnitX())) * Quat(Eigen::AngleAxisf(15 * kDegree, Vec3::UnitY()));
  EXPECT_NEAR(kept(small, 0).angularDistance(small), 0, 1e-4f) << "what is within stays";
  // The bend's side stays when the twist is too far.
  const Quat both = Quat(Eigen::AngleAxisf(30 * kDegree, Vec3::UnitX())) * Quat(Eigen::AngleAxisf(90 * kDegree, Vec3::UnitY()));
  EXPECT_NEAR(kept(both, 1).angularDistance(Quat(Eigen::AngleAxisf(30 * kDegree, Vec3::UnitX())) * Quat(Eigen::AngleAxisf(20 * kDegree, Vec3::UnitY()))), 0, 1e-4f);
}

TEST(JointLimits, TheAxisIsTheBonesOrTheGivenOneInTheMeshsAxes) {
  const Skeleton skeleton = two_bones();
  EXPECT_TRUE(bone_axis(skeleton, 0).isApprox(Vec3::UnitY()));
  EXPECT_TRUE(bone_axis(skeleton, 2).isApprox(Vec3::UnitY()));
  const Vec3 mesh_axis = skeleton.joints[1].rest.rotation * Vec3::UnitY();
  const Quat twist(Eigen::AngleAxisf(60 * kDegree, Vec3::UnitY()));
  for (const Vec3& axis : {Vec3(Vec3::Zero()), mesh_axis}) {
    const Clip clip = limit_clip(skeleton, turned(skeleton, twist), {{1, 0, -10 * kDegree, 10 * kDegree, axis}});
    EXPECT_NEAR(clip.poses[1][1].rotation.angularDistance(skeleton.joints[1].rest.rotation), 10 * kDegree, 1e-4f);
  }
}

}  // namespace
}  // namespace mp4d
