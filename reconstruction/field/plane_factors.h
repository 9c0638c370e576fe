#pragma once
#include "core/geometry.h"
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace mp4d {

/// Eight floats.
struct alignas(32) FactorLine {
  float v[8];
};

/// A field over a grid as sums of products of planes and lines (TensoRF's VM decomposition: Chen et al. 2022, eq. 3): for
/// each axis c a plane over the other two axes a, b and a line along c, with kDensity components for the density, whose
/// products are summed, and kFeatures for features, whose products are what the network reads. Bilinear and linear
/// between samples. A texel is a row of kComponents floats.
///
/// With more than one time the lines are planes over c and time, as HexPlane has it (Cao and Johnson 2023).
struct PlaneFactors {
  static constexpr int kDensity = 8, kFeatures = 16, kComponents = kDensity + kFeatures, kBlocks = kComponents / 8;
  static constexpr int kInputs = 3 * kFeatures;

  Eigen::Vector3i size = Eigen::Vector3i::Zero();  ///< samples along each axis, as the grid's
  int times = 1;  ///< samples along time, evenly over 0..1
  std::array<std::vector<FactorLine>, 6> parts;    ///< planes of modes 0..2, then lines, time after time
  std::array<std::vector<FactorLine>, 6> first, second;  ///< Adam's moments
  float steps = 0;

  static constexpr int kAxis[3][3] = {{0, 1, 2}, {0, 2, 1}, {1, 2, 0}};  ///< a, b and c of each mode

  bool empty() const { return parts[0].empty(); }
  std::size_t texels(int part) const {
    const int* axis = kAxis[part % 3];
    return part < 3 ? static_cast<std::size_t>(size[axis[0]]) * static_cast<std::size_t>(size[axis[1]])
                    : static_cast<std::size_t>(size[axis[2]]) * static_cast<std::size_t>(times);
  }
};

/// Small random components, the same for the same seed and at all times.
PlaneFactors make_plane_factors(const Eigen::Vector3i& size, int times, std::uint64_t seed);

/// The factors on other samples, of which number i lies at `first` + `step` * i, counted in the old ones, and at `times` moments;
/// Adam's moments cleared.
PlaneFactors resampled(const PlaneFactors& factors, const Eigen::Vector3i& size, int times, const Vec3& first, float step);

/// Sample indices and shares of a point of the grid: `cell` its lower corner, `place` within it, 0..1.
struct GridPlace {
  Eigen::Vector3i cell;
  Vec3 place;
  float time = 0;  ///< 0..1
};

float density_at(const PlaneFactors& factors, const GridPlace& at);
/// `out`: kInputs floats, mode after mode.
void features_at(const PlaneFactors& factors, const GridPlace& at, float* out);

/// Densities at all samples of the grid, x fastest, the largest of all times. Multi-threaded.
std::vector<float> all_densities(const PlaneFactors& factors);

/// All values and Adam's state, for checkpoints; restore() returns false if `state` is not that of factors of `size`.
std::vector<float> state_of(const PlaneFactors& factors);
bool restore(PlaneFactors& factors, const Eigen::Vector3i& size, int times, std::span<const float> state);
std::size_t factor_state_size(const Eigen::Vector3i& size, int times);

/// Gradients of one sample to be gathered.
struct FactorSplat {
  GridPlace at;
  float density = 0;
  const float* features = nullptr;  ///< kInputs
};

struct FactorRates {
  float step = 0.02f;
  float tv_density = 0, tv_features = 0;  ///< of the differences to neighbours within planes and lines
  float tv_time = 0;                      ///< of all components' differences to the times before and after
};

/// Gathers gradients into planes and lines and moves them by Adam (betas 0.9 and 0.99). Rows of a plane are owned by one
/// thread, which takes the splats in their order; lines are summed over fixed groups of rows: the number of threads
/// changes no bit. Keeps its memory.
class FactorOptimiser {
 public:
  void step(PlaneFactors& factors, const std::vector<FactorSplat>& splats, const FactorRates& rates);

 private:
  std::array<std::vector<FactorLine>, 6> gradient_;
  std::vector<std::vector<FactorLine>> line_parts_;
};

}  // namespace mp4d
