#pragma once
// Internal to io's sources.
#include "core/result.h"
#include <functional>
#include <string>
#include <string_view>

namespace mp4d::internal {

/// True if `head`, the first 12 bytes or more, is of a PNG, JPEG, WebP, TIFF or BMP. OpenCV would try some twenty
/// decoders, whichever the bytes ask for, of which few see files from strangers every day.
bool is_known_picture(std::string_view head);

/// `size` bytes of a file from `offset` on, fewer at its end.
using ReadAt = std::function<std::string(std::uint64_t offset, std::size_t size)>;

/// Whether a picture may be decoded, by what its first bytes say of its size: a few kilobytes can claim gigabytes. Errors, without
/// a file's name: kInput for none of the formats above, a damaged beginning or too many pixels, kResource for too little memory.
Result<void> check_picture(const ReadAt& read_at);
Result<void> check_picture(std::string_view bytes);

}  // namespace mp4d::internal
