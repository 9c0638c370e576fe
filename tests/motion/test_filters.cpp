#include "make_rig.h"
#include "motion/filters.h"
#include <functional>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

Clip one_joint(int frames, double fps, const std::function<float(double)>& degrees) {
  Clip clip;
  for (int t = 0; t < frames; ++t) {
    clip.times.push_back(t / fps);
    Transform pose;
    pose.rotation = turn(Vec3::UnitX(), degrees(t / fps));
    clip.poses.push_back({pose});
  }
  return clip;
}

float amplitude(const Clip& clip) {
  float largest = 0;
  for (std::size_t t = clip.poses.size() / 4; t < 3 * clip.poses.size() / 4; ++t)
    largest = std::max(largest, angle_deg(clip.poses[t][0].rotation, Quat::Identity()));
  return largest;
}

TEST(Filters, CutoffHalvesThePowerAndKeepsThePhase) {
  const auto wave = [](double hz) {
    return one_joint(480, 120, [hz](double s) { return 20 * static_cast<float>(std::sin(2 * kPi * hz * s)); });
  };
  EXPECT_NEAR(amplitude(*smooth_clip(wave(3), 3)) / amplitude(wave(3)), std::sqrt(0.5f), 0.01f);
  EXPECT_GT(amplitude(*smooth_clip(wave(0.3), 3)) / amplitude(wave(0.3)), 0.99f);
  EXPECT_LT(amplitude(*smooth_clip(wave(15), 3)) / amplitude(wave(15)), 0.02f);
  const Clip in = wave(1), out = *smooth_clip(in, 3);
  // Zero crossings stay where they are: no delay.
  EXPECT_LT(angle_deg(out.poses[240][0].rotation, in.poses[240][0].rotation), 0.05f);
}

TEST(Filters, ConstantSpinPassesUnchanged) {
  const Clip spin = one_joint(60, 24, [](double s) { return static_cast<float>(1440 * s); });  // 60 deg a frame
  const Clip out = *smooth_clip(spin, 1);
  for (std::size_t t = 0; t < spin.poses.size(); ++t)
    EXPECT_LT(angle_deg(out.poses[t][0].rotation, spin.poses[t][0].rotation), 0.1f) << t;
  EXPECT_LT(jitter(spin), 0.05);
}

TEST(Filters, JitterOfAKnownAcceleration) {
  // angle = a t^2 / 2
  const Clip clip = one_joint(30, 24, [](double s) { return static_cast<float>(0.5 * 90 * s * s); });
  EXPECT_NEAR(jitter(clip), 90 * kPi / 180, 0.02);
}

TEST(Filters, RefusesACutoffOfZero) {
  const auto out = smooth_clip(one_joint(3, 24, [](double) { return 0.0f; }), 0);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace mp4d::test
