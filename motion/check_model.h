#pragma once
#include "core/result.h"
#include "motion/rig.h"

namespace mp4d {

/// What no model may have, by name: no triangles, values that are not finite, indices out of range, parents after
/// children, vertices without weights, times out of order. A skeleton without a mesh passes.
Result<void> check_model(const RiggedModel& model);

}  // namespace mp4d
