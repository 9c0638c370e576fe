// Clips cut, resampled, closed into cycles, moved to another skeleton.
#include "make_rig.h"
#include "motion/clip_edit.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

constexpr double kPeriod = 0.8;

/// A chain that swings and travels: `cycles` of kPeriod seconds, at 30 keys a second, each a little different.
RiggedModel swinging(double cycles, float drift_deg = 0) {
  RiggedModel model = make_chain(4);
  Clip clip{"swing", {}, {}};
  const int frames = static_cast<int>(std::lround(cycles * kPeriod * 30));
  for (int i = 0; i <= frames; ++i) {
    const double t = i / 30.0;
    const auto phase = static_cast<float>(2 * kPi * t / kPeriod);
    Pose pose = rest_pose(model.skeleton);
    pose[0].translation = Vec3(0, 0.05f * std::sin(2 * phase), static_cast<float>(t));
    for (int j = 1; j < 4; ++j)
      pose[j].rotation =
          turn(Vec3(1, 0, 0), 30 * std::sin(phase + static_cast<float>(j)) + drift_deg * static_cast<float>(t)) *
          turn(Vec3(0, 0, 1), 15 * std::cos(phase));
    clip.times.push_back(t);
    clip.poses.push_back(pose);
  }
  model.clips = {clip};
  return model;
}

TEST(ClipEdit, ResamplingKeepsTheExactEnd) {
  Clip clip = swinging(1).clips[0];
  const Clip coarse = resample_clip(clip, 9);
  ASSERT_EQ(coarse.times.size(), 9u);  // 0 to 7 ninths of a second, and 0.8 s
  EXPECT_EQ(coarse.times[4], 4 / 9.0);
  EXPECT_EQ(coarse.times.back(), clip.times.back());
  const Pose there = sample_clip(clip, 4 / 9.0);
  EXPECT_LT(angle_deg(there[2].rotation, coarse.poses[4][2].rotation), 1e-3f);
  clip.times.resize(1);
  clip.poses.resize(1);
  EXPECT_EQ(resample_clip(clip, 30).times.size(), 1u);
}

TEST(ClipEdit, TrimmingHasKeysAtBothCuts) {
  const Clip clip = swinging(1).clips[0];
  const auto part = trim_clip(clip, 0.11, 0.52);
  ASSERT_TRUE(part) << part.error().message;
  EXPECT_EQ(part->times.front(), 0);
  EXPECT_NEAR(part->times.back(), 0.41, 1e-12);
  EXPECT_LT(angle_deg(part->poses.front()[1].rotation, sample_clip(clip, 0.11)[1].rotation), 1e-3f);
  EXPECT_LT(angle_deg(part->poses.back()[1].rotation, sample_clip(clip, 0.52)[1].rotation), 1e-3f);
  EXPECT_LT(angle_deg(sample_clip(*part, 0.2)[1].rotation, sample_clip(clip, 0.31)[1].rotation), 1e-2f);
  EXPECT_NEAR(trim_clip(clip, 0.5, -1)->times.back(), 0.3, 1e-9);
  EXPECT_EQ(trim_clip(clip, 2, 3).error().code, ErrorCode::kUsage);
}

TEST(ClipEdit, ALoopIsOnePeriodAndCloses) {
  for (const float drift : {0.0f, 6.0f}) {
    const RiggedModel model = swinging(3.3, drift);
    Loop found;
    const auto loop = loop_clip(model.skeleton, model.clips[0], {}, &found);
    ASSERT_TRUE(loop) << loop.error().message;
    EXPECT_NEAR(found.end - found.start, kPeriod, 0.051) << drift;
    EXPECT_NEAR(found.travel, found.end - found.start, 0.01);  // it goes 1 m/s
    const Pose &first = loop->poses.front(), &last = loop->poses.back();
    for (int j = 1; j < 4; ++j) EXPECT_LT(angle_deg(first[j].rotation, last[j].rotation), 0.01f);
    EXPECT_NEAR(last[0].translation.z() - first[0].translation.z(), found.travel, 1e-4);
    EXPECT_NEAR(last[0].translation.y(), first[0].translation.y(), 1e-5);
    // No jerk at the seam: the step over it is like the steps beside it.
    const std::size_t n = loop->poses.size();
    const float before = angle_deg(loop->poses[n - 2][1].rotation, last[1].rotation);
    const float after = angle_deg(first[1].rotation, loop->poses[1][1].rotation);
    EXPECT_NEAR(before, after, 2.5f) << drift;
  }
  const RiggedModel model = swinging(2.5);
  LoopOptions options;
  options.in_place = true;
  const auto loop = loop_clip(model.skeleton, model.clips[0], options);
  ASSERT_TRUE(loop);
  for (const Pose& pose : loop->poses) EXPECT_NEAR(pose[0].translation.z(), loop->poses[0][0].translation.z(), 0.01f);
}

