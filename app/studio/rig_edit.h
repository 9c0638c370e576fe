#pragma once
#include "app/studio/character.h"

namespace mp4d {

/// The character with `joint` at `point` (metres, where the skeleton's rest pose stands). The mesh at rest and the
/// joints below stay where they are; in clips the joint keeps its rotations and turns about its new place. Weights stay.
Character with_joint_at(const Character& character, int joint, const Vec3& point);

Character with_joint_named(const Character& character, int joint, const std::string& name);

}  // namespace mp4d
