#pragma once
// Internal to io's sources.
#include "core/image.h"
#include <string>
#include <vector>

namespace mp4d::internal {

/// An endlessly looping GIF89a of RGB(A) images of one size (alpha ignored): one palette for all frames by median cut
/// (Heckbert 1982), ordered dithering, delays rounded to 1/100 s so that their sum stays true to `fps`.
std::string encode_gif(const std::vector<Image>& images, double fps);

}  // namespace mp4d::internal
