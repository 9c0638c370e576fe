#pragma once
#include <vector>

namespace mp4d {

/// For every sample of an nx * ny * nz grid (x fastest) the index of the nearest sample with is_seed != 0, by exact
/// Euclidean distance; -1 everywhere if there is none. Three separable passes of lower envelopes of parabolas
/// (Felzenszwalb and Huttenlocher 2012, "Distance Transforms of Sampled Functions"). Multi-threaded.
std::vector<int> nearest_seed(const std::vector<char>& is_seed, int nx, int ny, int nz);

}  // namespace mp4d
