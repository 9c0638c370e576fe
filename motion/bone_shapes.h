#pragma once
#include "motion/rig.h"

namespace mp4d {

/// A surface for a skeleton that has none: a slim octahedron along every bone, bound to the joint it begins at, and a
/// small one at joints without a bone of their own. Replaces mesh and skin. An empty skeleton stays without.
void add_bone_shapes(RiggedModel& model);

}  // namespace mp4d
