#pragma once
#include "app/studio/character.h"

namespace mp4d {

// Edits of a character's skeleton. The mesh at rest never changes, and clips go on as they were where the joints are the
// same.

/// The character with `joint` at `point` (metres, where the skeleton's rest pose stands). The mesh at rest and the
/// joints below stay where they are; in clips the joint keeps its rotations and turns about its new place. Weights stay.
Character with_joint_at(const Character& character, int joint, const Vec3& point);

Character with_joint_named(const Character& character, int joint, const std::string& name);

/// A new last joint below `parent` at `point` (metres, rest pose). It turns nothing until weights are painted or made anew.
Character with_joint_added(const Character& character, int parent, const std::string& name, const Vec3& point);

/// Without `joint`. What hangs on it hangs on its parent, and so does its skin; a root is only left out if it has one child,
/// which becomes the root and takes the skin.
bool can_remove_joint(const Skeleton& skeleton, int joint);
Character with_joint_removed(const Character& character, int joint);

/// The joint of the same name on the other side ("hand.L" of "hand.R", "LeftArm" of "RightArm"), or -1.
int twin_joint(const Skeleton& skeleton, int joint);
/// The twin where `joint` is, mirrored about the plane x = that of the root.
Character with_twin_mirrored(const Character& character, int joint);

/// `clip` in place of clip number `index`.
Character with_clip(const Character& character, int index, Clip clip);

}  // namespace mp4d
