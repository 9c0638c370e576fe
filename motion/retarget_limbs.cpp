#include "motion/retarget_limbs.h"
#include <algorithm>
#include <cmath>

namespace mp4d::retargeting {
namespace {

constexpr float kLinkAlign = 1.05f;  // rad: single links of two arms that differ more are left as they are
constexpr float kHang = 0.26f;       // rad from the vertical, at least

Quat minimal(const Vec3& from, const Vec3& to) {
  if (from.squaredNorm() < 1e-18f || to.squaredNorm() < 1e-18f) return Quat::Identity();
  return Quat::FromTwoVectors(from, to);
}

Vec3 span(const Anatomy& body, const Chain& chain) {
  return to_body(body, chain.tip) - to_body(body, body.position(chain.joints.front()));
}

/// Each link of `target` turned to the direction `source` has there, from the body outwards.
std::vector<Quat> align_links(const std::vector<Vec3>& source, const std::vector<Vec3>& target, bool mirror) {
  std::vector<Quat> result;
  const auto direction = [](const std::vector<Vec3>& p, float u) {  // of the link at fraction u of the length
    float length = 0;
    for (std::size_t k = 0; k + 1 < p.size(); ++k) length += (p[k + 1] - p[k]).norm();
    float at = 0;
    for (std::size_t k = 0; k + 1 < p.size(); ++k) {
      at += (p[k + 1] - p[k]).norm();
      if (at >= u * length && at > 0) return Vec3((p[k + 1] - p[k]).normalized());
    }
    return Vec3(Vec3::Zero());
  };
  float length = 0, at = 0;
  for (std::size_t k = 0; k + 1 < target.size(); ++k) length += (target[k + 1] - target[k]).norm();
  Quat turn = Quat::Identity();
  for (std::size_t k = 0; k + 1 < target.size(); ++k) {
    const Vec3 link = target[k + 1] - target[k];
    Vec3 wanted = direction(source, length > 0 ? (at + 0.5f * link.norm()) / length : 0.5f);
    if (mirror) wanted = mirrored(wanted);
    at += link.norm();
    const Quat extra = minimal(turn * link, wanted);
    const bool last = k + 2 == target.size() && target.size() > 2;  // hands: their own ends are too short to tell
    if (!last && (k == 0 || Eigen::AngleAxisf(extra).angle() < kLinkAlign)) turn = extra * turn;
    result.push_back(turn.normalized());
  }
  return result;
}

}  // namespace

Quat mirrored(const Quat& q) { return Quat(q.w(), q.x(), -q.y(), -q.z()); }

Vec3 to_body(const Anatomy& body, const Vec3& world) { return body.world_from_body.transpose() * world; }

std::vector<Vec3> body_points(const Anatomy& body) {
  std::vector<Vec3> points;
  for (std::size_t j = 0; j < body.reference.size(); ++j)
    points.push_back(to_body(body, body.position(static_cast<int>(j))));
  return points;
}

std::vector<Vec3> link_ends(const Anatomy& body, const std::vector<Vec3>& points, const Chain& chain, int first,
                            int last) {
  std::vector<Vec3> ends;
  const int count = static_cast<int>(chain.joints.size());
  for (int k = first; k < last; ++k) ends.push_back(points[chain.joints[k]]);
  ends.push_back(last < count
                     ? points[chain.joints[last]]
                     : to_body(body, chain.role == ChainRole::kLeg && chain.foot == count ? chain.sole : chain.tip));
  return ends;
}

Vec3 hanging_arm(const RiggedModel& model, const Anatomy& body, const Chain& arm) {
  const Vec3 shoulder = to_body(body, body.position(arm.joints.front()));
  const Vec3 middle = to_body(body, body.position(body.pelvis));
  const float length = span(body, arm).norm();
  const float out = std::abs(shoulder.x() - middle.x());
  // Half the width of trunk and legs at the height where the hand will be.
  float width = 0;
  for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v) {
    const int chain = body.chain_of[model.skin.joints(v, 0)];
    if (chain < 0 || (body.chains[chain].role != ChainRole::kTrunk && body.chains[chain].role != ChainRole::kLeg))
      continue;
    const Vec3 p = to_body(body, model.mesh.verts.row(v).transpose());
    if (p.y() > shoulder.y() - length && p.y() < shoulder.y() - 0.4f * length)
      width = std::max(width, std::abs(p.x() - middle.x()));
  }
  const float angle = std::clamp(std::atan2(width + 0.12f * length - out, length), kHang, 0.9f);
  const float side = arm.side == Side::kLeft ? 1.0f : -1.0f;
  return Vec3(side * std::sin(angle), -std::cos(angle), 0);
}

