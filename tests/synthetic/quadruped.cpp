#include "tests/synthetic/capsule_body.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/walk.h"
#include <array>
#include <cmath>

namespace mp4d {
namespace {

const Vec3 kCoat(0.86f, 0.47f, 0.16f), kSaddle(0.42f, 0.20f, 0.10f), kCream(0.97f, 0.91f, 0.78f), kSock(0.20f, 0.15f, 0.15f),
    kTeal(0.16f, 0.52f, 0.55f);

struct Leg {
  int upper, lower, foot;
  Vec3 toe;
  float phase;
};

Quat rotation(float pitch, float yaw, float roll) {
  return Quat(Eigen::AngleAxisf(yaw, Vec3::UnitY()) * Eigen::AngleAxisf(pitch, Vec3::UnitX()) *
              Eigen::AngleAxisf(roll, Vec3::UnitZ()));
}

}  // namespace

RiggedModel make_quadruped(int resolution) {
  CapsuleBody body("quadruped");
  const Vec3 snout(0, 0.715f, 0.60f), tail_tip(0, 0.50f, -0.80f);
  const int hips = body.joint("hips", -1, {0, 0.50f, -0.20f});
  const int spine = body.joint("spine", hips, {0, 0.515f, -0.04f});
  const int chest = body.joint("chest", spine, {0, 0.51f, 0.13f});
  const int neck = body.joint("neck", chest, {0, 0.58f, 0.26f});
  const int head = body.joint("head", neck, {0, 0.745f, 0.38f});
  const int tail1 = body.joint("tail1", hips, {0, 0.53f, -0.29f});
  const int tail2 = body.joint("tail2", tail1, {0, 0.51f, -0.44f});
  const int tail3 = body.joint("tail3", tail2, {0, 0.48f, -0.60f});

  body.capsule(hips, {0, 0.49f, -0.21f}, body.position(spine), 0.118f, 0.118f);
  body.capsule(spine, body.position(spine), body.position(chest), 0.118f, 0.135f);
  body.capsule(chest, body.position(chest), {0, 0.55f, 0.22f}, 0.138f, 0.105f);
  body.capsule(neck, body.position(neck), body.position(head), 0.090f, 0.075f);
  body.capsule(head, {0, 0.755f, 0.395f}, {0, 0.745f, 0.43f}, 0.100f, 0.085f);
  body.capsule(head, {0, 0.735f, 0.44f}, snout, 0.062f, 0.026f);
  body.capsule(tail1, body.position(tail1), body.position(tail2), 0.042f, 0.060f);
  body.capsule(tail2, body.position(tail2), body.position(tail3), 0.060f, 0.072f);
  body.capsule(tail3, body.position(tail3), tail_tip, 0.072f, 0.020f);

  std::array<int, 2> ears{};
  std::vector<Leg> legs;
  for (const float side : {1.0f, -1.0f}) {
    const std::string suffix = side > 0 ? ".L" : ".R";
    const int ear = ears[side < 0] = body.joint("ear" + suffix, head, {side * 0.055f, 0.825f, 0.37f});
    body.capsule(ear, body.position(ear), {side * 0.105f, 0.975f, 0.355f}, 0.046f, 0.014f);

    const int arm = body.joint("front_upper" + suffix, chest, {side * 0.080f, 0.46f, 0.17f});
    const int forearm = body.joint("front_lower" + suffix, arm, {side * 0.090f, 0.275f, 0.125f});
    const int hand = body.joint("front_foot" + suffix, forearm, {side * 0.090f, 0.075f, 0.145f});
    const Vec3 fingers(side * 0.090f, 0.030f, 0.215f);
    body.capsule(arm, body.position(arm), body.position(forearm), 0.068f, 0.046f);
    body.capsule(forearm, body.position(forearm), body.position(hand), 0.044f, 0.034f);
    body.capsule(hand, body.position(hand), fingers, 0.035f, 0.030f);
    legs.push_back({arm, forearm, hand, fingers, side > 0 ? 0.25f : 0.75f});

    const int thigh = body.joint("hind_upper" + suffix, hips, {side * 0.078f, 0.465f, -0.215f});
    const int shank = body.joint("hind_lower" + suffix, thigh, {side * 0.095f, 0.290f, -0.150f});
    const int foot = body.joint("hind_foot" + suffix, shank, {side * 0.095f, 0.135f, -0.270f});
    const Vec3 toes(side * 0.095f, 0.030f, -0.185f);
    body.capsule(thigh, body.position(thigh), body.position(shank), 0.088f, 0.054f);
    body.capsule(shank, body.position(shank), body.position(foot), 0.050f, 0.032f);
    body.capsule(foot, body.position(foot), toes, 0.034f, 0.031f);
    legs.push_back({thigh, shank, foot, toes, side > 0 ? 0.0f : 0.5f});
  }

  RiggedModel model = body.build(resolution, 0.035f, [&](const Vec3& p, const Vec3& n, int joint) -> Vec3 {
    if (joint == head) {
      if ((p - snout).norm() < 0.038f) return kSock;  // nose
      if ((Vec3(std::abs(p.x()), p.y(), p.z()) - Vec3(0.068f, 0.785f, 0.462f)).norm() < 0.026f) return kSock;  // eyes
      return p.y() < 0.735f ? kCream : kCoat;
    }
    if (joint == ears[0] || joint == ears[1]) return p.y() > 0.925f ? kSock : n.z() > 0.3f ? kCream : kCoat;
    if (joint == tail3 && p.z() < -0.68f) return kCream;
    if (p.y() < 0.19f) return p.y() < 0.085f ? kTeal : kSock;
    if (joint == neck && p.z() > 0.33f && p.y() < 0.68f) return kCream;
    if (n.y() < -0.45f && p.y() > 0.33f) return kCream;
    // A different saddle pattern on either side: the reconstruction must not be helped by a mirror.
    return value_noise(p, 0.075f, 7) > 0.60f && p.y() > 0.38f ? kSaddle : kCoat;
  });

  constexpr float kCycle = 1.0f, kDuty = 0.62f, kStride = 0.27f;
  constexpr float kSpeed = kStride / (kDuty * kCycle);
  Clip walk{"walk", {}, {}};
  for (int f = 0; f <= 48; ++f) {
    const float t = float(f) / 24.0f, w = 2 * float(M_PI) * t / kCycle;
    PoseBuilder pose(model.skeleton);
    pose.translate_root({0.010f * std::sin(w), -0.008f + 0.010f * std::cos(2 * w + 0.6f), kSpeed * t});
    pose.turn(hips, rotation(0.02f * std::sin(2 * w), 0.06f * std::sin(w), 0.04f * std::cos(w)));
    pose.turn(spine, rotation(0, -0.05f * std::sin(w), -0.03f * std::cos(w)));
    pose.turn(chest, rotation(0.02f * std::cos(2 * w), -0.05f * std::sin(w + 0.5f), -0.03f * std::cos(w)));
    pose.turn(neck, rotation(0.05f * std::sin(2 * w + 1.0f), 0.08f * std::sin(0.5f * w), 0));
    pose.turn(head, rotation(-0.05f * std::sin(2 * w + 1.0f), 0.16f * std::sin(0.5f * w + 0.3f), 0.05f * std::sin(w)));
    for (int k = 0; k < 2; ++k)
      pose.turn(ears[k], rotation(0.10f * std::sin(2 * w + 2.0f + float(k)), 0, 0.05f * std::sin(2 * w + 1.0f)));
    pose.turn(tail1, rotation(0.12f + 0.05f * std::sin(2 * w), 0.16f * std::sin(w), 0));
    pose.turn(tail2, rotation(0.05f * std::sin(2 * w - 0.8f), 0.20f * std::sin(w - 0.9f), 0));
    pose.turn(tail3, rotation(-0.15f, 0.22f * std::sin(w - 1.8f), 0));
    for (const Leg& leg : legs) {
      const FootStep step = foot_step(t / kCycle - leg.phase, kDuty, kStride, 0.075f, 0.75f);
      pose.place_leg(leg.upper, leg.lower, leg.foot, leg.toe,
                     leg.toe + Vec3(0, step.lift, step.forward + kSpeed * t), step.pitch);
    }
    walk.times.push_back(f / 24.0);
    walk.poses.push_back(pose.pose());
  }
  model.clips.push_back(std::move(walk));
  return model;
}

}  // namespace mp4d
