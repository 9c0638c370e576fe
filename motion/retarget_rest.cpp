#include "motion/kinematics.h"
#include "motion/retarget.h"
#include "motion/retarget_limbs.h"
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kEven = 1e-3f;  // relative

bool even(const Mat4& matrix) {
  const Mat3 linear = matrix.topLeftCorner<3, 3>();
  const Mat3 square = linear.transpose() * linear;
  const float scale = square.trace() / 3;
  return (square - scale * Mat3::Identity()).cwiseAbs().maxCoeff() <= kEven * scale && linear.determinant() > 0;
}

}  // namespace

int make_scales_even(RiggedModel& model) {
  Skeleton& skeleton = model.skeleton;
  const int count = skeleton.size();
  if (model.skin.joints.rows() == 0 || static_cast<int>(model.skin.joint_from_mesh.size()) != count) return 0;
  std::vector<Mat4> world = forward_kinematics(skeleton, rest_pose(skeleton));
  std::vector<char> used(count, 0);
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v)
    for (int k = 0; k < 4; ++k)
      if (model.skin.weights(v, k) > 0) used[model.skin.joints(v, k)] = 1;
  int changed = 0;
  for (int j = 0; j < count; ++j) {
    if (!used[j] || !(std::abs(model.skin.joint_from_mesh[j].topLeftCorner<3, 3>().determinant()) > 1e-30f)) continue;
    world[j] = model.skin.joint_from_mesh[j].inverse();
    changed += !even(world[j]);
  }
  for (int j = 0; j < count; ++j) changed += !used[j] && !even(world[j]);
  if (changed == 0) return 0;
  for (int j = 0; j < count; ++j) {
    Mat4 clean = Mat4::Identity();
    const float scale = std::max(1e-12f, std::cbrt(std::abs(world[j].topLeftCorner<3, 3>().determinant())));
    clean.topLeftCorner<3, 3>() = scale * rotation_of(world[j]).toRotationMatrix();
    clean.topRightCorner<3, 1>() = world[j].topRightCorner<3, 1>();
    world[j] = clean;
    model.skin.joint_from_mesh[j] = clean.inverse();
    const int p = skeleton.joints[j].parent;
    const Mat4 local = p < 0 ? clean : Mat4(world[p].inverse() * clean);
    Transform& rest = skeleton.joints[j].rest;
    rest.translation = local.topRightCorner<3, 1>();
    rest.rotation = rotation_of(local);
    rest.scale = Vec3::Constant(std::cbrt(std::abs(local.topLeftCorner<3, 3>().determinant())));
  }
  model.clips.clear();
  return changed;
}

Pose aligned_rest(const RiggedModel& source, const Anatomy& source_body, const RiggedModel& target,
                  const Anatomy& target_body, const ChainMap& map) {
  using namespace retargeting;
  const std::size_t count = target.skeleton.joints.size();
  std::vector<Quat> turn(count, Quat::Identity());
  std::vector<char> set(count, 0);
  for (const ChainPair& pair : map.pairs) {
    const Alignment align = align_pair(source, source_body, target, target_body, pair);
    const Chain& chain = target_body.chains[pair.target];
    for (std::size_t k = 0; k < chain.joints.size(); ++k)
      turn[chain.joints[k]] = align.target[k], set[chain.joints[k]] = 1;
  }
  const Quat world(target_body.world_from_body);
  std::vector<Mat4> place = target_body.reference;
  for (const int j : target_body.order) {
    const int c = target_body.carrier[j];
    if (!target_body.body[j] || c < 0 || !target_body.body[c]) continue;
    if (!set[j]) turn[j] = turn[c];
    const Quat carried = world * turn[c] * world.conjugate(), own = world * turn[j] * world.conjugate();
    place[j].topLeftCorner<3, 3>() = own.toRotationMatrix() * target_body.reference[j].topLeftCorner<3, 3>();
    place[j].topRightCorner<3, 1>() =
        place[c].topRightCorner<3, 1>() + carried * (target_body.position(j) - target_body.position(c));
  }
  return pose_from_world(target.skeleton, place);
}

}  // namespace mp4d
