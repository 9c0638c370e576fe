#pragma once
#include "core/image.h"
#include <Eigen/Core>
#include <vector>

namespace mp4d {

/// The rise and fall of a moving body's silhouette: walks and runs lift it once a step, gallops once a stride, whatever
/// side the camera is on. Rows above which 3, 50 and 97 % of the mask lie, freed of slow change (a cubic in time).
class VerticalBob {
 public:
  /// `frames` index the non-empty `masks` to use, in time order.
  VerticalBob(const std::vector<Mask>& masks, const std::vector<int>& frames);

  /// 1 = every row track repeats exactly after `lag` frames, 0 = as alike as two random moments, or nothing to compare.
  float repeats(float lag) const;

 private:
  std::vector<int> frames_;
  Eigen::MatrixX3f tracks_;  // frames x tracks, unit variance; constant tracks are 0
};

}  // namespace mp4d
