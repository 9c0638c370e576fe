#pragma once
#include "reconstruction/human/body_skeleton.h"

namespace mp4d::human {

/// The pose in which a body with the joints `rest` points its limbs as `posed` does; exact if the bones have the same
/// lengths. `posed_rest` are the joints of the same body as `posed` at rest, upright and facing +z as `rest` is:
/// pelvis, spine, collars, neck and head turn as they turn from there, since what is straight in them differs from
/// skeleton to skeleton; null = `rest`. Twists that joints do not show are those that bend elbows and knees about their
/// hinges, or none. Positions of `posed` matter only by their differences.
Pose pose_from_joints(const Joints& rest, const Joints& posed, const Joints* posed_rest = nullptr);

/// The joints turned about y so that the hips' left is towards +x.
Joints facing_forward(const Joints& joints);

}  // namespace mp4d::human
