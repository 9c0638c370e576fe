#pragma once
#include <filesystem>
#include <vector>

namespace mp4d {

/// Whether `path` names a folder of meshes, such as "walk/%04d.obj". export_model() lets a folder that was not there appear as a whole;
/// in one that was, the first mesh comes last, and with "replace" the meshes that lay there under such names go.
bool is_mesh_folder(const std::filesystem::path& path);

/// The file that is there once export_model() has written `path`: itself, or of a folder of meshes the first.
std::filesystem::path finished_file(const std::filesystem::path& path);

/// The meshes that lie in such a folder under such names.
std::vector<std::filesystem::path> meshes_in_folder(const std::filesystem::path& path);

}  // namespace mp4d
