#pragma once
#include "motion/chain_map.h"

namespace mp4d {

/// Motion transfer as MagicPose4D's authors released it (github.com/haoz19/MagicPose4D, the transfer notebook), written
/// anew for comparison: "joints" are the weighted centres of the bones' vertices; the directions from part to part are
/// copied as they are; the target is walked from a root that stays, with its own lengths; every bone is turned by the
/// smallest rotation from its rest direction, about its parent's centre; the source's root translation is added
/// unchanged. No twist, no rest alignment, no scale, no feet. Where skeletons differ, which the notebook does not
/// allow, a joint takes the source's at the same fraction of the paired chain. The smallest rotation is mended for
/// opposite directions (half a turn instead of none). Bones come apart, as they do there. Errors as retarget().
Result<Clip> retarget_reference(const RiggedModel& source, const Anatomy& source_body, const Clip& clip,
                                const RiggedModel& target, const Anatomy& target_body, const ChainMap& map);

}  // namespace mp4d
