#pragma once
#include "core/result.h"
#include "motion/rig.h"
#include <string>
#include <vector>

namespace mp4d {

/// Which clip of `model` a user means by `name`, the same for every command and flag: the clip of that name, else of
/// those whose names contain it, in any case, the one of the shortest name; empty = the first. Returns its index. Error
/// (kUsage) begins with `flag` and lists the clips.
Result<int> find_clip(const RiggedModel& model, const std::string& flag, const std::string& name);

/// The clips that a comma-separated list of names means, each once, in its order; "all" = all, empty = the first.
Result<std::vector<int>> find_clips(const RiggedModel& model, const std::string& flag, const std::string& names);

/// The names of all clips, "none" if there are none.
std::string clip_list(const RiggedModel& model);

}  // namespace mp4d
