#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace mp4d {

/// Order in which people number files: runs of digits compare by value ("a2" < "a10"), the rest by byte.
bool natural_less(const std::string& a, const std::string& b);

/// Lower-case ending with its dot (".png"), "" if there is none.
std::string lower_extension(const std::filesystem::path& path);

/// Regular, not hidden files of `folder` (not its subfolders) whose lower-case ending is in `extensions`, in
/// natural order of their names. Empty if the folder cannot be read.
std::vector<std::filesystem::path> list_files(const std::filesystem::path& folder,
                                              const std::vector<std::string>& extensions);

}  // namespace mp4d