TEST(ClipEdit, ASwingingRootHasNotTravelled) {
  RiggedModel model = swinging(1);
  Clip& clip = model.clips[0];
  clip.times.resize(clip.times.size() - 1);  // as clips made for games: the last frame is not the first again
  clip.poses.resize(clip.times.size());
  for (std::size_t i = 0; i < clip.times.size(); ++i)
    clip.poses[i][0].translation.z() = 0.2f * std::sin(static_cast<float>(2 * kPi * clip.times[i] / kPeriod));
  LoopOptions options;
  options.shortest = 0.6;
  Loop found;
  const auto loop = loop_clip(model.skeleton, clip, options, &found);
  ASSERT_TRUE(loop) << loop.error().message;
  EXPECT_EQ(found.travel, 0);
  EXPECT_LT((loop->poses.front()[0].translation - loop->poses.back()[0].translation).norm(), 1e-5f);
}

TEST(ClipEdit, WhatHasNoCycleIsRefused) {
  RiggedModel model = swinging(0.2);
  EXPECT_NE(loop_clip(model.skeleton, model.clips[0], {}).error().message.find("too short"), std::string::npos);
  model = swinging(2);
  for (Pose& pose : model.clips[0].poses) pose = rest_pose(model.skeleton);
  EXPECT_NE(loop_clip(model.skeleton, model.clips[0], {}).error().message.find("do not turn"), std::string::npos);
}

TEST(ClipEdit, ClipsMoveBetweenEqualSkeletonsOnly) {
  const RiggedModel model = swinging(1);
  Skeleton other = model.skeleton;
  Joint extra{"extra", 3, {}};
  other.joints.push_back(extra);
  const auto moved = move_clip(model.clips[0], model.skeleton, other);
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->poses[5].size(), 5u);
  EXPECT_EQ(moved->poses[5][2].rotation.coeffs(), model.clips[0].poses[5][2].rotation.coeffs());
  Skeleton fewer = model.skeleton;
  fewer.joints.pop_back();
  EXPECT_NE(move_clip(model.clips[0], model.skeleton, fewer).error().message.find("joint3"), std::string::npos);
  other.joints[1].rest.translation.y() += 0.1f;
  EXPECT_NE(move_clip(model.clips[0], model.skeleton, other).error().message.find("rests elsewhere"),
            std::string::npos);
}

/// Joint positions of all frames, one row a joint and frame, by the names of `names`' joints.
std::vector<Vec3> positions(const Skeleton& skeleton, const Clip& clip, const Skeleton& names) {
  std::vector<Vec3> all;
  for (const Pose& pose : clip.poses) {
    const auto world = forward_kinematics(skeleton, pose);
    for (const Joint& joint : names.joints) all.push_back(world[skeleton.find(joint.name)].topRightCorner<3, 1>());
  }
  return all;
}

