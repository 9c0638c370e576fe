#include "motion/retarget.h"
#include "motion/filters.h"
#include "motion/kinematics.h"
#include "motion/retarget_limbs.h"
#include "motion/retarget_root.h"
#include "motion/surface_strain.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

using namespace retargeting;

constexpr float kMostLowered = 0.07f;  // of the leg length
constexpr float kMostLoweredForRest = 0.35f;
constexpr double kDropWindow = 0.12;        // s
constexpr float kNearlyStraight = 0.9985f;  // of the reach: how far a leg is stretched when hips are lowered
constexpr double kLowersUpTo = 0.07;        // of the leg length; rather than lower the hips more, strides are shortened
constexpr double kSpareWindow = 0.1;        // s: a rotation is reduced from so long before to so long after
constexpr float kSlack = 1.0005f;           // of the reach: below this nothing is lowered

class Retargeter {
 public:
  Retargeter(const RiggedModel& source, const Anatomy& source_body, const SourceMotion& motion,
             const RiggedModel& target, const Anatomy& target_body, const ChainMap& map, const RetargetOptions& options)
      : source_(source),
        source_body_(source_body),
        motion_(motion),
        target_(target),
        body_(target_body),
        map_(map),
        options_(options) {
    points_ = body_points(body_);
    for (const ChainPair& pair : map.pairs)
      plans_.push_back(plan_pair(source, source_body, motion, target, target_body, pair));
    plan_of_joint_.assign(points_.size(), -1);
    for (std::size_t p = 0; p < plans_.size(); ++p)
      for (const int j : body_.chains[plans_[p].pair.target].joints) plan_of_joint_[j] = static_cast<int>(p);
    below_pelvis_.assign(points_.size(), 0);
    for (const int j : body_.order)
      below_pelvis_[j] = j == body_.pelvis || (body_.carrier[j] >= 0 && below_pelvis_[body_.carrier[j]]);
    hang_.assign(points_.size(), Quat::Identity());
    for (const int c : map.unmatched) hang_unmatched(body_.chains[c]);
    match_loose();
    find_scale();
    Eigen::Quaternionf world(body_.world_from_body);
    world_ = world.normalized();
  }

  Result<RetargetResult> run(JobContext* job) {
    const std::size_t frames = motion_.times.size();
    pelvis_.resize(frames);
    turns_.assign(frames, std::vector<Quat>(points_.size(), Quat::Identity()));
    for (std::size_t t = 0; t < frames; ++t) {
      for (const PairPlan& plan : plans_)
        chain_turns(plan, source_body_, body_, motion_.turn[t], motion_.heading[t], turns_[t]);
    }
    MP4D_CHECK(check(job));
    if (options_.rigidity) spare_surface();
    set_way(1);
    std::vector<float> drop = needed_drop();
    // Long strides of long legs: steps and way become shorter together, so that feet hold still all the same.
    for (float stride = 0.9f; options_.ik && stride > 0.45f && usual_most(drop) > kLowersUpTo * leg_; stride -= 0.1f) {
      set_way(stride);
      report_.stride = stride;
      drop = needed_drop();
    }
    if (options_.ik) lower_hips(drop);
    hold_feet();
    // Feet at rest must be reached: for them the hips sink further.
    if (options_.ik) lower_hips(needed_drop(true));
    std::vector<Vec3> places(points_.size());
    for (std::size_t t = 0; t < frames; ++t) {
      if (t % 64 == 0) MP4D_CHECK(check(job));
      if (options_.ik) bend_legs(t, places);
    }
    if (options_.ik) measure_slide();
    RetargetResult result;
    result.clip.times = motion_.times;
    for (std::size_t t = 0; t < frames; ++t) result.clip.poses.push_back(pose(t));
    keep_rotations_close(result.clip);
    result.report = report_;
    return result;
  }

 private:
  Vec3 source_pelvis() const { return to_body(source_body_, source_body_.position(source_body_.pelvis)); }
  float ground_gap() const {  // how far the clip's contacts lie above the source's reference soles
    return motion_.legs.empty() ? 0 : static_cast<float>(motion_.level - motion_.rest_ground);
  }
  Vec3 source_way(const Vec3& now, const Vec3& rest) const { return now - rest - Vec3(0, ground_gap(), 0); }

