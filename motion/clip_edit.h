#pragma once
#include "core/result.h"
#include "motion/rig.h"

namespace mp4d {

/// The clip at `fps` keys a second from its first time on; the last key stays at the exact end.
Clip resample_clip(const Clip& clip, double fps);

/// The part from `start` to `end` seconds (negative `end` = to the last key), counted from the first key; the result
/// begins at 0, with keys at both cuts. Error (kUsage): nothing lies between them.
Result<Clip> trim_clip(const Clip& clip, double start, double end);

/// `clip` on `to` instead of `from`, two files of one skeleton: joints are found by name (plain_joint_name), those that
/// `from` lacks stay at rest. What formats change is undone: other axes and scales of the joints, another unit; where
/// `from` rests in the world's axes (BVH), also its place. Error (kInput) naming joint and difference: no joint has a
/// partner; one that moves has none, nor has any below it; their rest poses differ by more than 1 % of the skeleton's
/// size or 1 degree, so that the motion would not be the same.
Result<Clip> move_clip(const Clip& clip, const Skeleton& from, const Skeleton& to);

struct LoopOptions {
  double shortest = 0.25;  ///< seconds that a cycle takes at least
  double blend = 0.2;      ///< seconds before the end over which it is led into the start
  bool in_place = false;   ///< take the root's steady travel out
};

/// What loop_clip() found.
struct Loop {
  double start = 0, end = 0;  ///< seconds in the clip given
  double gap_deg = 0;         ///< mean angle between the joints at both, before it was closed
  double blend = 0;           ///< seconds over which the gap was closed: at most half the cycle
  float travel = 0;           ///< metres that the root goes in one cycle on the ground
};

/// The cycle of the clip that closes best, cut out and closed: its last pose is its first, except for the root's travel
/// on the ground, which stays (or is taken out evenly). The cut is where pose and velocity of all joints agree best
/// (motion graphs: Kovar et al. 2002, section 3.1, here in joint angles); the rest of the gap is spread over
/// `options.blend`. Error (kInput): the clip is shorter than two cycles' shortest length can be told in, or does not
/// move.
Result<Clip> loop_clip(const Skeleton& skeleton, const Clip& clip, const LoopOptions& options, Loop* found = nullptr);

}  // namespace mp4d
