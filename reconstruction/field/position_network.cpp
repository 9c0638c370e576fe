#include "reconstruction/field/position_network.h"
#include "core/rng.h"
#include "render/simd.h"
#include <algorithm>
#include <array>
#include <cmath>

namespace mp4d {
namespace {

using simd::F8;
using simd::splat;
using Net = PositionNetwork;

constexpr int kLayers = 4;
constexpr int kIn[kLayers] = {Net::kInputs, Net::kWidth, Net::kWidth, Net::kWidth};
constexpr int kOut[kLayers] = {Net::kWidth, Net::kWidth, Net::kWidth, Net::kOutputs};
constexpr float kDensityScale = 10;  // densities are of that order, other values of 1

/// Where a layer's weights begin: a row of outputs an input, then the biases.
constexpr std::array<std::size_t, kLayers + 1> kBegin = [] {
  std::array<std::size_t, kLayers + 1> at{};
  for (int l = 0; l < kLayers; ++l)
    at[static_cast<std::size_t>(l) + 1] = at[static_cast<std::size_t>(l)] + static_cast<std::size_t>((kIn[l] + 1) * kOut[l]);
  return at;
}();

struct Activations {
  alignas(32) float in[kLayers][Net::kWidth] = {};
};

void encode(const Vec3& point, float* out) {
  std::copy_n(point.data(), 3, out);
  for (int axis = 0; axis < 3; ++axis)
    for (int octave = 0; octave < Net::kOctaves; ++octave) {
      const float angle = point[axis] * static_cast<float>(M_PI) * 0.5f * static_cast<float>(1 << octave);
      out[3 + 2 * (Net::kOctaves * axis + octave)] = std::sin(angle);
      out[4 + 2 * (Net::kOctaves * axis + octave)] = std::cos(angle);
    }
}

template <int layer>
void forward(const float* weights, const float* in, float* out) {
  constexpr int kBlocks = kOut[layer] / 8;
  const float* w = weights + kBegin[layer];
  F8 sum[kBlocks];
  for (int b = 0; b < kBlocks; ++b) sum[b] = simd::load<F8>(w + kIn[layer] * kOut[layer] + 8 * b);
  for (int i = 0; i < kIn[layer]; ++i)
    for (int b = 0; b < kBlocks; ++b) sum[b] += splat(in[i]) * simd::load<F8>(w + i * kOut[layer] + 8 * b);
  for (int b = 0; b < kBlocks; ++b) simd::store(out + 8 * b, layer + 1 < kLayers ? simd::max(sum[b], splat(0.0f)) : sum[b]);
}

void evaluate(const float* weights, const Vec3& point, Activations& a, float* out) {
  encode(point, a.in[0]);
  forward<0>(weights, a.in[0], a.in[1]);
  forward<1>(weights, a.in[1], a.in[2]);
  forward<2>(weights, a.in[2], a.in[3]);
  forward<3>(weights, a.in[3], out);
}

/// `gradient`: of the outputs; becomes that of the inputs, which were rectified, unless this is the first layer.
template <int layer>
void backward(const float* weights, const float* in, float* gradient, float* of_weights) {
  constexpr int kBlocks = kOut[layer] / 8;
  const float* w = weights + kBegin[layer];
  float* g = of_weights + kBegin[layer];
  F8 out[kBlocks];
  for (int b = 0; b < kBlocks; ++b) {
    out[b] = simd::load<F8>(gradient + 8 * b);
    float* bias = g + kIn[layer] * kOut[layer] + 8 * b;
    simd::store(bias, simd::load<F8>(bias) + out[b]);
  }
  for (int i = 0; i < kIn[layer]; ++i) {
    F8 sum = splat(0.0f);
    for (int b = 0; b < kBlocks; ++b) {
      float* to = g + i * kOut[layer] + 8 * b;
      simd::store(to, simd::load<F8>(to) + splat(in[i]) * out[b]);
      if (layer > 0) sum += simd::load<F8>(w + i * kOut[layer] + 8 * b) * out[b];
    }
    if (layer > 0) gradient[i] = in[i] > 0 ? simd::sum(sum) : 0;
  }
}

}  // namespace

PositionNetwork::PositionNetwork(std::uint64_t seed)
    : weights_(kBegin[kLayers]), first_moment_(kBegin[kLayers]), second_moment_(kBegin[kLayers]) {
  for (std::size_t l = 0; l < kLayers; ++l) {
    const double bound = std::sqrt(6.0 / kIn[l]) * (l + 1 < kLayers ? 1 : 0.1);
    const std::size_t biases = kBegin[l] + static_cast<std::size_t>(kIn[l] * kOut[l]);
    for (std::size_t i = kBegin[l]; i < biases; ++i) weights_[i] = static_cast<float>(bound * (2 * rng::uniform(seed, 0x6e657266ULL, i) - 1));
  }
}

void PositionNetwork::values(const Vec3& point, float* out) const {
  Activations a;
  alignas(32) float last[kOutputs];
  evaluate(weights_.data(), point, a, last);
  std::copy_n(last, kOutputs, out);
  out[0] *= kDensityScale;
}

void PositionNetwork::backward(const Vec3& point, float density, const float* features, Gradient& gradient) const {
  Activations a;
  alignas(32) float flow[kWidth] = {};
  evaluate(weights_.data(), point, a, flow);
  std::fill_n(flow, kWidth, 0.0f);
  flow[0] = kDensityScale * density;
  std::copy_n(features, kFeatures, flow + 1);
  const float* w = weights_.data();
  mp4d::backward<3>(w, a.in[3], flow, gradient.data());
  mp4d::backward<2>(w, a.in[2], flow, gradient.data());
  mp4d::backward<1>(w, a.in[1], flow, gradient.data());
  mp4d::backward<0>(w, a.in[0], flow, gradient.data());
}

void PositionNetwork::step(const Gradient& gradient, float rate) {
  constexpr float kFirst = 0.9f, kSecond = 0.99f, kEpsilon = 1e-8f;
  ++steps_;
  const float scale = rate / (1 - std::pow(kFirst, steps_)), correction = 1 / (1 - std::pow(kSecond, steps_));
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    first_moment_[i] = kFirst * first_moment_[i] + (1 - kFirst) * gradient[i];
    second_moment_[i] = kSecond * second_moment_[i] + (1 - kSecond) * gradient[i] * gradient[i];
    weights_[i] -= scale * first_moment_[i] / (std::sqrt(correction * second_moment_[i]) + kEpsilon);
  }
}

std::size_t PositionNetwork::state_size() { return 3 * kBegin[kLayers] + 1; }

std::vector<float> PositionNetwork::state() const {
  std::vector<float> out;
  if (empty()) return out;
  for (const auto* list : {&weights_, &first_moment_, &second_moment_}) out.insert(out.end(), list->begin(), list->end());
  out.push_back(steps_);
  return out;
}

bool PositionNetwork::restore(std::span<const float> state) {
  if (state.size() != state_size()) return false;
  const auto n = static_cast<std::ptrdiff_t>(kBegin[kLayers]);
  weights_.assign(state.begin(), state.begin() + n);
  first_moment_.assign(state.begin() + n, state.begin() + 2 * n);
  second_moment_.assign(state.begin() + 2 * n, state.begin() + 3 * n);
  steps_ = state.back();
  return true;
}

}  // namespace mp4d
