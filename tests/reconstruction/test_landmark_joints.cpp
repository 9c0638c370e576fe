// From landmarks in a picture to the generator's joints, on landmarks that are the projections of known bodies.
#include "reconstruction/human/landmark_joints.h"
#include "reconstruction/human/pose_frame.h"
#include "reconstruction/human/pose_from_joints.h"
#include "reconstruction/human/pose_library.h"
#include <gtest/gtest.h>

namespace mp4d::human {
namespace {

constexpr int kWidth = 640, kHeight = 480;
constexpr auto kLeftThumb = static_cast<Landmark>(21);

/// What the network would say of a body in a picture: it stands in the middle, 150 pixels to the metre.
PersonLandmarks seen(const Joints& joints) {
  PersonLandmarks person;
  person.score = 1;
  person.visibility.setOnes();
  person.presence.setOnes();
  const Vec3 hips = 0.5f * (joints.row(1) + joints.row(2)).transpose();
  const auto set = [&](Landmark landmark, const Vec3& place) {
    const Vec3 at = (place - hips).cwiseProduct(Vec3(1, -1, -1));
    const int row = static_cast<int>(landmark);
    person.world.row(row) = at.transpose();
    person.picture.row(row) << kWidth / 2 + 150 * at.x(), kHeight / 2 + 150 * at.y(), 150 * at.z();
  };
  const auto at = [&](int j) { return Vec3(joints.row(j).transpose()); };
  const std::pair<Landmark, int> same[] = {{Landmark::kLeftHip, 1},       {Landmark::kLeftKnee, 4},   {Landmark::kLeftAnkle, 7},
                                           {Landmark::kLeftShoulder, 16}, {Landmark::kLeftElbow, 18}, {Landmark::kLeftWrist, 20},
                                           {Landmark::kLeftIndex, 22},    {Landmark::kLeftPinky, 22}, {Landmark::kLeftToes, 10}, {Landmark::kLeftHeel, 7},
                                           {kLeftThumb, 22}};
  for (const auto& [landmark, j] : same)
    for (const int side : {0, 1}) set(static_cast<Landmark>(static_cast<int>(landmark) + side), at(j + side));
  const Vec3 ears = at(12) + 0.17f * Vec3(0, 0.82f, 0.57f);
  set(Landmark::kLeftEar, ears + Vec3(0.07f, 0, 0));
  set(Landmark::kRightEar, ears - Vec3(0.07f, 0, 0));
  return person;
}

/// Largest angle between the limbs of two bodies, degrees.
float limb_error(const Joints& a, const Joints& b) {
  float worst = 0;
  for (const int j : {4, 5, 7, 8, 18, 19, 20, 21}) {
    const int parent = kJointParents[static_cast<std::size_t>(j)];
    const Vec3 bone_a = (a.row(j) - a.row(parent)).transpose(), bone_b = (b.row(j) - b.row(parent)).transpose();
    worst = std::max(worst, std::acos(std::clamp(bone_a.normalized().dot(bone_b.normalized()), -1.0f, 1.0f)) * 57.2958f);
  }
  return worst;
}

TEST(LandmarkJoints, ABodyAtRestComesBackAsItIs) {
  const auto joints = joints_of_landmarks(seen(average_rest_joints()), kWidth, kHeight);
  ASSERT_TRUE(joints) << joints.error().message;
  const Vec3 shift = (average_rest_joints().row(1) - joints->row(1)).transpose();
  EXPECT_LT(((joints->rowwise() + shift.transpose()) - average_rest_joints()).rowwise().norm().maxCoeff(), 0.01f);
}

TEST(LandmarkJoints, EveryPresetIsTakenOverByABodyOfOtherSize) {
  const Joints rest = 0.8f * average_rest_joints();
  const auto& library = pose_library();
  ASSERT_TRUE(library) << library.error().message;
  for (const NamedPose& preset : *library) {
    const Joints posed = posed_joints(average_rest_joints(), pose_from_attention(preset.at_attention));
    const auto joints = joints_of_landmarks(seen(posed), kWidth, kHeight);
    ASSERT_TRUE(joints) << preset.name << ": " << joints.error().message;
    const Joints taken = posed_joints(rest, pose_from_joints(rest, *joints, &average_rest_joints()));
    EXPECT_LT(limb_error(taken, posed), 1.5f) << preset.name;
    EXPECT_NEAR((taken.row(4) - taken.row(1)).norm(), (rest.row(4) - rest.row(1)).norm(), 1e-4f) << preset.name;
  }
}

TEST(LandmarkJoints, ThePictureDecidesAcrossAndTheNetworkInDepth) {
  PersonLandmarks person = seen(average_rest_joints());
  person.picture.row(static_cast<int>(Landmark::kLeftWrist)).head<2>() += Eigen::RowVector2f(15, 0);
  person.world(static_cast<int>(Landmark::kRightWrist), 2) -= 0.1f;
  const auto joints = joints_of_landmarks(person, kWidth, kHeight), before = joints_of_landmarks(seen(average_rest_joints()), kWidth, kHeight);
  ASSERT_TRUE(joints && before);
  EXPECT_NEAR((*joints)(20, 0) - (*before)(20, 0), 0.1f, 0.015f);
  EXPECT_NEAR((*joints)(21, 2) - (*before)(21, 2), 0.1f, 1e-4f);
}

TEST(LandmarkJoints, WhatIsNotSeenIsNamed) {
  const PersonLandmarks whole = seen(average_rest_joints());
  PersonLandmarks person = whole;
  person.score = 0.3f;
  auto refused = joints_of_landmarks(person, kWidth, kHeight);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInput);
  EXPECT_NE(refused.error().message.find("score 0.30"), std::string::npos) << refused.error().message;

  person = whole;
  person.presence[static_cast<int>(Landmark::kRightAnkle)] = 0.2f;
  person.picture(static_cast<int>(Landmark::kLeftKnee), 1) = kHeight + 40;
  refused = joints_of_landmarks(person, kWidth, kHeight);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("outside the picture: left_knee, right_ankle;"), std::string::npos) << refused.error().message;

  person = whole;
  person.visibility[static_cast<int>(Landmark::kLeftElbow)] = 0.2f;
  std::vector<std::string> hidden;
  ASSERT_TRUE(joints_of_landmarks(person, kWidth, kHeight, &hidden));
  EXPECT_EQ(hidden, std::vector<std::string>{"left_elbow"});
}

}  // namespace
}  // namespace mp4d::human
