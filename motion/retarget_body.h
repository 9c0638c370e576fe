#pragma once
#include "motion/retarget_limbs.h"

namespace mp4d::retargeting {

/// How the target moves, body axes (x left, y up, z forward).
struct BodyMotion {
  std::vector<Vec3> pelvis;              ///< [frame] metres
  std::vector<std::vector<Quat>> turns;  ///< [frame][joint] against the reference pose
};

/// The target of a transfer with what is prepared once: its pairs of chains, and who carries whom. Its arguments must
/// outlive it.
class TargetBody {
 public:
  TargetBody(const RiggedModel& source, const Anatomy& source_body, const SourceMotion& motion,
             const RiggedModel& target, const Anatomy& body, const ChainMap& map);

  const RiggedModel& model() const { return target_; }
  const Anatomy& anatomy() const { return body_; }
  const SourceMotion& source_motion() const { return motion_; }
  const std::vector<Vec3>& points() const { return points_; }  ///< joints in the reference pose, metres
  const std::vector<PairPlan>& plans() const { return plans_; }
  const Chain& chain(const PairPlan& plan) const { return body_.chains[plan.pair.target]; }
  const Chain& source_chain(const PairPlan& plan) const { return source_body_.chains[plan.pair.source]; }
  const RiggedModel& source_model() const { return source_; }
  const Anatomy& source_body() const { return source_body_; }

  /// Rotations of all joints of paired chains, every frame; the others' are the identity.
  std::vector<std::vector<Quat>> chain_rotations() const;
  /// Places of all joints in frame `t`; sets the rotations of joints without a partner from their carriers.
  void place(BodyMotion& motion, std::size_t t, std::vector<Vec3>& places) const;
  /// Rotation of the nearest joint at or above `joint` that has one of its own.
  Quat carrier_turn(const std::vector<Quat>& turn, int joint) const;
  /// Frame `t` as a pose of the target's skeleton.
  Pose pose(BodyMotion& motion, std::size_t t) const;

 private:
  void hang_unmatched(const Chain& arm);
  void match_loose();
  int chain_or_none(int joint) const { return joint >= 0 ? body_.chain_of[joint] : -1; }
  Quat neutral_of(int carrier) const;

  const RiggedModel& source_;
  const Anatomy& source_body_;
  const SourceMotion& motion_;
  const RiggedModel& target_;
  const Anatomy& body_;
  Quat world_;
  std::vector<Vec3> points_;
  std::vector<PairPlan> plans_;
  std::vector<int> plan_of_joint_, loose_partner_;  // -1 = none
  std::vector<char> below_pelvis_;
  std::vector<Quat> hang_;  // alignment of arms that nothing moves
};

}  // namespace mp4d::retargeting
