#pragma once
#include "core/result.h"
#include <filesystem>
#include <string>
#include <vector>

namespace mp4d {

enum class InputKind { kClip, kModel, kMeshFolder, kAnime, kJson };

/// Lower-case endings, with dots, of the model files that read_model() takes.
const std::vector<std::string>& model_extensions();

/// What `path` is, by its ending, or for a folder by what lies in it (meshes, else images). Error: not found.
Result<InputKind> input_kind(const std::filesystem::path& path);

}  // namespace mp4d
