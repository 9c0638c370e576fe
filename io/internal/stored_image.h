#pragma once
#include "core/image.h"
#include "core/result.h"
#include <filesystem>

namespace mp4d::internal {

/// read_image() without the orientation that the file states (EXIF): the pixels as they lie there, of which COLMAP's models are.
Result<Image> read_stored_image(const std::filesystem::path& path);

}  // namespace mp4d::internal
