#pragma once
#include "core/geometry.h"
#include <span>
#include <vector>

namespace mp4d {

/// A network of two hidden layers from a place's features and the view direction to a colour, as DVGO and TensoRF have
/// it (Sun et al. 2022, Chen et al. 2022), with Adam's state. Directions enter as sines and cosines of four octaves.
class ColourNetwork {
 public:
  static constexpr int kWidth = 32, kDirection = 27;
  using Hidden = float[kWidth];

  ColourNetwork() = default;
  /// `inputs`: features, a multiple of 4. Weights are random, uniform within 1 / sqrt(inputs of their layer).
  ColourNetwork(int inputs, std::uint64_t seed);

  int inputs() const { return inputs_; }
  bool empty() const { return inputs_ == 0; }

  /// What a direction adds to the first layer.
  void direction_part(const Vec3& direction, Hidden& out) const;
  /// Colours in 0..1 of `count` samples of one ray; `features`: count x stride floats, of which inputs() are read.
  void colours(const Hidden& direction, const float* features, std::size_t stride, std::size_t count, Vec3* out) const;

  /// Gradient of the weights. Threads have one each; add() them in a fixed order.
  using Gradient = std::vector<float>;
  Gradient no_gradient() const { return Gradient(weights_.size(), 0.0f); }
  /// Takes the gradients of the samples' logits (before the last sigmoid) back to weights and features (count x
  /// inputs(), written).
  void backward(const Vec3& direction, const float* features, std::size_t stride, const Vec3* logits, std::size_t count,
                Gradient& weights, float* feature_gradient) const;
  /// Adam (Kingma and Ba 2015), betas 0.9 and 0.99.
  void step(const Gradient& gradient, float rate);

  /// Weights and Adam's state, for checkpoints.
  std::span<const float> weights() const { return weights_; }
  std::vector<float> state() const;
  /// Error: false if the size is not that of a network of `inputs`.
  bool restore(int inputs, std::span<const float> state);
  static std::size_t state_size(int inputs);

 private:
  int inputs_ = 0;
  std::vector<float> weights_, first_moment_, second_moment_;
  float steps_ = 0;
};

}  // namespace mp4d
