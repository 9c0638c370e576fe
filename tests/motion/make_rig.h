#pragma once
#include "motion/kinematics.h"
#include <fmt/format.h>
#include <cmath>
#include <numbers>

namespace mp4d::test {

constexpr float kPi = std::numbers::pi_v<float>;

inline Quat turn(const Vec3& axis, float degrees) {
  return Quat(Eigen::AngleAxisf(degrees * kPi / 180.0f, axis.normalized()));
}

inline float angle_deg(const Quat& a, const Quat& b) { return a.angularDistance(b) * 180.0f / kPi; }

/// A tube along +y of `joints` bones of `bone_length`, elliptic cross-section so that twist shows in the
/// shape, linear weights around the joints.
inline RiggedModel make_chain(int joints, float bone_length = 0.25f, int rings_per_bone = 16, int sides = 24,
                              float blend = 0.3f) {
  RiggedModel model;
  for (int j = 0; j < joints; ++j) {
    Joint joint{fmt::format("joint{}", j), j - 1, {}};
    if (j > 0) joint.rest.translation = Vec3(0, bone_length, 0);
    model.skeleton.joints.push_back(joint);
  }
  const int rings = joints * rings_per_bone + 1;
  model.mesh.verts.resize(rings * sides, 3);
  Eigen::MatrixXf dense = Eigen::MatrixXf::Zero(rings * sides, joints);
  for (int r = 0; r < rings; ++r) {
    const float y = joints * bone_length * r / (rings - 1);
    const float along = y / bone_length;
    for (int s = 0; s < sides; ++s) {
      const float a = 2 * kPi * s / sides;
      const int v = r * sides + s;
      model.mesh.verts.row(v) = Vec3(0.35f * bone_length * std::cos(a), y, 0.2f * bone_length * std::sin(a));
      const int own = std::min(static_cast<int>(along), joints - 1);
      const float into = along - own;  // 0..1 within the bone
      float mine = 1;
      if (into < blend && own > 0) dense(v, own - 1) = 0.5f * (1 - into / blend), mine -= dense(v, own - 1);
      if (into > 1 - blend && own + 1 < joints)
        dense(v, own + 1) = 0.5f * (1 - (1 - into) / blend), mine -= dense(v, own + 1);
      dense(v, own) = mine;
    }
  }
  model.mesh.faces.resize((rings - 1) * sides * 2, 3);
  int f = 0;
  for (int r = 0; r + 1 < rings; ++r)
    for (int s = 0; s < sides; ++s) {
      const int a = r * sides + s, b = r * sides + (s + 1) % sides, c = a + sides, d = b + sides;
      model.mesh.faces.row(f++) << a, c, b;
      model.mesh.faces.row(f++) << b, c, d;
    }
  set_weights(model.skin, dense);
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  return model;
}

}  // namespace mp4d::test
