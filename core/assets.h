#pragma once
#include "core/result.h"
#include <filesystem>

namespace mp4d {

/// A file shipped with the program, by its path below assets/ such as "medial/human.json". Looked for in
/// $MP4D_ASSETS, then beside the installed program (../share/magicpose4d/assets), then in the source tree it was
/// built from. Error (kInput) names the file and the folders.
Result<std::filesystem::path> find_asset(const std::filesystem::path& relative);

}  // namespace mp4d
