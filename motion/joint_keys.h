#pragma once
#include "motion/rig.h"

namespace mp4d {

// A clip stores every joint at every time. Its keys of one joint are the times that are needed to say how the joint moves; between
// them it is what interpolation makes of them. `joint` -1 means all joints together. Keys are indices of the clip's times, increasing,
// the first and the last among them.

struct KeyTolerance {
  double degrees = 1;
  double share = 0.002;  ///< of how far the joint's translation goes in all (or 1 mm, if that is more)
};

/// By Douglas and Peucker (1973) over time: what lies between two keys is within the tolerance of their interpolation.
std::vector<int> joint_keys(const Clip& clip, int joint, const KeyTolerance& tolerance = {});

/// The joint as if `chosen` of its `keys` were not there: interpolated between those that stay. The first and the last stay.
Clip without_joint_keys(const Clip& clip, int joint, const std::vector<int>& keys, const std::vector<int>& chosen);

/// `chosen` of the `keys` go `by` times on (negative: back); the motion between them and the keys about them is stretched. They
/// stay apart from the keys that do not move by at least one time, and the first and the last do not move. `moved`: by how
/// much they went.
Clip with_joint_keys_moved(const Clip& clip, int joint, const std::vector<int>& keys, const std::vector<int>& chosen, int by, int* moved = nullptr);

/// `joint` (or all) has `pose`'s place at time `at`; the change fades out linearly up to the keys before and after.
Clip with_joint_key(const Clip& clip, int joint, const std::vector<int>& keys, int at, const Pose& pose);

}  // namespace mp4d
