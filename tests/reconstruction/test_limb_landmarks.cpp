// Landmarks as evidence of the coarse guess: sides that change places, and the energy's share.
#include "core/rng.h"
#include "reconstruction/articulated/medial_evidence.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

/// A figure that walks to the right: left limbs at one height, right ones at another.
LimbLandmarks walker(int t) {
  LimbLandmarks frame;
  for (std::size_t i = 0; i < kLimbLandmarks.size(); ++i) {
    frame.pixel[i] = Vec2(100 + 2.0f * float(t) + (i % 2 ? 30.0f : 0.0f), 20.0f * float(i / 2));
    frame.trust[i] = i % 2 ? 0.9f : 0.8f;
  }
  return frame;
}

LimbLandmarks exchanged(LimbLandmarks frame) {
  for (std::size_t i = 0; i < kLimbLandmarks.size(); i += 2) {
    std::swap(frame.pixel[i], frame.pixel[i + 1]);
    std::swap(frame.trust[i], frame.trust[i + 1]);
  }
  return frame;
}

TEST(LimbLandmarks, SidesThatChangePlacesArePutBack) {
  std::vector<LimbLandmarks> frames(12);
  for (int t = 0; t < 12; t += 2) frames[std::size_t(t)] = walker(t);  // every other frame was looked at
  const std::vector<LimbLandmarks> truth = frames;
  for (const int t : {4, 6}) frames[std::size_t(t)] = exchanged(frames[std::size_t(t)]);
  untangle_sides(frames);
  for (int t = 0; t < 12; ++t)
    for (std::size_t i = 0; i < kLimbLandmarks.size(); ++i) {
      EXPECT_EQ(frames[std::size_t(t)].pixel[i], truth[std::size_t(t)].pixel[i]) << t;
      EXPECT_EQ(frames[std::size_t(t)].trust[i], truth[std::size_t(t)].trust[i]) << t;
    }
}

TEST(LimbLandmarks, EnergyIsLeastWhereTheJointsAreSeenAndItsGradientIsExact) {
  const auto body = load_medial_template("human");
  ASSERT_TRUE(body) << body.error().message;
  std::uint64_t draw = 0;
  const auto uniform = [&](double from, double to) { return float(from + (to - from) * rng::uniform(5, 1, draw++)); };
  std::vector<PixelPool> pools(2);
  for (PixelPool& pool : pools) {
    pool.usable = true;
    for (int i = 0; i < int(kLimbLandmarks.size()); ++i) pool.landmarks.push_back({i, uniform(-0.5, 0.5), uniform(-0.5, 0.5), uniform(0.2, 1)});
  }
  MedialPriors with, without;
  with.landmark = 0.5f;
  without.landmark = 0;
  const MedialEnergy landmarks(*body, pools, 3, 3, with, {}), none(*body, pools, 3, 3, without, {});
  std::vector<float> shape(landmarks.shape_size()), pose(2 * landmarks.pose_size());
  for (float& x : shape) x = uniform(-0.1, 0.1);
  for (float& x : pose) x = uniform(-0.3, 0.3);
  const auto share = [&](std::vector<float>* grad_shape, std::vector<float>* grad_pose) {
    std::vector<float> s(shape.size()), p(pose.size());
    const auto evaluate = [&](const MedialEnergy& energy, std::vector<float>* gs, std::vector<float>* gp) {
      return energy.evaluate({0, 1}, {}, shape.data(), pose.data(), gs ? gs->data() : nullptr, gp ? gp->data() : nullptr);
    };
    const double rest = evaluate(none, grad_shape ? &s : nullptr, grad_pose ? &p : nullptr);
    const double all = evaluate(landmarks, grad_shape, grad_pose);
    for (std::size_t i = 0; grad_shape && i < s.size(); ++i) (*grad_shape)[i] -= s[i];
    for (std::size_t i = 0; grad_pose && i < p.size(); ++i) (*grad_pose)[i] -= p[i];
    return all - rest;
  };
  std::vector<float> grad_shape(shape.size()), grad_pose(pose.size());
  EXPECT_GT(share(&grad_shape, &grad_pose), 0.1);
  const auto check = [&](std::vector<float>& x, const std::vector<float>& gradient) {
    constexpr float kStep = 2e-3f;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float kept = x[i];
      x[i] = kept + kStep;
      const double above = share(nullptr, nullptr);
      x[i] = kept - kStep;
      const double below = share(nullptr, nullptr);
      x[i] = kept;
      EXPECT_NEAR((above - below) / (2 * kStep), gradient[i], 2e-3 + 0.01 * std::abs(gradient[i])) << i;
    }
  };
  check(shape, grad_shape);
  check(pose, grad_pose);
}

}  // namespace
}  // namespace mp4d
