#pragma once
#include "motion/retarget_body.h"

namespace mp4d::retargeting {

/// Rotations of arms, wings, necks and tails that would strain the target's surface beyond `max_strain`
/// (SurfaceStrain::bearable) are reduced, the same joint's in neighbouring frames with them. What hangs on the joint in
/// its chain keeps its rotation against it. Returns how many joints were.
int spare_surface(const TargetBody& body, double max_strain, std::vector<std::vector<Quat>>& turns);

}  // namespace mp4d::retargeting
