#pragma once
#include "reconstruction/articulated/phase1.h"

namespace mp4d {

constexpr int kAuditionSteps = 30;  ///< steps that audition() adds to the caller's current phase

/// Which of several coarse fits explains the clip best. Fits are of capsules; a short phase 1 of each tells more: silhouettes that a
/// wrong body or view cannot follow, colours that do not stay where they belong. Counts the sum of both energies. `images`, `masks`
/// and `flow` as in Phase1Input; `cells`: of the surfaces' longest side; `options`: of the whole phase 1, of whose iterations a share is run.
/// Reports steps from `first_step` on. Errors: as run_phase1().
Result<std::size_t> audition(const std::vector<MedialFit>& fits, const std::vector<Image>& images, const std::vector<Mask>& masks,
                             const std::vector<FlowPair>& flow, int cells, Phase1Options options, int first_step, JobContext* job);

}  // namespace mp4d
