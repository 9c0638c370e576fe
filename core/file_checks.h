#pragma once
#include "core/result.h"
#include <filesystem>

namespace mp4d {

/// Whether there is anything at `path`. Errors as of read_file(), when that cannot be told: no permission to look, a drive that is gone.
Result<bool> is_there(const std::filesystem::path& path);

/// Asks that the names in `folder` be on the disk; some file systems cannot.
void sync_folder(const std::filesystem::path& folder);

}  // namespace mp4d
