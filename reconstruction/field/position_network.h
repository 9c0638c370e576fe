#pragma once
#include "core/geometry.h"
#include <span>
#include <vector>

namespace mp4d {

/// The part of NeRF's network that knows the place: from a point's sines and cosines to a density and features, which a
/// ColourNetwork turns into a colour (Mildenhall et al. 2020, in small: eight octaves, three hidden layers of 64). With Adam's
/// state.
class PositionNetwork {
 public:
  static constexpr int kWidth = 64, kOctaves = 8, kInputs = 3 + 6 * kOctaves, kFeatures = 16, kOutputs = 24;

  PositionNetwork() = default;
  /// Weights are random, uniform within sqrt(6 / inputs of their layer), of the last layer a tenth of it.
  explicit PositionNetwork(std::uint64_t seed);

  bool empty() const { return weights_.empty(); }

  /// Density and features at a point of the cube from -1 to 1. `out`: kOutputs floats, of which 1 + kFeatures are of use.
  void values(const Vec3& point, float* out) const;

  /// Gradient of the weights. Threads have one each; add() them in a fixed order.
  using Gradient = std::vector<float>;
  Gradient no_gradient() const { return Gradient(weights_.size(), 0.0f); }
  /// Adds what the gradients of a point's density and features make of the weights'.
  void backward(const Vec3& point, float density, const float* features, Gradient& gradient) const;
  /// Adam (Kingma and Ba 2015), betas 0.9 and 0.99.
  void step(const Gradient& gradient, float rate);

  /// Weights and Adam's state, for checkpoints; restore() returns false for another size.
  std::vector<float> state() const;
  bool restore(std::span<const float> state);
  static std::size_t state_size();

 private:
  std::vector<float> weights_, first_moment_, second_moment_;
  float steps_ = 0;
};

}  // namespace mp4d
