#pragma once
#include "core/result.h"
#include "motion/rig.h"
#include "reconstruction/human/body_skeleton.h"
#include <vector>

namespace mp4d::human {

/// The frames of a clip of a person with any skeleton, as poses of the generator's: limbs point where the clip's do,
/// pelvis and spine turn as they turn from its rest pose. The axis along which that stands becomes y (BVH files do not
/// say which is up). Errors (kInput): no such clip, or those of joints_of_model().
Result<std::vector<Pose>> poses_of_clip(const RiggedModel& model, int clip = 0);

}  // namespace mp4d::human
