#pragma once
#include "motion/rig.h"
#include "reconstruction/human/human_colors.h"

namespace mp4d::human {

/// The person a field describes, in metres: the surface at 2 x the field's pixels and `depth` samples, its largest piece,
/// brought down to `faces` triangles (0 = all), coloured. Errors (kFailed): an empty field.
Result<Mesh> person_mesh(const HumanField& field, const Joints& joints, const PartColors& colors, double level, int depth,
                         int faces);

/// Bones from joint to joint, rest pose = the pose it was generated in, weights by heat (motion/skin_weights.h).
Result<RiggedModel> person_rig(Mesh mesh, const Joints& joints, JobContext* job = nullptr);

}  // namespace mp4d::human
