#pragma once
#include "reconstruction/field/grid_march.h"

namespace mp4d {

struct ReferenceMarch {
  std::vector<RayResult> results;  ///< depth is left at 0
  /// d loss / d(each value of each sample), 1 + 3 * coefficients() floats a sample of the grid; loss: the sum of
  /// gradient * (colour + transmittance * background) over the rays.
  std::vector<float> gradient;
};

/// What GridMarch does for densities with harmonics, written with LibTorch's own operations and differentiated by it: the
/// oracle of the tests and the yardstick of the benchmark. Every ray takes `steps` samples, or as many as lie in the box;
/// nothing is skipped.
ReferenceMarch reference_march(const GridField& field, std::span<const Ray> rays, std::span<const float> offsets, float near,
                               int steps, std::span<const Vec3> colour_gradient, std::span<const Vec3> background);

}  // namespace mp4d
