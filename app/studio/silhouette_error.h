#pragma once
#include "core/image.h"

namespace mp4d {

/// Where a drawn silhouette and a mask differ. Shares are of all pixels that either has, 0..1; all 0 where both are empty.
struct SilhouetteError {
  Image picture;  ///< RGBA: orange where the mask is missed, blue where there is too much, faint grey where both agree
  Image outlines;  ///< RGBA, nothing but two pixels wide outlines: the mask's orange, the drawn silhouette's blue
  double missed = 0, extra = 0;
};

/// Both of one size.
SilhouetteError silhouette_error(const Mask& drawn, const Mask& truth);

}  // namespace mp4d
