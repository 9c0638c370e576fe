#pragma once
#include "motion/fit.h"
#include "motion/rig.h"

namespace mp4d {

/// The joint's own direction at rest, unit, in its own axes: to its children's middle, of a last joint on from its parent.
Vec3 bone_axis(const Skeleton& skeleton, int joint);

/// The clip with every key within the limits: swing and twist against the rest pose are clamped each. `changed`: how many keys
/// were not, by more than 0.1 degrees.
Clip limit_clip(const Skeleton& skeleton, const Clip& clip, const std::vector<JointLimit>& limits, int* changed = nullptr);

}  // namespace mp4d
