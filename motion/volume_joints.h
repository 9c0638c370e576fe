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
/// many. A vertex keeps its four heaviest influences. A joint that has one already gets no second.
int add_volume_joints(RiggedModel& model, const Anatomy& body);

/// Gives the volume joints that `skeleton` came with (its "NAME_half" beside "NAME") half the rotation of their
/// joints in every pose of `clip`.
void turn_volume_joints(const Skeleton& skeleton, Clip& clip);

}  // namespace mp4d
