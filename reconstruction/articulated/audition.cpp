#include "reconstruction/articulated/audition.h"
#include <algorithm>
#include <limits>

namespace mp4d {

Result<std::size_t> audition(const std::vector<MedialFit>& fits, const std::vector<Image>& images, const std::vector<Mask>& masks,
                             const std::vector<FlowPair>& flow, int cells, Phase1Options options, int first_step, JobContext* job) {
  constexpr double kShare = 0.27;
  if (fits.size() == 1) return 0;
  options.iterations = std::max(1, static_cast<int>(kShare * options.iterations));
  JobContext quiet({}, {}, {}, job ? job->cancel_token() : CancelToken());
  std::size_t best = 0;
  double lowest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < fits.size(); ++i) {
    const CoarseGuess guess = guess_from_medial_fit(fits[i], masks[0].width, masks[0].height, cells);
    const auto refined = run_phase1({guess, images, masks, flow, {}}, options, &quiet);
    MP4D_CHECK(check(job));
    if (!refined) return tl::unexpected(refined.error());
    if (const double energy = fits[i].loss + refined->energy; energy < lowest) {
      lowest = energy;
      best = i;
    }
    step(job, first_step + static_cast<int>(kAuditionSteps * (i + 1) / fits.size()));
  }
  return best;
}

}  // namespace mp4d
