#pragma once
#include "motion/templates.h"
#include "motion/voxels.h"

namespace mp4d {

/// Hips of who stands on two legs. On the medial graph both legs branch off at one fork, far above the crotch where
/// legs are short; joints belong a third of the legs' spacing above it, over the middle of each leg. Moves hip_l and
/// hip_r there if the plan has them and the crotch shows in level sections of `solid` (metres, negative inside); the knees keep
/// their share of the leg. `positions`: of every joint of `rig`, metres, in the solid's space; `up`, `left`: unit vectors there.
/// Returns the joints that now are in place: none where legs are hidden (skirts) or folded.
std::vector<int> place_hips(const RigTemplate& rig, const VoxelGrid& solid, const Vec3& up, const Vec3& left,
                            std::vector<Vec3>& positions);

}  // namespace mp4d
