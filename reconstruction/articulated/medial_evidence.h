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

/// `masks` all of one size; `flow` between neighbouring frames, or empty. Deterministic for a seed.
MedialEvidence gather_medial_evidence(const std::vector<Mask>& masks, const std::vector<FlowPair>& flow, unsigned seed);

}  // namespace mp4d
