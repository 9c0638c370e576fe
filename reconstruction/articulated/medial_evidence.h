#pragma once
#include "io/flow.h"
#include "reconstruction/articulated/medial_energy.h"

namespace mp4d {

/// What the medial fit looks at: the clip's silhouettes and flow, sampled.
struct MedialEvidence {
  std::vector<PixelPool> pools;  ///< one a frame
  std::vector<int> usable;       ///< frames that show the subject, in time order
  float unit_px = 1;             ///< a mask unit in pixels: root of the median mask area
};

/// `masks` all of one size; `flow` between neighbouring frames, or empty; `landmarks` one a mask, or empty. Deterministic for a
/// seed.
MedialEvidence gather_medial_evidence(const std::vector<Mask>& masks, const std::vector<FlowPair>& flow, unsigned seed,
                                      const std::vector<LimbLandmarks>& landmarks = {});

/// `count` usable frames in time order, the first and last among them: spread so that between neighbours passes the same share of the
/// clip's time and of its motion (mean length of the flow), half and half. A clip that rests most of the time is looked at
/// where it moves.
std::vector<int> key_frames(const MedialEvidence& evidence, int count);

}  // namespace mp4d
