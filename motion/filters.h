#pragma once
#include "core/result.h"
#include "motion/rig.h"

namespace mp4d {

/// Zero-phase Gaussian smoothing in time of all rotations (in the tangent space around each frame, followed through
/// full turns) and, at the same cut-off, translations and scales. `cutoff_hz`: the frequency whose amplitude falls to
/// 1/sqrt(2); the Gaussian's sigma is sqrt(ln 2) / (2 pi cutoff) seconds. Towards the ends the window narrows
/// symmetrically, so the first and last pose stay as they are. Error (kUsage) if the cut-off is not positive.
Result<Clip> smooth_clip(const Clip& clip, double cutoff_hz);

/// Root mean square angular acceleration of the local rotations, rad/s^2, over all joints and inner frames; 0 for
/// fewer than three frames.
double jitter(const Clip& clip);

}  // namespace mp4d
