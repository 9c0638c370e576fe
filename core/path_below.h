#pragma once
#include "core/result.h"
#include <filesystem>
#include <string>

namespace mp4d {

/// `folder` / `name`, as a file from elsewhere names another. Error (kInput) that begins with `where`: it would lie
/// outside of `folder`, by which private files could be read. Links on the disk are the user's own and are followed, so that
/// what is read must be made sure to be a regular file (read_regular_file, read_image).
Result<std::filesystem::path> path_below(const std::filesystem::path& folder, const std::string& name,
                                         const std::string& where);

}  // namespace mp4d
