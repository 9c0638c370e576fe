#pragma once
#include "io/internal/foreign_scene.h"

namespace mp4d::internal {

/// FBX, Collada, PLY, STL through Assimp; metres and y up. std::bad_alloc where memory runs out.
Result<ForeignScene> import_assimp(const std::filesystem::path& path);

}  // namespace mp4d::internal
