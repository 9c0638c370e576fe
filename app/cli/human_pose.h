#pragma once
#include "reconstruction/human/human_generate.h"

namespace mp4d {

/// Reads --pose into the order: a preset's name, or a file with joints or with an animated person, of which `frame` (from 0)
/// is taken. Nothing for an empty text. Errors name the file or list the presets.
Result<void> set_pose(human::HumanOrder& order, const std::string& pose, int frame);

}  // namespace mp4d
