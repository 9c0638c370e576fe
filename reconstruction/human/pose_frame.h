#pragma once
#include "reconstruction/human/body_skeleton.h"

// Poses are written and drawn against the body at attention (arms and legs straight down, palms to the thighs), in
// which elbows and knees are hinges about x and left and right are mirror images. The generator's rest pose holds the
// arms out and the elbows bent, so that the two differ by a fixed turn of every limb.
namespace mp4d::human {

/// Rest joints of an average adult (1.66 m), metres; the ground is at y = 0.
const Joints& average_rest_joints();

/// The pose against the rest pose, of one against attention.
Pose pose_from_attention(const Pose& at_attention);

/// Left and right exchanged. Same meaning in both frames.
Pose mirrored(const Pose& pose);

/// Rx Rz Ry of degrees about x, y, z.
Quat rotation_of_degrees(const Vec3& degrees);

}  // namespace mp4d::human
