#pragma once
// Internal to io's sources.
#include <string_view>

namespace mp4d::internal {

/// True if `head`, the first 12 bytes or more, is of a PNG, JPEG, WebP, TIFF or BMP. OpenCV would try some twenty
/// decoders, whichever the bytes ask for, of which few see files from strangers every day.
bool is_known_picture(std::string_view head);

}  // namespace mp4d::internal
