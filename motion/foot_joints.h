#pragma once
#include "motion/embed.h"

namespace mp4d {

/// Legs whose last bone reaches from high above the ground (a wrist, a hock) to it get a joint for hoof or paw, which
/// can then lie on the ground whatever the leg does: the foot of `rig` becomes that joint, and a toe at the old place
/// of the foot is appended to `rig` and `embedding`.
void add_foot_joints(RigTemplate& rig, Embedding& embedding);

}  // namespace mp4d
