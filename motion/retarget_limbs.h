#pragma once
#include "motion/chain_map.h"
#include "motion/chain_turns.h"
#include "motion/limb_ik.h"
#include "motion/source_motion.h"
#include <optional>

// Internals of motion/retarget: what is prepared once for a pair of chains.
namespace mp4d::retargeting {

/// Points of the skeleton in body axes: reference positions turned by body_from_world.
std::vector<Vec3> body_points(const Anatomy& body);
Vec3 to_body(const Anatomy& body, const Vec3& world);

/// Ends of the links first..last (exclusive) of a chain, and the tip if the last link is its last joint.
std::vector<Vec3> link_ends(const Anatomy& body, const std::vector<Vec3>& points, const Chain& chain, int first,
                            int last);

/// Where a free arm hangs down beside the body, unit, body axes: as far out as the trunk is wide there.
Vec3 hanging_arm(const RiggedModel& model, const Anatomy& body, const Chain& arm);

/// Rotations that bring each joint of `chain` into the pose against which motion is measured; identity where the rest
/// pose is that pose. One a joint of the chain.
struct Alignment {
  std::vector<Quat> source, target;
};
Alignment align_pair(const RiggedModel& source, const Anatomy& source_body, const RiggedModel& target,
                     const Anatomy& target_body, const ChainPair& pair);

struct PairPlan {
  ChainPair pair;
  Alignment align;
  int source_links = 0, target_links = 0;  ///< links that are mapped by arc length; joints after them are feet
  std::optional<ChainTurns> turns;
  /// Legs that follow legs: feet go to goals.
  bool stands = false;
  int foot_track = -1;  ///< index into SourceMotion::feet
  std::optional<LimbSolver> solver;
  Vec3 target_sole, source_sole;  ///< at rest, body axes
  Vec3 sole_from_foot;            ///< of the target's foot joint at rest; zero when the leg ends in its tip
};
PairPlan plan_pair(const RiggedModel& source, const Anatomy& source_body, const SourceMotion& motion,
                   const RiggedModel& target, const Anatomy& target_body, const ChainPair& pair);

/// Rotations of the target's chain for one frame of the source.
void chain_turns(const PairPlan& plan, const Anatomy& source_body, const Anatomy& target_body,
                 const std::vector<Quat>& source_turn, float heading, std::vector<Quat>& target_turn);

Quat mirrored(const Quat& q);
inline Vec3 mirrored(const Vec3& v) { return Vec3(-v.x(), v.y(), v.z()); }

}  // namespace mp4d::retargeting
