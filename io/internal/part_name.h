#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace mp4d {

/// "walk.1a2b3c4d.bin": a name that tells the content, for a file that belongs to another one. A file under such a name is never
/// replaced by another content, so that whoever stops between the two leaves no file with a stranger's part.
std::string part_name(const std::string& stem, std::string_view content, const std::string& ending);

/// Whether `name` is a part of the file `path`: its stem, "_0" and the like for a USD's textures, and a content's name.
bool is_part_name(const std::string& name, const std::filesystem::path& path);

}  // namespace mp4d
