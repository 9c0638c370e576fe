#pragma once
#include "reconstruction/human/human_generate.h"

namespace mp4d {

/// Reads --pose into the order: a preset's name, or a file with joints, with an animated person or with a picture or video of one, of which
/// `frame` (from 0) is taken. Nothing for an empty text. Returns what there is to say about it. Errors name the file or list
/// the presets.
Result<std::vector<std::string>> set_pose(human::HumanOrder& order, const std::string& pose, int frame);

}  // namespace mp4d
