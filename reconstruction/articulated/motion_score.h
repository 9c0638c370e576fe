#pragma once
#include "motion/rig.h"
#include "core/result.h"
#include <optional>

namespace mp4d {

struct LimbScore {
  std::string limb;                   ///< as Chain::name(), e.g. "leg left 1"
  double angle_error = 0;             ///< degrees, mean over its two segments and the frames
  double swing = 0;                   ///< the same for a body held still: how far the truth's limb moves
  std::optional<double> phase_error;  ///< degrees of the cycle, -180..180; none for limbs that do not swing
};

struct MotionScore {
  int limbs_of_truth = 0;
  std::vector<LimbScore> limbs;       ///< those that both bodies have
  double angle_error = 0, swing = 0;  ///< means over them
  std::optional<double> phase_error;  ///< mean size over the limbs that have one
  std::optional<double> swapped;      ///< %: share of frames in which a pair looks more like its sides exchanged
  double period = 0;                  ///< of the truth, frames; 0 = it does not repeat
};

/// Compares two motions whatever the skeletons (docs/evaluation.md, "Motion"): their limbs are found by role and side. One
/// pose a frame on both sides. Errors (kInput): no frames or unequal counts; no limb in common; those of find_anatomy().
Result<MotionScore> score_motion(const RiggedModel& result, const std::vector<Pose>& result_poses,
                                 const RiggedModel& truth, const std::vector<Pose>& truth_poses);

}  // namespace mp4d
