#pragma once
#include "core/preview.h"
#include "io/flow.h"
#include "io/masks.h"
#include "reconstruction/articulated/reconstruct.h"
#include "reconstruction/articulated/stage_cache.h"

namespace mp4d {

/// What the pictures of a clip tell, at working size (longer side at most kWorkSize).
struct Evidence {
  Frames frames;
  Masks masks;
  std::vector<FlowPair> flow;
  int full_width = 0, full_height = 0;  ///< of the clip
  ContentHash key;                      ///< of everything above
};

constexpr int kWorkSize = 512;

/// The part of the clip that the options ask for.
FrameRange frame_range(const ReconstructOptions& options);

/// How masks are computed where there are none: the options' subject point, and the network where it is asked for or
/// installed. Error (kUsage) for a point that is none.
Result<MaskOptions> mask_options(const ReconstructOptions& options);

/// Phases frames, masks and flow. The viewer sees the masks. Masks from the folder, from alpha, or computed (and kept in `cache`).
/// Errors: those of the readers; fewer than 2 frames; not enough memory for the clip (says how much it takes).
Result<Evidence> gather_evidence(const ReconstructInput& input, const ReconstructOptions& options,
                                 const StageCache& cache, nlohmann::json& report, JobContext* job, Viewer* viewer = nullptr);

}  // namespace mp4d
