#include "motion/reference_retarget.h"
#include "motion/kinematics.h"
#include "motion/source_motion.h"
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

/// Weighted centres of the joints' vertices; a joint without any keeps its own place.
std::vector<Vec3> part_centres(const RiggedModel& model, const Points& verts, const std::vector<Mat4>& world) {
  const std::size_t count = world.size();
  std::vector<Vec3> sum(count, Vec3::Zero());
  std::vector<float> weight(count, 0);
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v)
    for (int k = 0; k < 4; ++k)
      if (const float w = model.skin.weights(v, k); w > 0) {
        sum[model.skin.joints(v, k)] += w * verts.row(v).transpose();
        weight[model.skin.joints(v, k)] += w;
      }
  for (std::size_t j = 0; j < count; ++j)
    sum[j] = weight[j] > 0 ? Vec3(sum[j] / weight[j]) : Vec3(world[j].topRightCorner<3, 1>());
  return sum;
}

/// For every joint of the target's paired chains, the source's joint at the same fraction of the chain.
std::vector<int> partners(const Anatomy& source, const Anatomy& target, const ChainMap& map) {
  std::vector<int> partner(target.carrier.size(), -1);
  for (const ChainPair& pair : map.pairs) {
    const std::vector<int>&s = source.chains[pair.source].joints, &t = target.chains[pair.target].joints;
    for (std::size_t k = 0; k < t.size(); ++k)
      partner[t[k]] =
          s[t.size() == 1 ? 0
                          : std::lround(static_cast<double>(k * (s.size() - 1)) / static_cast<double>(t.size() - 1))];
  }
  return partner;
}

}  // namespace

Result<Clip> retarget_reference(const RiggedModel& source, const Anatomy& source_body, const Clip& clip,
                                const RiggedModel& target, const Anatomy& target_body, const ChainMap& map) {
  MP4D_TRY(motion, read_motion(source, source_body, clip));
  const std::vector<int> partner = partners(source_body, target_body, map);
  const std::vector<Vec3> rest = part_centres(target, target.mesh.verts, target_body.reference);
  const Mat3 turned = target_body.world_from_body * source_body.world_from_body.transpose();  // both face the same way
  const auto parent_of = [](const Anatomy& body, int joint) {
    const int c = body.carrier[joint];
    return c >= 0 && body.body[c] ? c : -1;
  };
  Clip result{clip.name, motion.times, {}};
  const std::size_t count = target.skeleton.joints.size();
  Vec3 first = Vec3::Zero();
  for (const double time : motion.times) {
    const Pose pose = sample_clip(clip, time);
    const std::vector<Mat4> world = forward_kinematics(source.skeleton, pose);
    const Points verts = source.mesh.verts.rows() > 0 ? skin_linear(source.mesh.verts, source.skin, world) : Points();
    const std::vector<Vec3> now = part_centres(source, verts, world);
    const Vec3 root = now[source_body.pelvis];
    if (result.poses.empty()) first = root;
    std::vector<Vec3> place = rest;
    std::vector<Mat4> posed = target_body.reference;
    for (const int j : target_body.order) {
      const int parent = parent_of(target_body, j);
      if (!target_body.body[j] || parent < 0) continue;
      const Vec3 bone = rest[j] - rest[parent];
      Vec3 direction = bone;
      const int s = partner[j], above = s >= 0 ? parent_of(source_body, s) : -1;
      if (above >= 0) direction = turned * (now[s] - now[above]);
      if (direction.squaredNorm() > 0) direction *= bone.norm() / direction.norm();
      place[j] = place[parent] + direction;
      const Quat turn = bone.squaredNorm() > 0 && direction.squaredNorm() > 0 ? Quat::FromTwoVectors(bone, direction)
                                                                              : Quat::Identity();
      posed[j].topLeftCorner<3, 3>() = turn.toRotationMatrix() * target_body.reference[j].topLeftCorner<3, 3>();
      posed[j].topRightCorner<3, 1>() = place[parent] + turn * (target_body.position(j) - rest[parent]);
    }
    for (std::size_t j = 0; j < count; ++j)
      if (target_body.body[j]) posed[j].topRightCorner<3, 1>() += turned * (root - first);
    result.poses.push_back(pose_from_world(target.skeleton, posed));
  }
  keep_rotations_close(result);
  return result;
}

}  // namespace mp4d