  void hang_unmatched(const Chain& arm) {  // arms stretched out at rest hang down when nothing moves them
    if (arm.role != ChainRole::kArm) return;
    const Vec3 span = to_body(body_, arm.tip) - points_[arm.joints.front()];
    const Vec3 down = hanging_arm(target_, body_, arm);
    if (span.squaredNorm() < 1e-18f || span.normalized().dot(down) > 0.8f) return;
    for (const int j : arm.joints) hang_[j] = Quat::FromTwoVectors(span, down);
  }

  void match_loose() {  // fingers, ears and the like of the same name
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

  void find_scale() {
    double sum = 0;
    int legs = 0;
    for (const PairPlan& plan : plans_) {
      if (!plan.stands) continue;
      const Chain &s = source_body_.chains[plan.pair.source], &t = body_.chains[plan.pair.target];
      const double from = source_body_.position(s.joints.front()).y() - plan.source_sole.y();
      const double to = body_.position(t.joints.front()).y() - t.sole.y();
      if (from > 1e-9 && to > 1e-9) sum += to / from, ++legs;
    }
    report_.scale = legs > 0 ? sum / legs : body_.size / source_body_.size;
    leg_ = std::max(body_.leg_length, 1e-6 * body_.size);
  }

  /// Pelvis and goals of the feet, ways along the ground times `stride`.
  void set_way(float stride) {
    const std::size_t frames = motion_.times.size();
    const Vec3 scale = static_cast<float>(report_.scale) * Vec3(stride, 1, stride);
    leg_plans_.clear();
    goals_.clear();
    rest_height_.clear();
    for (std::size_t t = 0; t < frames; ++t)
      pelvis_[t] = points_[body_.pelvis] + scale.cwiseProduct(source_way(motion_.pelvis[t], source_pelvis()));
    for (std::size_t p = 0; p < plans_.size(); ++p) {
      const PairPlan& plan = plans_[p];
      if (!plan.stands) continue;
      const FootTrack& from = motion_.feet[plan.foot_track];
      FootTrack goal{{}, from.down, from.at_rest};
      const Vec3 rest_to_pelvis = plan.target_sole - points_[body_.pelvis];
      const Vec3 source_rest = plan.source_sole - source_pelvis();
      for (std::size_t t = 0; t < frames; ++t) {
        Vec3 sole;
        if (!plan.pair.mirror) {
          sole = plan.target_sole + scale.cwiseProduct(source_way(from.sole[t], plan.source_sole));
        } else {  // about the hips, seen in the direction they face
          const Quat facing(Eigen::AngleAxisf(motion_.heading[t], Vec3::UnitY()));
          const Vec3 off = mirrored(facing.conjugate() * (from.sole[t] - motion_.pelvis[t]) - source_rest);
          sole = pelvis_[t] + facing * (rest_to_pelvis + scale.cwiseProduct(off));
          sole.y() = plan.target_sole.y() + scale.y() * source_way(from.sole[t], plan.source_sole).y();
        }
        goal.sole.push_back(sole);
      }
      leg_plans_.push_back(static_cast<int>(p));
      goals_.push_back(std::move(goal));
      rest_height_.push_back(plan.target_sole.y());
    }
    const std::vector<Vec3> shift = root_shift(options_.root, motion_.times, pelvis_, goals_, rest_height_);
    for (std::size_t t = 0; t < frames; ++t) {
      pelvis_[t] += shift[t];
      for (FootTrack& goal : goals_) goal.sole[t] += shift[t];
    }
  }

  void hold_feet() {
    for (std::size_t f = 0; f < goals_.size(); ++f) {
      find_contacts(goals_[f], motion_.times, rest_height_[f], leg_);
      for (const char rest : goals_[f].at_rest) report_.rests += rest;
      if (options_.contacts) hold_resting(goals_[f].sole, goals_[f].at_rest, motion_.times);
    }
  }

  /// Places of all joints of one frame from its rotations; rotations of joints without a partner from their carriers.
  void place(std::size_t t, std::vector<Vec3>& places) {
    std::vector<Quat>& turn = turns_[t];
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
          turn[j] =
              body_.chain_of[j] >= 0 && body_.chain_of[j] != chain_or_none(c) ? Quat(carried * hang_[j]) : carried;
      }
      if (j == body_.pelvis)
        places[j] = pelvis_[t];
      else if (hangs)
        places[j] = places[c] + turn[c] * (points_[j] - points_[c]);
      else
        places[j] = pelvis_[t] + pelvis_turn * (points_[j] - points_[body_.pelvis]);
    }
  }
  int chain_or_none(int joint) const { return joint >= 0 ? body_.chain_of[joint] : -1; }
  Quat neutral_of(int carrier) const {  // the alignment of the chain a loose joint hangs on
    for (int a = carrier; a >= 0; a = body_.carrier[a])
      if (const int p = plan_of_joint_[a]; p >= 0) {
        const Chain& chain = body_.chains[plans_[p].pair.target];
        const auto at = std::find(chain.joints.begin(), chain.joints.end(), a) - chain.joints.begin();
        return plans_[p].align.target[static_cast<std::size_t>(at)];
      }
    return Quat::Identity();
  }

  Vec3 ankle_goal(std::size_t leg, std::size_t t) const {
    const PairPlan& plan = plans_[leg_plans_[leg]];
    const Chain& chain = body_.chains[plan.pair.target];
    Vec3 goal = goals_[leg].sole[t];
    if (chain.foot < static_cast<int>(chain.joints.size()))
      goal -= turns_[t][chain.joints[chain.foot]] * plan.sole_from_foot;
    return goal;
  }

  /// Rotations that would tear the surface are reduced, the same joint's in neighbouring frames with them. What hangs
  /// on the joint in its chain keeps its rotation against it. Legs are left to their feet.
  void spare_surface() {
    const SurfaceStrain surface(target_, body_, options_.max_strain);
    const std::size_t frames = motion_.times.size();
    std::vector<float> twist(frames), swing(frames);
    for (const PairPlan& plan : plans_) {
      const Chain& chain = body_.chains[plan.pair.target];
      if (chain.role == ChainRole::kLeg || chain.role == ChainRole::kTrunk) continue;
      const int count = static_cast<int>(chain.joints.size());
      const std::vector<Vec3> ends = link_ends(body_, points_, chain, 0, count);
      for (int k = 0; k < count; ++k) {
        const int j = chain.joints[k], c = body_.carrier[j];
        const Vec3 axis = (ends[k + 1] - ends[k]).normalized();
        if (c < 0 || !body_.body[c] || !axis.allFinite()) continue;
        bool all = true;
        for (std::size_t t = 0; t < frames; ++t) {
          const SurfaceStrain::Kept kept = surface.bearable(j, carrier_turn(t, c).conjugate() * turns_[t][j], axis);
          twist[t] = kept.twist;
          swing[t] = kept.swing;
          all = all && kept.twist >= 1 && kept.swing >= 1;
        }
        if (all) continue;
        ++report_.strained;
        spread(twist);
        spread(swing);
        for (std::size_t t = 0; t < frames; ++t) {
          const Quat carrier = carrier_turn(t, c), before = turns_[t][j];
          const Quat after = carrier * SurfaceStrain::reduced(carrier.conjugate() * before, axis, {twist[t], swing[t]});
          for (int below = k; below < count; ++below) {
            Quat& turn = turns_[t][chain.joints[below]];
            turn = (after * before.conjugate() * turn).normalized();
          }
        }
      }
    }
  }
  /// The least within kSpareWindow, smoothed: reductions come and go gently.
  void spread(std::vector<float>& kept) const {
    std::vector<float> low = kept;
    for (std::size_t t = 0; t < kept.size(); ++t) {
      for (std::size_t s = t; s-- > 0 && motion_.times[t] - motion_.times[s] < kSpareWindow;)
        low[t] = std::min(low[t], kept[s]);
      for (std::size_t s = t + 1; s < kept.size() && motion_.times[s] - motion_.times[t] < kSpareWindow; ++s)
        low[t] = std::min(low[t], kept[s]);
    }
    kept = smooth_series(low, motion_.times, 0.5 * kSpareWindow);
  }
  /// Rotation of the nearest joint at or above `joint` that has one of its own.
  Quat carrier_turn(std::size_t t, int joint) const {
    for (int a = joint; a >= 0 && body_.body[a]; a = body_.carrier[a])
      if (plan_of_joint_[a] >= 0) return turns_[t][a];
    return turns_[t][body_.pelvis];
  }

  /// How far the hips must sink in every frame so that no foot on the ground is out of reach. Legs of a single link,
  /// which cannot bend, carry the hips at their own length: then it may be less than nothing.
  std::vector<float> needed_drop(bool resting = false) {
    const std::size_t frames = motion_.times.size();
    const bool stiff = !resting && !leg_plans_.empty() && std::all_of(leg_plans_.begin(), leg_plans_.end(), [&](int p) {
      return plans_[p].solver->links() == 1;
    });
    const float most = (resting ? kMostLoweredForRest : kMostLowered) * static_cast<float>(leg_);
    std::vector<float> drop(frames, 0);
    std::vector<Vec3> places(points_.size());
    for (std::size_t t = 0; t < frames; ++t) {
      place(t, places);
      float needed = stiff ? -most : 0;
      bool down = false;
      for (std::size_t leg = 0; leg < goals_.size(); ++leg) {
        if (!(resting ? goals_[leg].at_rest[t] : goals_[leg].down[t])) continue;
        const PairPlan& plan = plans_[leg_plans_[leg]];
        const Vec3 way = ankle_goal(leg, t) - places[body_.chains[plan.pair.target].joints.front()];
        const float reach = plan.solver->reach(), across = std::hypot(way.x(), way.z());
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

  /// What nine frames of ten stay below: at the end of a stride a foot may come off the ground early.
  static float usual_most(std::vector<float> drop) {
    std::sort(drop.begin(), drop.end());
    return drop[(9 * drop.size()) / 10 - (drop.size() % 10 == 0 ? 1 : 0)];
  }

  void lower_hips(const std::vector<float>& drop) {
    const std::size_t frames = drop.size();
    if (std::all_of(drop.begin(), drop.end(), [](float d) { return d == 0; })) return;
    std::vector<float> wide = drop;  // the greatest within a tenth of a second, then smoothed: never too little
    for (std::size_t t = 0; t < frames; ++t) {
      for (std::size_t k = t; k-- > 0 && motion_.times[t] - motion_.times[k] < kDropWindow;)
        wide[t] = std::max(wide[t], drop[k]);
      for (std::size_t k = t + 1; k < frames && motion_.times[k] - motion_.times[t] < kDropWindow; ++k)
        wide[t] = std::max(wide[t], drop[k]);
    }
    wide = smooth_series(wide, motion_.times, kDropWindow / 4);
    for (std::size_t t = 0; t < frames; ++t) {
      pelvis_[t].y() -= wide[t];
      report_.lowered = std::max(report_.lowered, wide[t] / leg_);
    }
  }

  void bend_legs(std::size_t t, std::vector<Vec3>& places) {
    place(t, places);
    for (std::size_t leg = 0; leg < goals_.size(); ++leg) {
      const PairPlan& plan = plans_[leg_plans_[leg]];
      const Chain& chain = body_.chains[plan.pair.target];
      std::vector<Quat> turn;
      for (int k = 0; k < plan.target_links; ++k) turn.push_back(turns_[t][chain.joints[k]]);
      const float left = plan.solver->solve(turn, places[chain.joints.front()], ankle_goal(leg, t));
      for (int k = 0; k < plan.target_links; ++k) turns_[t][chain.joints[k]] = turn[k];
      if (goals_[leg].down[t]) report_.short_of_goal = std::max(report_.short_of_goal, left / leg_);
    }
  }

  /// Where the target's soles really are, against the frames in which they should rest.
  void measure_slide() {
    std::vector<Vec3> places(points_.size()), before(goals_.size());
    for (std::size_t t = 0; t < motion_.times.size(); ++t) {
      place(t, places);
      for (std::size_t leg = 0; leg < goals_.size(); ++leg) {
        const PairPlan& plan = plans_[leg_plans_[leg]];
        const Chain& chain = body_.chains[plan.pair.target];
        const int foot = chain.joints[std::min<std::size_t>(chain.foot, chain.joints.size() - 1)];
        const Vec3 sole = places[foot] + turns_[t][foot] * (plan.target_sole - points_[foot]);
        if (t > 0 && goals_[leg].at_rest[t] && goals_[leg].at_rest[t - 1])
          report_.slide = std::max<double>(report_.slide, (sole - before[leg]).norm() / leg_);
        before[leg] = sole;
      }
    }
  }

  Pose pose(std::size_t t) {
    std::vector<Vec3> places(points_.size());
    place(t, places);
    const std::vector<Joint>& joints = target_.skeleton.joints;
    Pose result(joints.size());
    world_place_.resize(joints.size());
    world_turn_.resize(joints.size());
    world_scale_.resize(joints.size());
    for (std::size_t j = 0; j < joints.size(); ++j) {
      const int p = joints[j].parent;
      const Quat parent_turn = p < 0 ? Quat::Identity() : world_turn_[p];
      const Vec3 parent_place = p < 0 ? Vec3(Vec3::Zero()) : world_place_[p];
      const float parent_scale = p < 0 ? 1.0f : world_scale_[p];
      Transform& local = result[j];
      if (!body_.body[j]) {
        local = joints[j].rest;
        world_turn_[j] = (parent_turn * local.rotation).normalized();
        world_place_[j] = parent_place + parent_scale * (parent_turn * local.translation);
        world_scale_[j] = parent_scale * std::cbrt(std::abs(local.scale.prod()));
        continue;
      }
      const Mat4& reference = body_.reference[j];
      const float scale = std::cbrt(std::abs(reference.topLeftCorner<3, 3>().determinant()));
      world_turn_[j] = (world_ * turns_[t][j] * world_.conjugate() * rotation_of(reference)).normalized();
      world_place_[j] = body_.world_from_body * places[j];
      world_scale_[j] = scale;
      local.rotation = (parent_turn.conjugate() * world_turn_[j]).normalized();
      local.translation = parent_turn.conjugate() * (world_place_[j] - parent_place) / parent_scale;
      local.scale = Vec3::Constant(scale / parent_scale);
    }
    return result;
  }

  const RiggedModel& source_;
  const Anatomy& source_body_;
  const SourceMotion& motion_;
  const RiggedModel& target_;
  const Anatomy& body_;
  const ChainMap& map_;
  const RetargetOptions& options_;
  RetargetReport report_;
  double leg_ = 1;
  Quat world_;
  std::vector<Vec3> points_;
  std::vector<PairPlan> plans_;
  std::vector<int> plan_of_joint_, loose_partner_, leg_plans_;
  std::vector<char> below_pelvis_;
  std::vector<Quat> hang_;
  std::vector<FootTrack> goals_;
  std::vector<float> rest_height_;
  std::vector<Vec3> pelvis_;
  std::vector<std::vector<Quat>> turns_;
  std::vector<Vec3> world_place_;
  std::vector<Quat> world_turn_;
  std::vector<float> world_scale_;
};

/// Another path for a skeleton's own clip: its roots move as root_shift says.
void shift_roots(const RiggedModel& model, const Anatomy& body, const SourceMotion& motion,
                 const RetargetOptions& options, Clip& clip) {
  std::vector<float> heights;
  for (const int leg : motion.legs) heights.push_back(to_body(body, body.chains[leg].sole).y());
  const std::vector<Vec3> shift = root_shift(options.root, motion.times, motion.pelvis, motion.feet, heights);
  if (clip.times.size() != motion.times.size()) {  // sparse keys were sampled
    Clip dense{clip.name, motion.times, {}};
    for (const double time : motion.times) dense.poses.push_back(sample_clip(clip, time));
    clip = std::move(dense);
  }
  for (std::size_t t = 0; t < clip.poses.size(); ++t)
    for (std::size_t j = 0; j < clip.poses[t].size(); ++j)
      if (model.skeleton.joints[j].parent < 0) clip.poses[t][j].translation += body.world_from_body * shift[t];
}

}  // namespace

Result<RetargetResult> retarget(const RiggedModel& source, const Anatomy& source_body, const Clip& clip,
                                const RiggedModel& target, const Anatomy& target_body, const ChainMap& map,
                                const RetargetOptions& options, JobContext* job) {
  Clip smoothed;
  const Clip* used = &clip;
  if (options.smooth > 0 && clip.poses.size() > 1) {
    MP4D_TRY(filtered, smooth_clip(clip, options.smooth));
    smoothed = std::move(filtered);
    used = &smoothed;
  }
  MP4D_TRY(motion, read_motion(source, source_body, *used));
  if (same_skeleton(source.skeleton, target.skeleton)) {
    RetargetResult result{*used, {}};
    result.report.same_skeleton = true;
    if (options.root != "as-filmed") shift_roots(source, source_body, motion, options, result.clip);
    return result;
  }
  MP4D_TRY(result, Retargeter(source, source_body, motion, target, target_body, map, options).run(job));
  result.clip.name = clip.name;
  return result;
}

}  // namespace mp4d
