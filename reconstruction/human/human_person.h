#pragma once
#include "motion/rig.h"
#include "reconstruction/human/human_colors.h"

namespace mp4d::human {

/// The surface of the views' mean occupancy on a grid of `detail` cells a pixel, its largest piece, evened out, in the first one's
/// cube. Empty if there is none.
Mesh person_surface(const std::vector<HumanView>& views, double level, int detail);

/// The person that the views describe, in metres: person_surface() brought down to `faces` triangles (0 = all), coloured. Error
/// (kFailed): no surface.
Result<Mesh> person_mesh(const std::vector<HumanView>& views, const PartColors& colors, double level, int detail, int faces);

/// Bones from joint to joint, rest pose = the pose it was generated in, weights by heat (motion/skin_weights.h).
Result<RiggedModel> person_rig(Mesh mesh, const Joints& joints, JobContext* job = nullptr);

}  // namespace mp4d::human
