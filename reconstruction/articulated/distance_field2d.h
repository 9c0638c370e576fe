#pragma once
#include "core/image.h"

namespace mp4d {

/// Signed Euclidean distance, pixels, of every pixel centre to the mask's contour: negative inside, exact
/// (Felzenszwalb and Huttenlocher 2012). An empty mask gives a large positive constant.
ImageF signed_distance(const Mask& mask);

}  // namespace mp4d
