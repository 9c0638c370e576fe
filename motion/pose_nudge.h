#pragma once
#include "motion/rig.h"

namespace mp4d {

/// `clip` with `joint` turned by `turn` (in the joint's own axes) at `time` seconds, fading out smoothly to nothing `reach` seconds
/// before and after. Keys are added at `time` and at both ends of the reach where there are none, so that sparse clips
/// stay as they were beyond it. Times outside the clip count as its nearest end.
Clip nudge_joint(const Clip& clip, int joint, double time, const Quat& turn, double reach);

}  // namespace mp4d
