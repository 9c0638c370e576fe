#pragma once
#include "core/job_context.h"
#include "io/frames.h"
#include "reconstruction/articulated/reconstruct.h"

namespace mp4d {

/// Three pictures a frame, next to each other: the input, the result drawn over it, and the result seen from its
/// side (the frame's camera turned by 90 degrees about the up axis through the result). Inputs higher than 540 pixels are
/// shrunk by a whole factor. `frames` must be those the result was made from. A step of `job` each.
/// Errors: cancelled; a number of frames that is not the result's.
Result<std::vector<Image>> preview_pictures(const Frames& frames, const ReconstructResult& result,
                                            JobContext* job = nullptr);

}  // namespace mp4d
