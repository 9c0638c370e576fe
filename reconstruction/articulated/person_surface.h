#pragma once
#include "reconstruction/articulated/guess.h"
#include "reconstruction/human/human_model.h"

namespace mp4d {

struct PersonSurfaceOptions {
  std::string words;  ///< what the person is like (docs/human.md); empty = anybody
  human::HumanSampling sampling;
};

/// Puts a person from the generator (reconstruction/human) in the place of the surface of a guess fitted to people: in the bind pose, with
/// the fitted bones' lengths, bound to the same joints by the fitted capsules. Without words a few people are drawn, and the one whose
/// silhouettes agree best with `masks` is kept; `mask_iou` is then this surface's. Errors: those of joints_of_model() and
/// generate_human(), naming the option; cancelled.
Result<void> take_person_surface(CoarseGuess& guess, const MedialFit& fit, const std::vector<Mask>& masks,
                                 const PersonSurfaceOptions& options, JobContext* job = nullptr);

}  // namespace mp4d
