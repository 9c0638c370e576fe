#include "core/rng.h"
#include "reconstruction/human/body_generator.h"
#include "reconstruction/human/pose_frame.h"
#include "reconstruction/human/pose_library.h"
#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace mp4d::human {
namespace {

/// A stream of random numbers of one (seed, index).
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t index) : seed_(seed), stream_(rng::bits(seed, 0x706f7365, index)) {}

  float uniform(float low = 0, float high = 1) {
    return low + (high - low) * static_cast<float>(rng::uniform(seed_, stream_, count_++));
  }
  float normal(float sigma) { return sigma * static_cast<float>(rng::normal(seed_, stream_, count_++)); }
  std::size_t choose(std::size_t n) { return rng::integer(seed_, stream_, count_++, static_cast<std::uint32_t>(n)); }

 private:
  std::uint64_t seed_, stream_, count_ = 0;
};

/// Angles of a joint against attention, degrees as in rotation_of_degrees; the right side has the mirrored ones.
struct Limits {
  std::string_view joint;
  Vec3 low, high;
};
const Limits kLimits[] = {
    {"left_hip", {-115, -30, -10}, {28, 40, 45}}, {"left_knee", {0, 0, 0}, {130, 0, 0}},
    {"left_ankle", {-20, -12, -8}, {42, 12, 8}},  {"left_foot", {-35, 0, 0}, {10, 0, 0}},
    {"left_collar", {-4, -10, -4}, {4, 10, 18}},  {"left_shoulder", {-150, -70, 4}, {40, 80, 130}},
    {"left_elbow", {-140, -50, 0}, {0, 50, 0}},   {"left_wrist", {-25, -10, -50}, {25, 10, 50}},
    {"left_hand", {0, 0, -30}, {0, 0, 10}},       {"spine1", {-8, -12, -10}, {22, 12, 10}},
    {"spine2", {-8, -12, -10}, {18, 12, 10}},     {"spine3", {-5, -10, -6}, {10, 10, 6}},
    {"neck", {-14, -22, -10}, {16, 22, 10}},      {"head", {-20, -35, -12}, {22, 35, 12}}};

int joint_index(std::string_view name) {
  return static_cast<int>(std::find(kJointNames.begin(), kJointNames.end(), name) - kJointNames.begin());
}

/// Between the limits, denser around the joint's angle at attention (0, or the nearest that is allowed).
float draw_angle(Draws& draws, float low, float high, float vigour) {
  const float quiet = std::clamp(0.0f, low, high);
  const float wild = draws.uniform(low, high);
  return quiet + vigour * (wild - quiet);
}

Pose draw_angles(Draws& draws) {
  Pose pose;
  const float arms = draws.uniform(0.3f, 1), trunk = draws.uniform(0, 0.9f);
  const float legs = draws.uniform() < 0.5f ? draws.uniform(0, 0.35f) : draws.uniform(0.3f, 0.9f);
  for (const Limits& limits : kLimits) {
    const int left = joint_index(limits.joint);
    const bool leg = limits.joint == "left_hip" || limits.joint == "left_knee" || limits.joint == "left_ankle" ||
                     limits.joint == "left_foot";
    const bool midline = kMirroredJoints[left] == left;
    for (const int joint : {left, kMirroredJoints[left]}) {
      Vec3 angles;
      for (int axis = 0; axis < 3; ++axis)
        angles[axis] = draw_angle(draws, limits.low[axis], limits.high[axis], leg ? legs : midline ? trunk : arms);
      if (joint != left) angles.tail<2>() *= -1;
      pose.rotations[joint] = rotation_of_degrees(angles);
      if (midline) break;
    }
  }
  return pose;
}

/// Small turns of every joint; hinges keep to their axis and do not bend backwards.
void add_noise(Draws& draws, Pose& pose) {
  for (int j = 1; j < kJointCount; ++j) {
    const bool hinge = kJointNames[j].ends_with("knee") || kJointNames[j].ends_with("elbow");
    const float x = draws.normal(6), y = draws.normal(5), z = draws.normal(5);
    const float bend = kJointNames[j].ends_with("knee") ? std::abs(x) : -std::abs(x);
    pose.rotations[j] =
        (pose.rotations[j] * rotation_of_degrees(hinge ? Vec3(bend, 0, 0) : Vec3(x, y, z))).normalized();
  }
}

