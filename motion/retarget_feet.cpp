#include "motion/retarget_feet.h"
#include "motion/retarget_root.h"
#include "motion/retarget_series.h"
#include <algorithm>
#include <cmath>

namespace mp4d::retargeting {
namespace {

constexpr float kMostLowered = 0.07f;  // of the leg length; rather than lower the hips more, strides are shortened
constexpr float kMostLoweredForRest = 0.35f;
constexpr double kDropWindow = 0.12;        // s
constexpr float kNearlyStraight = 0.9985f;  // of the reach: how far a leg is stretched when hips are lowered
constexpr float kSlack = 1.0005f;           // of the reach: below this nothing is lowered
constexpr float kSinks = 0.005f;            // of the leg length: a foot may be so far in the ground
constexpr float kDips = 0.12f;              // of the leg length: up to this the whole foot is lifted out, not at twice it
constexpr double kLevelWindow = 0.06;       // s: a foot is levelled from so long before to so long after
constexpr int kHalvings = 10;

double leg_length(const Anatomy& body, const Chain& leg) {
  double sum = (leg.sole - body.position(leg.joints.back())).norm();
  for (std::size_t k = 1; k < leg.joints.size(); ++k)
    sum += (body.position(leg.joints[k]) - body.position(leg.joints[k - 1])).norm();
  return sum;
}

double hip_height(const Anatomy& body, const Chain& leg, const Vec3& sole) {
  return std::max(0.0f, body.position(leg.joints.front()).y() - sole.y());
}

/// What nine frames of ten stay below: at the end of a stride a foot may come off the ground early.
float usual_most(std::vector<float> drop) {
  std::sort(drop.begin(), drop.end());
  return drop[(9 * drop.size()) / 10 - (drop.size() % 10 == 0 ? 1 : 0)];
}

/// `turn` with only `kept` of its tilt; it goes on pointing where it points.
Quat levelled(const Quat& turn, float kept) {
  const Quat level(Eigen::AngleAxisf(twist_angle(turn, Vec3::UnitY()), Vec3::UnitY()));
  return level.slerp(kept, turn);
}

/// `foot` with so much of the tilt of its first joint and of its toes.
std::vector<Quat> levelled(std::vector<Quat> foot, float kept_foot, float kept_toes) {
  for (std::size_t k = 0; k < foot.size(); ++k) foot[k] = levelled(foot[k], k == 0 ? kept_foot : kept_toes);
  return foot;
}

/// The greatest 0..1 for which `bears` holds, which it does at 0.
template <class Predicate>
float greatest(const Predicate& bears) {
  float low = 0, high = 1;
  for (int i = 0; i < kHalvings; ++i) (bears(0.5f * (low + high)) ? low : high) = 0.5f * (low + high);
  return low;
}

}  // namespace

FeetPlacer::FeetPlacer(const TargetBody& body, const RetargetOptions& options, RetargetReport& report)
    : body_(body), source_(body.source_motion()), anatomy_(body.anatomy()), options_(options), report_(report) {
  leg_ = static_cast<float>(std::max(anatomy_.leg_length, 1e-6 * anatomy_.size));
  const auto has_foot = [](const Chain& leg) { return leg.foot < static_cast<int>(leg.joints.size()); };
  for (const PairPlan& plan : body_.plans()) {
    if (!plan.stands) continue;
    Leg leg{&plan, {}, {}, {}};
    if (has_foot(body_.chain(plan))) leg.foot.emplace(body_.model(), anatomy_, body_.chain(plan));
    if (has_foot(body_.source_chain(plan)))
      leg.source_foot.emplace(body_.source_model(), body_.source_body(), body_.source_chain(plan));
    legs_.push_back(std::move(leg));
  }
  find_scale();
  find_base();
}

void FeetPlacer::find_scale() {
  double sum = 0;
  int legs = 0;
  for (const Leg& leg : legs_) {
    const Chain &s = body_.source_chain(*leg.plan), &t = body_.chain(*leg.plan);
    const double length = leg_length(anatomy_, t) / leg_length(body_.source_body(), s);
    const double height = hip_height(anatomy_, t, t.sole) / hip_height(body_.source_body(), s, leg.plan->source_sole);
    // A leg that sprawls lifts the hips less than its length says; hips whose height is a guess say less than the length.
    if (std::isfinite(length) && height > 0 && std::isfinite(height)) sum += std::min(length, height), ++legs;
  }
  report_.scale = legs > 0 ? sum / legs : anatomy_.size / body_.source_body().size;
}

void FeetPlacer::find_base() {
  const Anatomy& from = body_.source_body();
  const auto at_pelvis = [&](int joint) {
    int a = anatomy_.carrier[joint];
    while (a >= 0 && a != anatomy_.pelvis && anatomy_.chain_of[a] < 0) a = anatomy_.carrier[a];
    return a == anatomy_.pelvis;
  };
  base_ = {std::vector<Vec3>(source_.times.size(), Vec3::Zero()), Vec3::Zero(), Vec3::Zero()};
  int count = 0;
  for (const Leg& leg : legs_) {
    const int joint = body_.chain(*leg.plan).joints.front();
    if (!at_pelvis(joint)) continue;
    const std::vector<Vec3>& hip = source_.hips[leg.plan->foot_track];
    for (std::size_t t = 0; t < hip.size(); ++t) base_.source[t] += hip[t];
    base_.source_rest += to_body(from, from.position(body_.source_chain(*leg.plan).joints.front()));
    base_.rest += body_.points()[joint];
    ++count;
  }
  if (count == 0) {
    base_ = {source_.pelvis, to_body(from, from.position(from.pelvis)), body_.points()[anatomy_.pelvis]};
    return;
  }
  const float share = 1.0f / static_cast<float>(count);
  for (Vec3& point : base_.source) point *= share;
  base_.source_rest *= share;
  base_.rest *= share;
}

/// Against rest, heights from where the clip's contacts are.
Vec3 FeetPlacer::source_way(const Vec3& now, const Vec3& rest) const {
  const float gap = source_.legs.empty() ? 0 : static_cast<float>(source_.level - source_.rest_ground);
  return now - rest - Vec3(0, gap, 0);
}

/// Pelvis and goals of the feet, ways along the ground times `stride`.
void FeetPlacer::set_way(BodyMotion& motion, float stride) {
  const std::size_t frames = source_.times.size();
  const Vec3 scale = static_cast<float>(report_.scale) * Vec3(stride, 1, stride);
  const Vec3 pelvis_from_base = body_.points()[anatomy_.pelvis] - base_.rest;
  std::vector<Vec3> base;
  motion.pelvis.clear();
  for (std::size_t t = 0; t < frames; ++t) {
    base.push_back(base_.rest + scale.cwiseProduct(source_way(base_.source[t], base_.source_rest)));
    motion.pelvis.push_back(base[t] + motion.turns[t][anatomy_.pelvis] * pelvis_from_base);
  }
  std::vector<FootTrack> goals;
  std::vector<float> rest_height;
  for (const Leg& leg : legs_) {
    const PairPlan& plan = *leg.plan;
    const FootTrack& from = source_.feet[plan.foot_track];
    FootTrack goal{{}, from.down, from.at_rest};
    const Vec3 rest_to_base = plan.target_sole - base_.rest;
    const Vec3 source_rest = plan.source_sole - base_.source_rest;
    for (std::size_t t = 0; t < frames; ++t) {
      Vec3 sole;
      if (!plan.pair.mirror) {
        sole = plan.target_sole + scale.cwiseProduct(source_way(from.sole[t], plan.source_sole));
      } else {  // about the hips, seen in the direction they face
        const Quat facing(Eigen::AngleAxisf(source_.heading[t], Vec3::UnitY()));
        const Vec3 off = mirrored(facing.conjugate() * (from.sole[t] - base_.source[t]) - source_rest);
        sole = base[t] + facing * (rest_to_base + scale.cwiseProduct(off));
        sole.y() = plan.target_sole.y() + scale.y() * source_way(from.sole[t], plan.source_sole).y();
      }
      goal.sole.push_back(sole);
    }
    goals.push_back(std::move(goal));
    rest_height.push_back(plan.target_sole.y());
  }
  const std::vector<Vec3> shift = root_shift(options_.root, source_.times, motion.pelvis, goals, rest_height);
  for (std::size_t t = 0; t < frames; ++t) {
    motion.pelvis[t] += shift[t];
    for (FootTrack& goal : goals) goal.sole[t] += shift[t];
  }
  for (std::size_t i = 0; i < legs_.size(); ++i) legs_[i].goal = std::move(goals[i]);
}

void FeetPlacer::find_rests() {
  for (Leg& leg : legs_) {
    find_contacts(leg.goal, source_.times, leg.plan->target_sole.y(), leg_);
    for (const char rest : leg.goal.at_rest) report_.rests += rest;
  }
}

void FeetPlacer::hold_feet() {
  for (Leg& leg : legs_) hold_resting(leg.goal.sole, leg.goal.at_rest, source_.times);
}

std::vector<Quat> FeetPlacer::foot_turns(const BodyMotion& motion, const Leg& leg, std::size_t t) const {
  const Chain& chain = body_.chain(*leg.plan);
  std::vector<Quat> foot;
  for (std::size_t k = chain.foot; k < chain.joints.size(); ++k) foot.push_back(motion.turns[t][chain.joints[k]]);
  return foot;
}

std::vector<Quat> FeetPlacer::leg_turns(const BodyMotion& motion, const Leg& leg, std::size_t t) const {
  const Chain& chain = body_.chain(*leg.plan);
  std::vector<Quat> turn;
  for (int k = 0; k < leg.plan->target_links; ++k) turn.push_back(motion.turns[t][chain.joints[k]]);
  return turn;
}

/// How deep the foot is in the ground when it is turned so, metres.
float FeetPlacer::sink(const Leg& leg, std::size_t t, const std::vector<Quat>& foot) const {
  const float ankle = (leg.goal.sole[t] - foot[0] * leg.plan->sole_from_foot).y();
  return leg.plan->target_sole.y() - ankle - leg.foot->lowest(foot);
}

/// The same of the source's, in the target's metres.
float FeetPlacer::source_sink(const Leg& leg, std::size_t t) const {
  if (!leg.source_foot) return 0;
  const Chain& chain = body_.source_chain(*leg.plan);
  std::vector<Quat> foot;
  for (std::size_t k = chain.foot; k < chain.joints.size(); ++k) foot.push_back(source_.turn[t][chain.joints[k]]);
  const Vec3 sole_from_foot =
      leg.plan->source_sole - to_body(body_.source_body(), body_.source_body().position(chain.joints[chain.foot]));
  const float ankle = (source_.feet[leg.plan->foot_track].sole[t] - foot[0] * sole_from_foot).y();
  return static_cast<float>(report_.scale * (source_.level - ankle - leg.source_foot->lowest(foot)));
}

/// A foot that copies the source's rotations, but is of another shape, would dip its toes or heel into the ground.
/// Where it would go deeper than the source's, first the toes are levelled, then the whole foot.
void FeetPlacer::keep_above_ground(BodyMotion& motion) {
  const std::size_t frames = source_.times.size();
  for (const Leg& leg : legs_) {
    if (!leg.foot) continue;
    std::vector<float> keep_foot(frames, 1), keep_toes(frames, 1);
    for (std::size_t t = 0; t < frames; ++t) {
      const std::vector<Quat> foot = foot_turns(motion, leg, t);
      const float level = sink(leg, t, levelled(foot, 0, 0));
      const float most = std::max({kSinks * leg_, source_sink(leg, t), level});
      if (sink(leg, t, foot) <= most) continue;
      const auto bears = [&](float foot_kept, float toes_kept) {
        return sink(leg, t, levelled(foot, foot_kept, toes_kept)) <= most;
      };
      if (foot.size() > 1) keep_toes[t] = bears(1, 0) ? greatest([&](float s) { return bears(1, s); }) : 0;
      if (!bears(1, keep_toes[t])) keep_foot[t] = greatest([&](float s) { return bears(s, keep_toes[t]); });
    }
    keep_foot = lower_envelope(keep_foot, source_.times, kLevelWindow, 0.5 * kLevelWindow);
    keep_toes = lower_envelope(keep_toes, source_.times, kLevelWindow, 0.5 * kLevelWindow);
    const Chain& chain = body_.chain(*leg.plan);
    for (std::size_t t = 0; t < frames; ++t) {
      if (keep_foot[t] >= 1 && keep_toes[t] >= 1) continue;
      const std::vector<Quat> foot = levelled(foot_turns(motion, leg, t), keep_foot[t], keep_toes[t]);
      for (std::size_t k = 0; k < foot.size(); ++k) motion.turns[t][chain.joints[chain.foot + k]] = foot[k];
    }
  }
}

/// What of a foot would still be in the ground, its source's own dips among it, lifts the whole foot; one that rests by
/// the same all the time. A foot far below is there on purpose: in a hole, or beside a cliff.
void FeetPlacer::lift_onto_ground(const BodyMotion& motion) {
  const std::size_t frames = source_.times.size();
  for (Leg& leg : legs_) {
    if (!leg.foot) continue;
    std::vector<float> lift(frames);
    for (std::size_t t = 0; t < frames; ++t) {
      const float depth = std::max(0.0f, sink(leg, t, foot_turns(motion, leg, t)));
      lift[t] = depth * std::clamp(2 - depth / (kDips * leg_), 0.0f, 1.0f);
    }
    for (std::size_t begin = 0, end; begin < frames; begin = end) {
      for (end = begin + 1; end < frames && leg.goal.at_rest[begin] && leg.goal.at_rest[end];) ++end;
      const float most = *std::max_element(lift.begin() + begin, lift.begin() + end);
      for (std::size_t t = begin; t < end; ++t) leg.goal.sole[t].y() += most;
    }
  }
}

Vec3 FeetPlacer::ankle_goal(const BodyMotion& motion, const Leg& leg, std::size_t t) const {
  const Chain& chain = body_.chain(*leg.plan);
  Vec3 goal = leg.goal.sole[t];
  if (leg.foot) goal -= motion.turns[t][chain.joints[chain.foot]] * leg.plan->sole_from_foot;
  return goal;
}

/// How far the hips must sink in every frame so that no foot on the ground is out of reach. Legs of a single link,
/// which cannot bend, carry the hips at their own length: then it may be less than nothing.
std::vector<float> FeetPlacer::needed_drop(BodyMotion& motion, bool resting) const {
  const std::size_t frames = source_.times.size();
  const bool stiff = !resting && !legs_.empty() && std::all_of(legs_.begin(), legs_.end(), [](const Leg& leg) {
    return leg.plan->solver->links() == 1;
  });
  const float most = (resting ? kMostLoweredForRest : kMostLowered) * leg_;
  std::vector<float> drop(frames, 0);
  std::vector<Vec3> places(body_.points().size());
  for (std::size_t t = 0; t < frames; ++t) {
    body_.place(motion, t, places);
    float needed = stiff ? -most : 0;
    bool down = false;
    for (const Leg& leg : legs_) {
      if (!(resting ? leg.goal.at_rest[t] : leg.goal.down[t])) continue;
      const Vec3 way = ankle_goal(motion, leg, t) - places[body_.chain(*leg.plan).joints.front()];
      const LimbSolver& limb = *leg.plan->solver;
      const float reach = resting ? limb.reach(leg_turns(motion, leg, t)) : limb.reach();
      const float across = std::hypot(way.x(), way.z());
      if (across >= reach || (!stiff && way.norm() <= kSlack * reach)) continue;
      const float used = stiff ? reach : std::max(across, kNearlyStraight * reach);
      needed = std::max(needed, -way.y() - std::sqrt(used * used - across * across));
      down = true;
    }
    if (down)
      drop[t] = std::min(needed, most);
    else if (stiff && t > 0)
      drop[t] = drop[t - 1];
  }
  return drop;
}

void FeetPlacer::lower_hips(const std::vector<float>& drop, BodyMotion& motion) {
  if (std::all_of(drop.begin(), drop.end(), [](float d) { return d == 0; })) return;
  const std::vector<float> wide =
      upper_envelope(drop, source_.times, kDropWindow, kDropWindow / 4);  // never too little
  for (std::size_t t = 0; t < drop.size(); ++t) {
    motion.pelvis[t].y() -= wide[t];
    report_.lowered = std::max<double>(report_.lowered, wide[t] / leg_);
  }
}

void FeetPlacer::bend_legs(BodyMotion& motion, std::size_t t, std::vector<Vec3>& places) {
  body_.place(motion, t, places);
  for (const Leg& leg : legs_) {
    const Chain& chain = body_.chain(*leg.plan);
    std::vector<Quat> turn = leg_turns(motion, leg, t);
    const float left = leg.plan->solver->solve(turn, places[chain.joints.front()], ankle_goal(motion, leg, t));
    for (int k = 0; k < leg.plan->target_links; ++k) motion.turns[t][chain.joints[k]] = turn[k];
    if (leg.goal.down[t]) report_.short_of_goal = std::max<double>(report_.short_of_goal, left / leg_);
  }
}

/// Where the target's soles really are, against the frames in which they should rest; and how deep its feet go.
void FeetPlacer::measure(BodyMotion& motion) {
  std::vector<Vec3> places(body_.points().size()), before(legs_.size());
  for (std::size_t t = 0; t < source_.times.size(); ++t) {
    body_.place(motion, t, places);
    for (std::size_t i = 0; i < legs_.size(); ++i) {
      const Leg& leg = legs_[i];
      const Chain& chain = body_.chain(*leg.plan);
      const int foot = chain.joints[std::min<std::size_t>(chain.foot, chain.joints.size() - 1)];
      const Vec3 sole = places[foot] + motion.turns[t][foot] * (leg.plan->target_sole - body_.points()[foot]);
      if (t > 0 && leg.goal.at_rest[t] && leg.goal.at_rest[t - 1])
        report_.slide = std::max<double>(report_.slide, (sole - before[i]).norm() / leg_);
      before[i] = sole;
      if (leg.foot) {
        const float low = places[foot].y() + leg.foot->lowest(foot_turns(motion, leg, t));
        report_.sunk = std::max<double>(report_.sunk, (leg.plan->target_sole.y() - low) / leg_);
      }
    }
  }
}

Result<void> FeetPlacer::run(BodyMotion& motion, JobContext* job) {
  set_way(motion, 1);
  std::vector<float> drop = needed_drop(motion, false);
  // Long strides of long legs: steps and way become shorter together, so that feet hold still all the same.
  for (float stride = 0.9f; options_.ik && stride > 0.45f && usual_most(drop) >= kMostLowered * leg_; stride -= 0.1f) {
    set_way(motion, stride);
    report_.stride = stride;
    drop = needed_drop(motion, false);
  }
  if (options_.ik) lower_hips(drop, motion);
  find_rests();
  if (!options_.ik) return {};
  keep_above_ground(motion);
  if (options_.contacts) {
    lift_onto_ground(motion);
    hold_feet();
  }
  // Feet at rest must be reached: for them the hips sink further.
  lower_hips(needed_drop(motion, true), motion);
  std::vector<Vec3> places(body_.points().size());
  for (std::size_t t = 0; t < source_.times.size(); ++t) {
    if (t % 64 == 0) MP4D_CHECK(check(job));
    bend_legs(motion, t, places);
  }
  measure(motion);
  return {};
}

}  // namespace mp4d::retargeting