TEST(ClipEdit, ClipsMoveBetweenWhatFormatsMakeOfASkeleton) {
  // The joints turned, below a root of scale 100, as Blender's exporters leave them.
  const RiggedModel model = swinging(1);
  Skeleton to = model.skeleton;
  to.joints[0].rest.rotation = turn(Vec3(1, 0, 0), -90);
  to.joints[0].rest.scale = Vec3::Constant(100);
  for (int j = 1; j < to.size(); ++j) {
    to.joints[j].name = "bone." + to.joints[j].name;
    to.joints[j].rest.translation = Vec3(0, 0, 0.0025f);
  }
  Clip clip = model.clips[0];
  for (Pose& pose : clip.poses) {
    pose[0].rotation = to.joints[0].rest.rotation * turn(Vec3(0, 1, 0), 20);
    pose[0].scale = to.joints[0].rest.scale;
    for (int j = 1; j < to.size(); ++j) pose[j].translation = to.joints[j].rest.translation;
  }
  const std::vector<Vec3> expected = positions(to, clip, to);

  // A file that folds the scale into the lengths, is in centimetres and writes names as identifiers.
  Skeleton folded = to;
  Clip folded_clip = clip;
  const auto fold = [&](Transform& local, bool root) {
    if (root) local.scale.setOnes();
    local.translation *= root ? 100.0f : 10000.0f;
  };
  for (int j = 0; j < to.size(); ++j) {
    std::replace(folded.joints[j].name.begin(), folded.joints[j].name.end(), '.', '_');
    fold(folded.joints[j].rest, j == 0);
    for (Pose& pose : folded_clip.poses) fold(pose[j], j == 0);
  }
  auto moved = move_clip(folded_clip, folded, to);
  ASSERT_TRUE(moved) << moved.error().message;
  std::vector<Vec3> found = positions(to, *moved, to);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_LT((found[i] - expected[i]).norm(), 1e-4f);

  // One whose joints rest in the world's axes, the root at the origin, flat below it but where it was in the world.
  Skeleton flat = to;
  const auto rest = forward_kinematics(to, rest_pose(to));
  Clip flat_clip{"flat", clip.times, {}};
  for (int j = 0; j < to.size(); ++j) {
    flat.joints[j].rest = {};
    flat.joints[j].rest.translation = (rest[j] - rest[0]).topRightCorner<3, 1>();
    flat.joints[j].parent = j == 0 ? -1 : 0;
  }
  for (const Pose& pose : clip.poses) {
    const auto world = forward_kinematics(to, pose);
    std::vector<Mat4> turned;
    for (int j = 0; j < to.size(); ++j) {
      Mat4 unturned = rest[j];
      unturned.topRightCorner<3, 1>().setZero();
      turned.push_back(world[j] * unturned.inverse());
    }
    flat_clip.poses.push_back(pose_from_world(flat, turned));
  }
  moved = move_clip(flat_clip, flat, to);
  ASSERT_TRUE(moved) << moved.error().message;
  found = positions(to, *moved, to);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_LT((found[i] - expected[i]).norm(), 1e-4f);
  EXPECT_LT(angle_deg(moved->poses[7][2].rotation, clip.poses[7][2].rotation), 0.1f);
}

TEST(ClipEdit, WhatKeepsAClipFromMovingIsNamed) {
  const RiggedModel model = swinging(1);
  const auto error = [&](const Skeleton& to) {
    const auto moved = move_clip(model.clips[0], model.skeleton, to);
    return moved ? std::string() : moved.error().message;
  };
  Skeleton other = model.skeleton;
  other.joints[2].rest.rotation = turn(Vec3(0, 1, 0), 90);
  EXPECT_EQ(error(other), "") << "joints that rest in the world's axes say nothing about their own";
  Skeleton turned = other;
  turned.joints[1].rest.rotation = turn(Vec3(0, 1, 0), 5);
  const auto moved = move_clip(model.clips[0], turned, other);
  ASSERT_FALSE(moved);
  EXPECT_NE(moved.error().message.find("'joint1' rests elsewhere in the other skeleton: turned by 5 degrees"),
            std::string::npos)
      << moved.error().message;
  other.joints[3].rest.translation.x() += 0.2f;
  EXPECT_NE(error(other).find("'joint3' rests elsewhere"), std::string::npos) << error(other);
  for (Joint& joint : other.joints) joint.name = "x" + joint.name;
  EXPECT_NE(error(other).find("none of its 4 joints"), std::string::npos) << error(other);
}

}  // namespace
}  // namespace mp4d::test
