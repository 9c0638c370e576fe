#include "reconstruction/articulated/own_template.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/rotation.h"
#include <cmath>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

float distance_to(const Eigen::Vector2f& p, const Eigen::Vector2f& a, const Eigen::Vector2f& b) {
  const float t = std::clamp((p - a).dot(b - a) / (b - a).squaredNorm(), 0.0f, 1.0f);
  return (p - a - t * (b - a)).norm();
}

/// A trunk that stands on two legs, which swing against each other, seen from one side.
std::vector<Mask> walking_table(int count) {
  std::vector<Mask> masks;
  for (int t = 0; t < count; ++t) {
    const float swing = 22 * std::sin(0.6f * t);
    Mask mask(160, 160, 1);
    for (int y = 0; y < 160; ++y)
      for (int x = 0; x < 160; ++x) {
        const Eigen::Vector2f p(x + 0.5f, y + 0.5f);
        mask.at(x, y) = distance_to(p, {35, 60}, {125, 60}) < 15 || distance_to(p, {42, 65}, {42 + swing, 125}) < 7 ||
                        distance_to(p, {118, 65}, {118 - swing, 125}) < 7;
      }
    masks.push_back(mask);
  }
  return masks;
}

TEST(OwnTemplate, HasTheLimbsOfTheOutlineAndFollowsThem) {
  const std::vector<Mask> masks = walking_table(16);
  const auto body = own_template(masks, 0.6f);
  ASSERT_TRUE(body) << body.error().message;
  int legs = 0;
  std::vector<float> height(body->size(), 0.0f);
  for (int j = 1; j < body->size(); ++j) {
    const MedialJoint& joint = body->joints[j];
    ASSERT_LT(joint.parent, j);
    EXPECT_GT(joint.radius, 0);
    EXPECT_EQ(joint.mirror, j);
    height[j] = height[joint.parent] + joint.offset.y();
    legs += joint.leaf && height[j] < -0.35f;
  }
  EXPECT_EQ(legs, 2);

  const auto fits = fit_medial_template({*body}, masks, {}, {});
  ASSERT_TRUE(fits) << fits.error().message;
  const MedialFit* fit = &fits->front();
  EXPECT_GT(fit->mask_iou, 0.85);
  EXPECT_FALSE(fit->cycle.alternate) << "there are no sides";
  CoarseGuess guess = guess_from_medial_fit(*fit, 160, 160, 48);
  const int parts = guess.skeleton.size(), merged = merge_parts(guess);
  EXPECT_EQ(guess.skeleton.size(), parts - merged);
  EXPECT_GE(guess.skeleton.size(), 3) << "trunk and two legs";
}

TEST(OwnTemplate, ABlobIsOneBone) {
  Mask ball(80, 80, 1);
  for (int y = 0; y < 80; ++y)
    for (int x = 0; x < 80; ++x) ball.at(x, y) = std::hypot(x - 40, y - 40) < 25;
  const auto body = own_template({ball, ball}, 0.6f);
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_GE(body->size(), 2);
  for (const MedialJoint& joint : body->joints) EXPECT_TRUE(std::isfinite(joint.radius) && joint.offset.allFinite());
  EXPECT_FALSE(own_template({Mask(80, 80, 1)}, 0.6f));
}

TEST(MergeParts, WhatMovesAlikeBecomesOnePartAndWhatSwingsStays) {
  CoarseGuess guess;
  guess.canonical.verts.resize(40, 3);
  guess.weights = Eigen::MatrixXf::Zero(40, 4);
  for (int v = 0; v < 40; ++v) {
    guess.canonical.verts.row(v) << 0.025f * v, v % 2 ? 0.05f : -0.05f, v % 3 ? 0.05f : -0.05f;
    guess.weights(v, v / 10) = 1;
  }
  for (int j = 0; j < 4; ++j) {
    Joint joint;
    joint.name = std::string{'j', static_cast<char>('0' + j)};
    joint.parent = j - 1;
    joint.rest.translation = Vec3(j ? 0.25f : 0, 0, 0);
    guess.skeleton.joints.push_back(joint);
  }
  for (int t = 0; t < 12; ++t) {  // joint 2 swings, 1 keeps still against the root, 3 against 2
    const Mat3 turn = rotation_exp(Vec3(0, 0, 0.6f * std::sin(0.7f * t)));
    std::vector<Mat4> parts(4, Mat4::Identity());
    Pose pose = rest_pose(guess.skeleton);
    pose[2].rotation = Quat(turn);
    for (int j : {2, 3}) {
      parts[j].topLeftCorner<3, 3>() = turn;
      parts[j].topRightCorner<3, 1>() = Vec3(0.5f, 0, 0) - turn * Vec3(0.5f, 0, 0);
    }
    guess.poses.push_back(pose);
    guess.body_from_canonical.push_back(parts);
  }
  const std::vector<Points> before = pose_guess(guess);
  EXPECT_EQ(merge_parts(guess), 2);
  ASSERT_EQ(guess.skeleton.size(), 2);
  EXPECT_EQ(guess.skeleton.joints[1].name, "j2");
  EXPECT_EQ(guess.skeleton.joints[1].parent, 0);
  EXPECT_TRUE(guess.skeleton.joints[1].rest.translation.isApprox(Vec3(0.5f, 0, 0)));
  EXPECT_TRUE(guess.weights.rowwise().sum().isOnes());
  const std::vector<Points> after = pose_guess(guess);
  for (std::size_t t = 0; t < before.size(); ++t) {
    EXPECT_TRUE(after[t].isApprox(before[t], 1e-5f));
    EXPECT_TRUE(guess.poses[t][1].rotation.toRotationMatrix().isApprox(guess.body_from_canonical[t][1].topLeftCorner<3, 3>(), 1e-5f));
  }
}

}  // namespace
}  // namespace mp4d
