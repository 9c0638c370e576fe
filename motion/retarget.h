#pragma once
#include "core/job_context.h"
#include "core/options.h"
#include "motion/chain_map.h"
#include "motion/source_motion.h"

namespace mp4d {

struct RetargetOptions {
  std::string root = "as-filmed";
  std::string forelegs = "auto";
  bool contacts = true;
  bool ik = true;
  double smooth = 0;
  bool rigidity = true;
  double max_strain = 0.5;
  std::string volume = "auto";  ///< for whoever writes the model (add_volume_joints); no part of retarget()
  bool reference = false;       ///< likewise: retarget_reference() takes retarget()'s place
};
const OptionTable<RetargetOptions>& retarget_options();

struct RetargetReport {
  bool same_skeleton = false;  ///< the clip was taken over as it is
  double scale = 1;            ///< target metres for a source metre
  double stride = 1;           ///< steps and way along the ground are shorter than `scale` by this, so that legs reach
  int rests = 0;               ///< frames x feet in which a foot of the source rests
  double slide = 0;            ///< largest way of such a foot of the target in a frame, leg lengths
  double short_of_goal = 0;    ///< largest distance of a foot from where it should be, leg lengths
  int strained = 0;            ///< joints whose rotation was reduced because the surface did not bear it
  double sunk = 0;             ///< deepest place of a foot's surface below the ground, leg lengths
  double lowered = 0;          ///< largest drop of the hips so that feet reach the ground, leg lengths
};

struct RetargetResult {
  Clip clip;
  RetargetReport report;
};

/// The target's reference pose with its free limbs turned as the source's lie: what rotations are taken against.
Pose aligned_rest(const RiggedModel& source, const Anatomy& source_body, const RiggedModel& target,
                  const Anatomy& target_body, const ChainMap& map);

/// True if joints have the same names, parents and rest poses: a clip of one is a clip of the other.
bool same_skeleton(const Skeleton& a, const Skeleton& b);

/// A clip of `source` for the skeleton of `target`. Rotations are taken relative to the reference poses, aligned first
/// (free arms by direction; legs stand as they stand), in frames of the body; chains of different length as ChainTurns
/// says. The pelvis travels in proportion to the leg lengths. Feet go where the source's go, in the same proportion,
/// by LimbSolver, so that what rests on the source rests on the target. Method and limits: docs/transfer.md.
/// `target` must have even scales (make_scales_even). Errors: those of read_motion; kUsage; kCancelled.
/// Thread-safe, deterministic.
Result<RetargetResult> retarget(const RiggedModel& source, const Anatomy& source_body, const Clip& clip,
                                const RiggedModel& target, const Anatomy& target_body, const ChainMap& map,
                                const RetargetOptions& options, JobContext* job = nullptr);

/// Gives the joints of a skinned model scales that are the same in all directions, where they are not; mesh and
/// look stay. Needed once before retarget(). Returns how many joints were changed; its clips are dropped if any.
int make_scales_even(RiggedModel& model);

}  // namespace mp4d