Alignment align_pair(const RiggedModel& source, const Anatomy& source_body, const RiggedModel& target,
                     const Anatomy& target_body, const ChainPair& pair) {
  const Chain &s = source_body.chains[pair.source], &t = target_body.chains[pair.target];
  Alignment align{std::vector<Quat>(s.joints.size(), Quat::Identity()),
                  std::vector<Quat>(t.joints.size(), Quat::Identity())};
  const auto all = [](std::vector<Quat>& list, const Quat& q) { std::fill(list.begin(), list.end(), q); };
  const bool source_free = s.role == ChainRole::kArm, target_free = t.role == ChainRole::kArm;
  if (source_free && target_free) {
    align.target = align_links(
        link_ends(source_body, body_points(source_body), s, 0, static_cast<int>(s.joints.size())),
        link_ends(target_body, body_points(target_body), t, 0, static_cast<int>(t.joints.size())), pair.mirror);
  } else if (source_free) {
    all(align.source, minimal(span(source_body, s), hanging_arm(source, source_body, s)));
  } else if (target_free && s.role == ChainRole::kLeg) {
    all(align.target, minimal(span(target_body, t), hanging_arm(target, target_body, t)));
  } else if (target_free && s.role == ChainRole::kWing) {
    all(align.target, minimal(span(target_body, t), span(source_body, s)));
  }
  return align;
}

PairPlan plan_pair(const RiggedModel& source, const Anatomy& source_body, const SourceMotion& motion,
                   const RiggedModel& target, const Anatomy& target_body, const ChainPair& pair) {
  PairPlan plan;
  plan.pair = pair;
  plan.align = align_pair(source, source_body, target, target_body, pair);
  const Chain &s = source_body.chains[pair.source], &t = target_body.chains[pair.target];
  const int ns = static_cast<int>(s.joints.size()), nt = static_cast<int>(t.joints.size());
  const bool legs = s.role == ChainRole::kLeg && t.role == ChainRole::kLeg;
  plan.source_links = legs ? s.foot : ns;
  plan.target_links = legs ? t.foot : nt;
  if (t.role == ChainRole::kNeck && ns > 1 && nt > 1) {  // the head looks where the source's looks
    plan.source_links = ns - 1;
    plan.target_links = nt - 1;
  }
  std::vector<Vec3> from = link_ends(source_body, body_points(source_body), s, 0, plan.source_links);
  std::vector<Vec3> to = link_ends(target_body, body_points(target_body), t, 0, plan.target_links);
  const auto aligned = [](std::vector<Vec3>& points, const std::vector<Quat>& turn, bool mirror) {
    std::vector<Vec3> out{points[0]};
    for (std::size_t k = 0; k + 1 < points.size(); ++k)
      out.push_back(out.back() + turn[k] * (points[k + 1] - points[k]));
    if (mirror)
      for (Vec3& p : out) p = mirrored(p);
    points = std::move(out);
  };
  aligned(from, plan.align.source, pair.mirror);
  const std::vector<Vec3> rest = to;
  aligned(to, plan.align.target, false);
  const bool limb = t.role == ChainRole::kLeg || t.role == ChainRole::kArm || t.role == ChainRole::kWing;
  plan.turns.emplace(from, to, limb);
  if (!legs) return plan;
  plan.stands = true;
  plan.foot_track =
      static_cast<int>(std::find(motion.legs.begin(), motion.legs.end(), pair.source) - motion.legs.begin());
  plan.solver.emplace(rest);
  plan.target_sole = to_body(target_body, t.sole);
  plan.source_sole = motion.rest_sole[static_cast<std::size_t>(plan.foot_track)];
  plan.sole_from_foot = t.foot < nt
                            ? Vec3(plan.target_sole - to_body(target_body, target_body.position(t.joints[t.foot])))
                            : Vec3(Vec3::Zero());
  return plan;
}

void chain_turns(const PairPlan& plan, const Anatomy& source_body, const Anatomy& target_body,
                 const std::vector<Quat>& source_turn, float heading, std::vector<Quat>& target_turn) {
  const Chain &s = source_body.chains[plan.pair.source], &t = target_body.chains[plan.pair.target];
  const Quat facing(Eigen::AngleAxisf(heading, Vec3::UnitY()));
  const auto against_neutral = [&](int k) {
    Quat q = source_turn[s.joints[k]] * plan.align.source[k].conjugate();
    if (plan.pair.mirror) q = facing * mirrored(facing.conjugate() * q);
    return q;
  };
  std::vector<Quat> from(plan.source_links), to;
  for (int k = 0; k < plan.source_links; ++k) from[k] = against_neutral(k);
  plan.turns->map(from, to);
  for (int k = 0; k < plan.target_links; ++k) target_turn[t.joints[k]] = (to[k] * plan.align.target[k]).normalized();
  // Feet, and the head: joint by joint; a foot whose source has none stays level.
  const int ns = static_cast<int>(s.joints.size()), nt = static_cast<int>(t.joints.size());
  for (int k = plan.target_links; k < nt; ++k) {
    const int from_joint = std::min(plan.source_links + (k - plan.target_links), ns - 1);
    const bool missing = plan.source_links == ns;
    target_turn[t.joints[k]] = missing ? facing : Quat(against_neutral(from_joint) * plan.align.target[k]).normalized();
  }
}

}  // namespace mp4d::retargeting
