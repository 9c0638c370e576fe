#pragma once
#include "motion/fit.h"

namespace mp4d {

/// Figures of the published second stage; lengths with the rest mesh's longest side as 1.
struct ReferenceOptions {
  int samples = 5000;  ///< points drawn from each surface, anew in every step
  int steps = 500;     ///< of Adam, a frame
  double learning_rate = 1e-3;
  double stop = 2e-4;  ///< Chamfer distance at which a frame is done
  double chamfer = 1, edge_length = 1, normal_consistency = 0.05, laplacian = 0.1;
  int seed = 1;
};

/// The second phase as MagicPose4D's authors released it (github.com/haoz19/MagicPose4D), for comparison with fit_motion() on
/// the same input: every bone a free quaternion and translation, without a kinematic chain; each frame from the rest pose by
/// Adam on one Chamfer distance, edge lengths, normal consistency and a uniform Laplacian. docs/phase2.md says what is kept and
/// what is mended. The bones' motion comes as the skeleton's local rotations and translations: joints come apart where bones do.
/// Rest vertices and weights are the input's; bone scales are 1; `rms` and `size` as of fit_motion().
/// `job`, errors and determinism as of fit_motion(); frames run side by side on the processor.
Result<FitResult> fit_reference(const Skeleton& skeleton, const Skin& skin, const Points& rest_verts, const Faces& faces,
                                const FitTarget& target, const ReferenceOptions& options, JobContext* job = nullptr);

}  // namespace mp4d
