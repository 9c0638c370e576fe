#include "tests/synthetic/capsule_body.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/walk.h"
#include <cmath>

namespace mp4d {
namespace {

const Vec3 kSkin(0.82f, 0.60f, 0.47f), kHair(0.25f, 0.16f, 0.10f), kShirt(0.75f, 0.20f, 0.18f), kStripe(0.92f, 0.88f, 0.80f),
    kTrousers(0.18f, 0.26f, 0.45f), kShoe(0.15f, 0.13f, 0.13f);

struct Limb {
  int upper, lower, end;
  Vec3 tip;
  float side;
};

Quat rotation(float pitch, float yaw, float roll) {
  return Quat(Eigen::AngleAxisf(yaw, Vec3::UnitY()) * Eigen::AngleAxisf(pitch, Vec3::UnitX()) *
              Eigen::AngleAxisf(roll, Vec3::UnitZ()));
}

}  // namespace

RiggedModel make_biped(int resolution) {
  CapsuleBody body("biped");
  const int hips = body.joint("hips", -1, {0, 0.95f, 0});
  const int spine = body.joint("spine", hips, {0, 1.07f, 0});
  const int chest = body.joint("chest", spine, {0, 1.24f, 0});
  const int neck = body.joint("neck", chest, {0, 1.45f, 0});
  const int head = body.joint("head", neck, {0, 1.53f, 0.01f});
  for (const float side : {1.0f, -1.0f}) {
    body.capsule(hips, {side * 0.06f, 0.93f, 0}, {side * 0.05f, 1.07f, 0}, 0.105f, 0.095f);
    body.capsule(spine, {side * 0.05f, 1.07f, 0}, {side * 0.06f, 1.24f, 0}, 0.095f, 0.105f);
    body.capsule(chest, {side * 0.07f, 1.24f, 0}, {side * 0.09f, 1.36f, 0}, 0.105f, 0.085f);
  }
  body.capsule(neck, {0, 1.43f, 0}, body.position(head), 0.052f, 0.050f);
  body.capsule(head, {0, 1.60f, 0.015f}, {0, 1.64f, 0.010f}, 0.090f, 0.100f);
  body.capsule(head, {0, 1.595f, 0.09f}, {0, 1.58f, 0.115f}, 0.022f, 0.014f);

  std::vector<Limb> arms, legs;
  for (const float side : {1.0f, -1.0f}) {
    const std::string suffix = side > 0 ? ".L" : ".R";
    const Vec3 along(side * 0.766f, -0.643f, 0);
    const Vec3 shoulder(side * 0.175f, 1.38f, 0);
    const int clavicle = body.joint("shoulder" + suffix, chest, {side * 0.04f, 1.39f, 0});
    const int arm = body.joint("upper_arm" + suffix, clavicle, shoulder);
    const int forearm = body.joint("forearm" + suffix, arm, shoulder + 0.27f * along);
    const int hand = body.joint("hand" + suffix, forearm, shoulder + 0.51f * along);
    const Vec3 fingers = shoulder + 0.66f * along;
    body.capsule(clavicle, body.position(clavicle), shoulder, 0.060f, 0.062f);
    body.capsule(arm, shoulder, body.position(forearm), 0.058f, 0.044f);
    body.capsule(forearm, body.position(forearm), body.position(hand), 0.044f, 0.032f);
    body.capsule(hand, body.position(hand), fingers, 0.036f, 0.028f);
    arms.push_back({arm, forearm, hand, fingers, side});

    const int thigh = body.joint("thigh" + suffix, hips, {side * 0.095f, 0.90f, 0});
    const int shin = body.joint("shin" + suffix, thigh, {side * 0.105f, 0.49f, 0.025f});
    const int foot = body.joint("foot" + suffix, shin, {side * 0.105f, 0.09f, -0.015f});
    const Vec3 toes(side * 0.115f, 0.035f, 0.15f);
    body.capsule(thigh, body.position(thigh), body.position(shin), 0.090f, 0.058f);
    body.capsule(shin, body.position(shin), body.position(foot), 0.058f, 0.040f);
    body.capsule(foot, body.position(foot), toes, 0.046f, 0.034f);
    body.capsule(foot, body.position(foot), {side * 0.105f, 0.045f, -0.045f}, 0.045f, 0.040f);
    legs.push_back({thigh, shin, foot, toes, side});
  }

  RiggedModel model = body.build(resolution, 0.04f, [&](const Vec3& p, const Vec3& n, int joint) -> Vec3 {
    if (joint == head) return p.y() > 1.66f || n.z() < -0.2f ? kHair : kSkin;
    if (joint == neck || joint == arms[0].end || joint == arms[1].end) return kSkin;
    if (joint == legs[0].end || joint == legs[1].end) return kShoe;
    if (p.y() < 0.98f) return kTrousers;
    const bool spotted = value_noise(p, 0.09f, 11) > 0.6f;
    return spotted ? kStripe : kShirt;
  });

  constexpr float kCycle = 1.1f, kDuty = 0.60f, kStride = 0.62f;
  constexpr float kSpeed = kStride / (kDuty * kCycle);
  Clip walk{"walk", {}, {}};
  for (int f = 0; f <= 48; ++f) {
    const float t = float(f) / 24.0f, w = 2 * float(M_PI) * t / kCycle;
    PoseBuilder pose(model.skeleton);
    pose.translate_root({0.02f * std::sin(w), -0.030f + 0.012f * std::cos(2 * w + 0.6f), kSpeed * t});
    pose.turn(hips, rotation(0.03f, 0.10f * std::sin(w), 0.03f * std::cos(w)));
    pose.turn(spine, rotation(0, -0.10f * std::sin(w), -0.02f * std::cos(w)));
    pose.turn(chest, rotation(0, -0.10f * std::sin(w), 0));
    pose.turn(head, rotation(0.03f * std::sin(2 * w), 0.08f * std::sin(w), 0));
    for (const Limb& arm : arms) {
      const float swing = arm.side * std::sin(w);
      pose.turn(arm.upper, rotation(0.55f * swing, 0, -arm.side * 0.62f));
      pose.turn(arm.lower, Quat(Eigen::AngleAxisf(-arm.side * (0.35f - 0.25f * swing), Vec3::UnitY())));
    }
    for (const Limb& leg : legs) {
      const FootStep step = foot_step(t / kCycle - (leg.side > 0 ? 0.0f : 0.5f), kDuty, kStride, 0.10f, 0.6f);
      pose.place_leg(leg.upper, leg.lower, leg.end, leg.tip,
                     leg.tip + Vec3(0, step.lift, step.forward + kSpeed * t), step.pitch);
    }
    walk.times.push_back(f / 24.0);
    walk.poses.push_back(pose.pose());
  }
  model.clips.push_back(std::move(walk));
  return model;
}

}  // namespace mp4d
