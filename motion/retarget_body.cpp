#include "motion/retarget_body.h"
#include "motion/joint_names.h"
#include <algorithm>
#include <cmath>

namespace mp4d::retargeting {

TargetBody::TargetBody(const RiggedModel& source, const Anatomy& source_body, const SourceMotion& motion,
                       const RiggedModel& target, const Anatomy& body, const ChainMap& map)
    : source_(source),
      source_body_(source_body),
      motion_(motion),
      target_(target),
      body_(body),
      world_(Quat(body.world_from_body).normalized()),
      points_(body_points(body)) {
  for (const ChainPair& pair : map.pairs) plans_.push_back(plan_pair(source, source_body, motion, target, body, pair));
  plan_of_joint_.assign(points_.size(), -1);
  for (std::size_t p = 0; p < plans_.size(); ++p)
    for (const int j : chain(plans_[p]).joints) plan_of_joint_[j] = static_cast<int>(p);
  below_pelvis_.assign(points_.size(), 0);
  for (const int j : body_.order)
    below_pelvis_[j] = j == body_.pelvis || (body_.carrier[j] >= 0 && below_pelvis_[body_.carrier[j]]);
  hang_.assign(points_.size(), Quat::Identity());
  for (const int c : map.unmatched) hang_unmatched(body_.chains[c]);
  match_loose();
}

/// Arms stretched out at rest hang down when nothing moves them.
void TargetBody::hang_unmatched(const Chain& arm) {
  if (arm.role != ChainRole::kArm) return;
  const Vec3 span = to_body(body_, arm.tip) - points_[arm.joints.front()];
  const Vec3 down = hanging_arm(target_, body_, arm);
  if (span.squaredNorm() < 1e-18f || span.normalized().dot(down) > 0.8f) return;
  for (const int j : arm.joints) hang_[j] = Quat::FromTwoVectors(span, down);
}

/// Fingers, ears and the like follow those of the same name.
void TargetBody::match_loose() {
  loose_partner_.assign(points_.size(), -1);
  std::vector<std::pair<std::string, int>> names;
  for (int j = 0; j < source_.skeleton.size(); ++j)
    if (source_body_.body[j] && source_body_.chain_of[j] < 0)
      names.emplace_back(plain_joint_name(source_.skeleton.joints[j].name), j);
  for (int j = 0; j < target_.skeleton.size(); ++j) {
    if (!body_.body[j] || body_.chain_of[j] >= 0) continue;
    const std::string name = plain_joint_name(target_.skeleton.joints[j].name);
    for (const auto& [other, s] : names)
      if (other == name) loose_partner_[j] = s;
  }
}

std::vector<std::vector<Quat>> TargetBody::chain_rotations() const {
  const std::size_t frames = motion_.times.size();
  std::vector<std::vector<Quat>> turns(frames, std::vector<Quat>(points_.size(), Quat::Identity()));
  for (std::size_t t = 0; t < frames; ++t)
    for (const PairPlan& plan : plans_)
      chain_turns(plan, source_body_, body_, motion_.turn[t], motion_.heading[t], turns[t]);
  return turns;
}

void TargetBody::place(BodyMotion& motion, std::size_t t, std::vector<Vec3>& places) const {
  std::vector<Quat>& turn = motion.turns[t];
  const Vec3& pelvis = motion.pelvis[t];
  const Quat& pelvis_turn = turn[body_.pelvis];
  for (const int j : body_.order) {
    if (!body_.body[j]) continue;
    const int c = body_.carrier[j];
    const bool hangs = c >= 0 && body_.body[c] && below_pelvis_[j];
    if (plan_of_joint_[j] < 0 && j != body_.pelvis) {
      const Quat carried = hangs ? turn[c] : pelvis_turn;
      if (const int partner = loose_partner_[j]; partner >= 0 && hangs)
        turn[j] = (motion_.turn[t][partner] * neutral_of(c)).normalized();
      else
        turn[j] = body_.chain_of[j] >= 0 && body_.chain_of[j] != chain_or_none(c) ? Quat(carried * hang_[j]) : carried;
    }
    if (j == body_.pelvis)
      places[j] = pelvis;
    else if (hangs)
      places[j] = places[c] + turn[c] * (points_[j] - points_[c]);
    else
      places[j] = pelvis + pelvis_turn * (points_[j] - points_[body_.pelvis]);
  }
}

/// The alignment of the chain a loose joint hangs on.
Quat TargetBody::neutral_of(int carrier) const {
  for (int a = carrier; a >= 0; a = body_.carrier[a])
    if (const int p = plan_of_joint_[a]; p >= 0) {
      const std::vector<int>& joints = chain(plans_[p]).joints;
      return plans_[p]
          .align.target[static_cast<std::size_t>(std::find(joints.begin(), joints.end(), a) - joints.begin())];
    }
  return Quat::Identity();
}

Quat TargetBody::carrier_turn(const std::vector<Quat>& turn, int joint) const {
  for (int a = joint; a >= 0 && body_.body[a]; a = body_.carrier[a])
    if (plan_of_joint_[a] >= 0) return turn[a];
  return turn[body_.pelvis];
}

Pose TargetBody::pose(BodyMotion& motion, std::size_t t) const {
  const std::vector<Joint>& joints = target_.skeleton.joints;
  std::vector<Vec3> places(points_.size()), world_place(joints.size());
  std::vector<Quat> world_turn(joints.size());
  std::vector<float> world_scale(joints.size());
  place(motion, t, places);
  Pose result(joints.size());
  for (std::size_t j = 0; j < joints.size(); ++j) {
    const int p = joints[j].parent;
    const Quat parent_turn = p < 0 ? Quat::Identity() : world_turn[p];
    const Vec3 parent_place = p < 0 ? Vec3(Vec3::Zero()) : world_place[p];
    const float parent_scale = p < 0 ? 1.0f : world_scale[p];
    Transform& local = result[j];
    if (!body_.body[j]) {
      local = joints[j].rest;
      world_turn[j] = (parent_turn * local.rotation).normalized();
      world_place[j] = parent_place + parent_scale * (parent_turn * local.translation);
      world_scale[j] = parent_scale * std::cbrt(std::abs(local.scale.prod()));
      continue;
    }
    const Mat4& reference = body_.reference[j];
    const float scale = std::cbrt(std::abs(reference.topLeftCorner<3, 3>().determinant()));
    world_turn[j] = (world_ * motion.turns[t][j] * world_.conjugate() * rotation_of(reference)).normalized();
    world_place[j] = body_.world_from_body * places[j];
    world_scale[j] = scale;
    local.rotation = (parent_turn.conjugate() * world_turn[j]).normalized();
    local.translation = parent_turn.conjugate() * (world_place[j] - parent_place) / parent_scale;
    local.scale = Vec3::Constant(scale / parent_scale);
  }
  return result;
}

}  // namespace mp4d::retargeting
