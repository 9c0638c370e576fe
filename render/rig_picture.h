#pragma once
#include "core/image.h"
#include "motion/rig.h"

namespace mp4d {

/// The hue that stands for a joint, sRGB; neighbours in the order of joints are far apart.
Vec3 joint_colour(int joint);

struct RigPictureOptions {
  Mat3 mesh_from_body = Mat3::Identity();  ///< columns = the creature's left, up and forward in the mesh's space
  int panel = 480;                         ///< pixels, side of each of the four square views
};

/// What a rig looks like at rest, four views in one RGB picture: above, the skeleton through the mesh, from obliquely
/// in front and from the creature's left (left limbs blue, right red, the middle yellow, unsided ones by limb); below,
/// from the same places, which bones hold each vertex: every joint has a hue, and weights mix them. Needs no display.
/// The model must have a skeleton and a skin.
Image draw_rig(const RiggedModel& model, const RigPictureOptions& options = {});

}  // namespace mp4d
