// Clips cut, resampled, closed into cycles, moved to another skeleton.
#include "make_rig.h"
#include "motion/clip_edit.h"
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

}  // namespace
}  // namespace mp4d::test
