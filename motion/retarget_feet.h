#pragma once
#include "motion/foot_shape.h"
#include "motion/retarget.h"
#include "motion/retarget_body.h"

namespace mp4d::retargeting {

/// The target's way over the ground and its feet: pelvis and soles travel as the source's, in proportion; hips sink and
/// strides shorten so that feet reach the ground; resting feet are held; legs are bent to their soles' places.
class FeetPlacer {
 public:
  /// The arguments must outlive it. Fills scale in `report`.
  FeetPlacer(const TargetBody& body, const RetargetOptions& options, RetargetReport& report);

  /// Fills motion.pelvis from the source's way and bends the legs of motion.turns. Fills `report`. Error: kCancelled.
  Result<void> run(BodyMotion& motion, JobContext* job);

 private:
  struct Leg {
    const PairPlan* plan;
    FootTrack goal;                              // of the sole
    std::optional<FootShape> foot, source_foot;  // none where the leg ends in its tip
  };

  /// The point that follows the source's path: between the legs' first joints, which are the same place in every body,
  /// while rigs put their first trunk joint anywhere. Without legs the pelvis.
  struct Base {
    std::vector<Vec3> source;  // by frame
    Vec3 source_rest, rest;
  };

  void find_scale();
  void find_base();
  Vec3 source_way(const Vec3& now, const Vec3& rest) const;
  void set_way(BodyMotion& motion, float stride);
  void find_rests();
  void hold_feet();
  void keep_above_ground(BodyMotion& motion);
  void lift_onto_ground(const BodyMotion& motion);
  std::vector<Quat> leg_turns(const BodyMotion& motion, const Leg& leg, std::size_t t) const;
  std::vector<Quat> foot_turns(const BodyMotion& motion, const Leg& leg, std::size_t t) const;
  float sink(const Leg& leg, std::size_t t, const std::vector<Quat>& foot) const;
  float source_sink(const Leg& leg, std::size_t t) const;
  Vec3 ankle_goal(const BodyMotion& motion, const Leg& leg, std::size_t t) const;
  std::vector<float> needed_drop(BodyMotion& motion, bool resting) const;
  void lower_hips(const std::vector<float>& drop, BodyMotion& motion);
  void bend_legs(BodyMotion& motion, std::size_t t, std::vector<Vec3>& places);
  void measure(BodyMotion& motion);

  const TargetBody& body_;
  const SourceMotion& source_;
  const Anatomy& anatomy_;
  const RetargetOptions& options_;
  RetargetReport& report_;
  float leg_ = 1;  // length, metres
  std::vector<Leg> legs_;
  Base base_;
};

}  // namespace mp4d::retargeting
