#pragma once
#include "core/mesh.h"
#include "reconstruction/human/body_skeleton.h"

namespace mp4d::human {

/// The cube [-1, 1]^3 a person is generated in, placed by the joints alone, so that it is known before the body is.
struct HumanFrame {
  Vec3 centre = Vec3::Zero();  ///< metres
  float half_extent = 1;       ///< metres that 1 in the cube stands for

  Points to_cube(const Points& verts) const { return (verts.rowwise() - centre.transpose()) / half_extent; }
  Points to_world(const Points& verts) const { return (verts * half_extent).rowwise() + centre.transpose(); }
};

/// Length of trunk, head and one leg along the bones, whatever the pose; of an adult of 1.70 m about 1.37 m.
float body_length(const Joints& joints);

/// The frame that holds every joint with its flesh: spheres about the joints, sized by the lengths of the bones.
HumanFrame frame_of(const Joints& joints);

}  // namespace mp4d::human
