#pragma once
#include "motion/anatomy.h"

namespace mp4d {

/// Linear blend skinning loses volume where a joint bends or twists far: a vertex half way between two bones is
/// averaged into the inside, at half a turn into a point. A joint of half the rotation takes over these vertices:
/// weights a and b of parent and child become a - m, b - m and 2 m, m = min(a, b); in the middle it takes all. It is an
/// ordinary joint with ordinary keys, so every format and program shows it.
///
/// Adds such a joint below the parent of each joint in a limb, neck, trunk or tail whose skin blends with its parent's,
/// named "NAME_half", to skeleton, skin and all clips. Joints keep their indices; the new ones come last. Returns how
/// many. A vertex keeps its four heaviest influences.
int add_volume_joints(RiggedModel& model, const Anatomy& body);

}  // namespace mp4d
