#pragma once
#include "motion/fit.h"
#include "motion/fit_chain.h"
#include <span>

namespace mp4d::fitting {

/// Weights of the terms beside the data, in the data's unit (mean squared distance over squared size).
struct Priors {
  double turn = 0;   ///< squared change of a local rotation's velocity from frame to frame, rad^2
  double shift = 0;  ///< the same of free translations and per-frame scales
  double rest = 0;   ///< squared local rotation: settles what the data leaves open
  double scale = 0;  ///< squared log bone scale
  double hold = 0;   ///< squared distance from the frame's state at entry: for tracking
};

struct Limit {
  int joint;
  V3 axis;
  double swing_max, twist_min, twist_max;
};

/// Levenberg-Marquardt over all `states` together (one for each of `data`). Shared scales are solved for if the chain has
/// them. Returns the final data cost, the sum over frames.
double minimise(const Chain& chain, const PairTable& table, std::span<const FrameData> data,
                std::span<FrameState> states, const Priors& priors, std::span<const Limit> limits, int iterations);

/// Twist angle about `axis` and swing angle of a rotation, radians; twist in (-pi, pi].
std::pair<double, double> twist_and_swing(const M3& rotation, const V3& axis);

}  // namespace mp4d::fitting
