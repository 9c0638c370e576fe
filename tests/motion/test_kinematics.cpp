#include "make_rig.h"
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

TEST(Kinematics, ChainMatchesHandComputedPositions) {
  const RiggedModel model = make_chain(3, 1.0f);
  Pose pose = rest_pose(model.skeleton);
  pose[0].translation = Vec3(5, 0, 0);
  pose[0].rotation = turn(Vec3::UnitZ(), 90);   // +y -> -x
  pose[1].rotation = turn(Vec3::UnitZ(), -90);  // back to +y
  const auto world = forward_kinematics(model.skeleton, pose);
  EXPECT_TRUE(Vec3(world[0].topRightCorner<3, 1>()).isApprox(Vec3(5, 0, 0)));
  EXPECT_TRUE(Vec3(world[1].topRightCorner<3, 1>()).isApprox(Vec3(4, 0, 0)));
  EXPECT_TRUE(Vec3(world[2].topRightCorner<3, 1>()).isApprox(Vec3(4, 1, 0)));
}

TEST(Kinematics, ScaleActsBeforeRotationAndReachesChildren) {
  const RiggedModel model = make_chain(2, 1.0f);
  Pose pose = rest_pose(model.skeleton);
  pose[0].scale = Vec3(1, 2, 1);
  pose[0].rotation = turn(Vec3::UnitZ(), 90);
  const auto world = forward_kinematics(model.skeleton, pose);
  EXPECT_LT((Vec3(world[1].topRightCorner<3, 1>()) - Vec3(-2, 0, 0)).norm(), 1e-6f);
}

TEST(Kinematics, RestPoseLeavesTheMeshAlone) {
  const RiggedModel model = make_chain(5);
  const auto world = forward_kinematics(model.skeleton, rest_pose(model.skeleton));
  EXPECT_LT((skin_linear(model.mesh.verts, model.skin, world) - model.mesh.verts).cwiseAbs().maxCoeff(), 1e-6f);
  EXPECT_LT((skin_dual_quaternion(model.mesh.verts, model.skin, world) - model.mesh.verts).cwiseAbs().maxCoeff(), 1e-6f);
}

TEST(Kinematics, SeveralRootsMoveIndependently) {
  Skeleton skeleton;
  skeleton.joints = {{"a", -1, {}}, {"b", -1, {}}};
  Pose pose = rest_pose(skeleton);
  pose[0].translation = Vec3(1, 0, 0);
  const auto world = forward_kinematics(skeleton, pose);
  EXPECT_FLOAT_EQ(world[0](0, 3), 1);
  EXPECT_FLOAT_EQ(world[1](0, 3), 0);
  EXPECT_EQ(skeleton.find("b"), 1);
  EXPECT_EQ(skeleton.find("c"), -1);
}

// Half-way between two bones twisted by 180 degrees, LBS collapses to the axis; DQS keeps the radius.
TEST(Kinematics, DualQuaternionKeepsVolumeUnderTwist) {
  RiggedModel model = make_chain(2, 1.0f);
  model.mesh.verts.resize(1, 3);
  model.mesh.verts << 0.3f, 1.0f, 0.0f;
  Eigen::MatrixXf half(1, 2);
  half << 0.5f, 0.5f;
  set_weights(model.skin, half);
  Pose pose = rest_pose(model.skeleton);
  pose[1].rotation = turn(Vec3::UnitY(), 179);
  const auto world = forward_kinematics(model.skeleton, pose);
  const Points linear = skin_linear(model.mesh.verts, model.skin, world);
  const Points dual = skin_dual_quaternion(model.mesh.verts, model.skin, world);
  EXPECT_LT(std::hypot(linear(0, 0), linear(0, 2)), 0.01f);
  EXPECT_NEAR(std::hypot(dual(0, 0), dual(0, 2)), 0.3f, 1e-4f);
  EXPECT_NEAR(dual(0, 1), 1.0f, 1e-4f);
}

TEST(Kinematics, DualQuaternionEqualsLinearForRigidAndScaledSingleBone) {
  RiggedModel model = make_chain(2, 1.0f, 4, 8, 0.0f);  // no blending
  Pose pose = rest_pose(model.skeleton);
  pose[0].translation = Vec3(0.3f, -1, 2);
  pose[0].rotation = turn(Vec3(1, 2, 3), 200);
  pose[1].rotation = turn(Vec3(-1, 0, 1), 130);
  pose[1].scale = Vec3(1.2f, 0.8f, 1.5f);
  const auto world = forward_kinematics(model.skeleton, pose);
  EXPECT_LT((skin_linear(model.mesh.verts, model.skin, world) - skin_dual_quaternion(model.mesh.verts, model.skin, world))
                .cwiseAbs().maxCoeff(), 2e-5f);
}

TEST(Kinematics, SampleClipInterpolatesAndClamps) {
  const RiggedModel model = make_chain(2, 1.0f);
  Clip clip;
  clip.times = {1.0, 3.0};
  clip.poses = {rest_pose(model.skeleton), rest_pose(model.skeleton)};
  clip.poses[1][0].translation = Vec3(2, 0, 0);
  clip.poses[1][1].rotation = turn(Vec3::UnitX(), 80);
  const Pose mid = sample_clip(clip, 1.5);
  EXPECT_NEAR(mid[0].translation.x(), 0.5f, 1e-6f);
  EXPECT_NEAR(angle_deg(mid[1].rotation, turn(Vec3::UnitX(), 20)), 0, 0.05f);
  EXPECT_NEAR(sample_clip(clip, -5)[0].translation.x(), 0, 1e-6f);
  EXPECT_NEAR(sample_clip(clip, 99)[0].translation.x(), 2, 1e-6f);
}

TEST(Kinematics, SetWeightsKeepsTheFourHeaviest) {
  Skin skin;
  Eigen::MatrixXf dense(2, 6);
  dense << 0.1f, 0.3f, 0.05f, 0.2f, 0.25f, 0.1f, 0, 0, 0, 0, 0, 0;
  set_weights(skin, dense);
  EXPECT_EQ(skin.joints.row(0), (Eigen::RowVector4i(1, 4, 3, 0)));
  EXPECT_NEAR(skin.weights.row(0).sum(), 1, 1e-6f);
  EXPECT_NEAR(skin.weights(0, 0), 0.3f / 0.85f, 1e-6f);
  EXPECT_EQ(skin.weights.row(1), (Eigen::RowVector4f(1, 0, 0, 0)));
  const Eigen::MatrixXf back = dense_weights(skin, 6);
  EXPECT_NEAR(back(0, 4), 0.25f / 0.85f, 1e-6f);
  EXPECT_EQ(back(0, 2), 0);
}

TEST(Kinematics, AnimateGivesOneMeshAFrame) {
  const RiggedModel model = make_chain(2, 1.0f);
  Clip clip;
  clip.times = {0, 0.5, 1};
  clip.poses.assign(3, rest_pose(model.skeleton));
  clip.poses[2][0].translation = Vec3(0, 0, 1);
  const MeshSequence sequence = animate(model, clip);
  ASSERT_EQ(sequence.frames.size(), 3u);
  EXPECT_EQ(sequence.times, clip.times);
  EXPECT_NEAR(sequence.frames[2](0, 2) - model.mesh.verts(0, 2), 1, 1e-6f);
}

}  // namespace
}  // namespace mp4d::test
