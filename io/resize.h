#pragma once
#include "core/image.h"

namespace mp4d {

/// Area-averaged copy whose longer side is at most `longest` pixels; the picture itself if it is no larger.
Image shrink(const Image& image, int longest);
/// The same for a mask: a pixel belongs to the subject if more than half of its area does.
Mask shrink_mask(const Mask& mask, int longest);

}  // namespace mp4d
