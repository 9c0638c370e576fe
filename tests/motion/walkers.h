#pragma once
#include "bodies.h"
#include "motion/kinematics.h"
#include "motion/limb_ik.h"
#include <numbers>

namespace mp4d::testing {

/// A body of capsules with every vertex bound to the joint whose capsule it lies nearest to.
inline RiggedModel skinned(const Body& body, int resolution = 40) {
  RiggedModel model;
  model.name = "body";
  model.mesh = body.mesh(resolution);
  model.skeleton = body.skeleton;
  std::vector<int> joint_of_capsule;
  for (const Joint& joint : body.skeleton.joints)
    if (joint.parent >= 0) joint_of_capsule.push_back(joint.parent);
  model.skin.joints.setZero(model.mesh.verts.rows(), 4);
  model.skin.weights.setZero(model.mesh.verts.rows(), 4);
  for (Eigen::Index v = 0; v < model.mesh.verts.rows(); ++v) {
    float least = 1e9f;
    for (std::size_t c = 0; c < body.capsules.size(); ++c)
      if (const float d = distance_to(body.capsules[c], model.mesh.verts.row(v)); d < least) {
        least = d;
        model.skin.joints(v, 0) = joint_of_capsule[c];
      }
    model.skin.weights(v, 0) = 1;
  }
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  return model;
}

/// Turns of the joints that come and go smoothly, different for each.
inline Clip wriggle(const Skeleton& skeleton, int frames, float degrees) {
  Clip clip{"wriggle", {}, {}};
  for (int t = 0; t < frames; ++t) {
    Pose pose = rest_pose(skeleton);
    for (int j = 0; j < skeleton.size(); ++j) {
      const float phase = 0.7f * static_cast<float>(j) + 0.3f * static_cast<float>(t);
      const Vec3 axis =
          Vec3(std::sin(1.3f * static_cast<float>(j)), std::cos(0.4f * static_cast<float>(j)), 0.5f).normalized();
      pose[j].rotation =
          pose[j].rotation * Quat(Eigen::AngleAxisf(degrees * std::sin(phase) * std::numbers::pi_v<float> / 180, axis));
    }
    pose[0].translation += 0.02f * Vec3(std::sin(0.2f * static_cast<float>(t)), std::cos(0.3f * static_cast<float>(t)),
                                        0.1f * static_cast<float>(t));
    clip.times.push_back(t / 30.0);
    clip.poses.push_back(std::move(pose));
  }
  return clip;
}

/// Hips sway and sink while all feet stay where they are. `legs`: the joints of each leg down to the foot.
inline Clip sway(const RiggedModel& model, const std::vector<std::vector<std::string>>& legs, int frames, float by) {
  Clip clip{"sway", {}, {}};
  const Skeleton& skeleton = model.skeleton;
  const auto rest = forward_kinematics(skeleton, rest_pose(skeleton));
  for (int t = 0; t < frames; ++t) {
    Pose pose = rest_pose(skeleton);
    const float phase = 2 * std::numbers::pi_v<float> * static_cast<float>(t) / static_cast<float>(frames);
    pose[0].translation += by * Vec3(std::sin(phase), -0.5f + 0.4f * std::cos(2 * phase), 0.7f * std::sin(2 * phase));
    for (const auto& names : legs) {
      std::vector<int> joints;
      std::vector<Vec3> points;
      for (const std::string& name : names) joints.push_back(skeleton.find(name));
      for (const int j : joints) points.push_back(rest[j].topRightCorner<3, 1>());
      const auto now = forward_kinematics(skeleton, pose);
      const LimbSolver solver(points);
      std::vector<Quat> turn(points.size() - 1, Quat::Identity());
      solver.solve(turn, now[joints[0]].topRightCorner<3, 1>(), points.back());
      for (std::size_t k = 0; k < turn.size(); ++k)
        pose[joints[k]].rotation = k == 0 ? turn[0] : Quat(turn[k - 1].conjugate() * turn[k]);
      pose[joints.back()].rotation = turn.back().conjugate();
    }
    clip.times.push_back(t / 30.0);
    clip.poses.push_back(std::move(pose));
  }
  return clip;
}

inline const std::vector<std::vector<std::string>>& animal_legs() {
  static const std::vector<std::vector<std::string>> legs{{"shoulder_l", "elbow_l", "wrist_l", "front_foot_l"},
                                                          {"shoulder_r", "elbow_r", "wrist_r", "front_foot_r"},
                                                          {"hip_l", "knee_l", "ankle_l", "hind_foot_l"},
                                                          {"hip_r", "knee_r", "ankle_r", "hind_foot_r"}};
  return legs;
}

}  // namespace mp4d::testing
