#pragma once
#include "core/result.h"
#include <filesystem>
#include <string>

namespace mp4d {

/// Whether there is anything at `path`. Errors as of read_file(), when that cannot be told: no permission to look, a drive that is gone.
Result<bool> is_there(const std::filesystem::path& path);

/// "HOST-PID-", for names of what this process may leave behind when it is killed.
std::string owner_mark();

/// True if `name` has, behind `before`, the owner_mark() of a process of this machine that has ended.
bool is_left_over(const std::string& name, const std::string& before);

/// Whether anything is at `path`, be it a link to nothing.
bool lies_there(const std::filesystem::path& path);

/// Asks that the names in `folder` be on the disk; some file systems cannot.
void sync_folder(const std::filesystem::path& folder);

}  // namespace mp4d