Pose between(const Pose& a, const Pose& b, float t) {
  Pose pose;
  for (int j = 0; j < kJointCount; ++j) pose.rotations[j] = a.rotations[j].slerp(t, b.rotations[j]);
  return pose;
}

/// Shortest distance between segments a0-a1 and b0-b1, sampled finely enough for limbs.
float segment_distance(const Vec3& a0, const Vec3& a1, const Vec3& b0, const Vec3& b1) {
  constexpr int kSteps = 8;
  float nearest = std::numeric_limits<float>::infinity();
  const Vec3 b = b1 - b0;
  for (int i = 0; i <= kSteps; ++i) {
    const Vec3 p = a0 + (a1 - a0) * (static_cast<float>(i) / kSteps);
    const float along = std::clamp((p - b0).dot(b) / b.squaredNorm(), 0.0f, 1.0f);
    nearest = std::min(nearest, (b0 + along * b - p).norm());
  }
  return nearest;
}

/// Whether a limb of an average adult runs deep into another part.
bool limbs_collide(const Joints& joints) {
  struct Pair {
    std::string_view a0, a1, b0, b1;
    float apart;  // metres
  };
  static constexpr Pair kPairs[] = {{"left_elbow", "left_hand", "pelvis", "spine3", 0.12f},
                                    {"right_elbow", "right_hand", "pelvis", "spine3", 0.12f},
                                    {"left_elbow", "left_hand", "neck", "head", 0.11f},
                                    {"right_elbow", "right_hand", "neck", "head", 0.11f},
                                    {"left_elbow", "left_hand", "right_elbow", "right_hand", 0.05f},
                                    {"left_elbow", "left_hand", "left_hip", "left_knee", 0.08f},
                                    {"right_elbow", "right_hand", "right_hip", "right_knee", 0.08f},
                                    {"left_elbow", "left_hand", "right_hip", "right_knee", 0.08f},
                                    {"right_elbow", "right_hand", "left_hip", "left_knee", 0.08f},
                                    {"left_knee", "left_foot", "right_knee", "right_foot", 0.08f},
                                    {"left_knee", "left_ankle", "right_hip", "right_knee", 0.09f},
                                    {"right_knee", "right_ankle", "left_hip", "left_knee", 0.09f},
                                    {"left_knee", "left_ankle", "pelvis", "spine2", 0.14f},
                                    {"right_knee", "right_ankle", "pelvis", "spine2", 0.14f}};
  const auto at = [&](std::string_view name) { return Vec3(joints.row(joint_index(name)).transpose()); };
  return std::any_of(std::begin(kPairs), std::end(kPairs), [&](const Pair& pair) {
    return segment_distance(at(pair.a0), at(pair.a1), at(pair.b0), at(pair.b1)) < pair.apart;
  });
}

Pose draw_pose(Draws& draws, const std::vector<NamedPose>& library) {
  const auto named = [&] {
    const Pose& pose = library[draws.choose(library.size())].at_attention;
    return draws.uniform() < 0.5f ? mirrored(pose) : pose;
  };
  const float kind = draws.uniform();
  if (kind < 0.4f) {
    Pose pose = draw_angles(draws);
    pose.rotations[0] = rotation_of_degrees({draws.normal(8), 0, draws.normal(6)});
    return pose;
  }
  Pose pose = named();
  if (kind < 0.6f) pose = between(pose, named(), draws.uniform(0.2f, 0.8f));
  add_noise(draws, pose);
  return pose;
}

}  // namespace

Pose random_pose(std::uint64_t seed, std::uint64_t index) {
  const auto& library = pose_library();
  if (!library) throw std::runtime_error(library.error().message);
  Draws draws(seed, index);
  constexpr int kTries = 12;
  Pose pose;
  for (int i = 0; i < kTries; ++i) {
    pose = pose_from_attention(draw_pose(draws, *library));
    if (!limbs_collide(posed_joints(average_rest_joints(), pose))) break;
  }
  const float yaw = draws.uniform() < 0.5f ? draws.uniform(-180, 180) : draws.normal(25);
  pose.rotations[0] = (rotation_of_degrees({0, yaw, 0}) * rotation_of_degrees({draws.normal(4), 0, draws.normal(4)}) *
                       pose.rotations[0])
                          .normalized();
  return pose;
}

}  // namespace mp4d::human
