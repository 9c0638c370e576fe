#pragma once
#include "core/result.h"
#include "motion/rig.h"
#include "reconstruction/human/body_skeleton.h"
#include <vector>

namespace mp4d::human {

/// The generator's 24 joints in a model of a person with any skeleton, posed by `root_from_joint` (one a joint of the
/// model, as forward_kinematics() gives them; null = the pose in which the mesh is bound); in the model's units. Hips,
/// knees, ankles, shoulders, elbows, wrists and neck are the model's own (chains are searched for the longest pair of
/// like bones); spine and collars are set between them as in the generator's body, and so are knuckles, balls of the
/// feet and the head where the skeleton ends before them. Errors (kInput): those of find_anatomy(), and what of a
/// person the skeleton lacks.
Result<Joints> joints_of_model(const RiggedModel& model, const std::vector<Mat4>* root_from_joint = nullptr);

}  // namespace mp4d::human
