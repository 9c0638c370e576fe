#include "reconstruction/field/colour_network.h"
#include "core/rng.h"
#include "render/simd.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

using simd::F8;
using simd::splat;

constexpr int kW = ColourNetwork::kWidth, kBlocks = kW / 8, kD = ColourNetwork::kDirection;
constexpr int kGroup = 4;  // samples that share the loads of weights
constexpr int kMostInputs = 64;

/// Where the layers lie among the weights; each row has the weights of one input to all outputs.
struct Layers {
  std::size_t features = 0, direction, first_bias, second, second_bias, last, last_bias, end;
  explicit Layers(int inputs)
      : direction(static_cast<std::size_t>(inputs) * kW),
        first_bias(direction + kD * kW),
        second(first_bias + kW),
        second_bias(second + kW * kW),
        last(second_bias + kW),  // 3 rows of kW: of one output each
        last_bias(last + 3 * kW),
        end(last_bias + 3) {}
};

void octaves(const Vec3& direction, float (&out)[kD]) {
  for (int axis = 0; axis < 3; ++axis) {
    out[axis] = direction[axis];
    for (int octave = 0; octave < 4; ++octave) {
      const float angle = direction[axis] * static_cast<float>(1 << octave);
      out[3 + 8 * axis + 2 * octave] = std::sin(angle);
      out[4 + 8 * axis + 2 * octave] = std::cos(angle);
    }
  }
}

struct Hidden {
  F8 at[kGroup][kBlocks];
};

/// out += in * rows, for the samples of a group.
template <class Value>
void add_product(Hidden& out, const float* rows, int count, Value value) {
  for (int i = 0; i < count; ++i)
    for (int b = 0; b < kBlocks; ++b) {
      const F8 w = simd::load<F8>(rows + i * kW + 8 * b);
      for (int s = 0; s < kGroup; ++s) out.at[s][b] += splat(value(s, i)) * w;
    }
}

void rectify(Hidden& h) {
  for (auto& sample : h.at)
    for (F8& block : sample) block = simd::max(block, splat(0.0f));
}

struct Activations {
  Hidden first, second;
  alignas(32) float first_values[kGroup][kW];
};

void forward(const float* w, const Layers& at, int inputs, const float* direction, const float* features,
             std::size_t stride, Activations& a) {
  for (auto& sample : a.first.at)
    for (int b = 0; b < kBlocks; ++b) sample[b] = simd::load<F8>(direction + 8 * b);
  add_product(a.first, w + at.features, inputs, [&](int s, int i) { return features[static_cast<std::size_t>(s) * stride + static_cast<std::size_t>(i)]; });
  rectify(a.first);
  for (int s = 0; s < kGroup; ++s)
    for (int b = 0; b < kBlocks; ++b) {
      simd::store(a.first_values[s] + 8 * b, a.first.at[s][b]);
      a.second.at[s][b] = simd::load<F8>(w + at.second_bias + 8 * b);
    }
  add_product(a.second, w + at.second, kW, [&](int s, int i) { return a.first_values[s][i]; });
  rectify(a.second);
}

/// `count` <= kGroup samples, padded with copies of the last.
struct Group {
  alignas(32) float features[kGroup * kMostInputs];
  Group(const float* from, std::size_t stride, int inputs, std::size_t count) {
    for (std::size_t s = 0; s < kGroup; ++s)
      std::copy_n(from + std::min(s, count - 1) * stride, inputs, features + s * kMostInputs);
  }
};

}  // namespace

ColourNetwork::ColourNetwork(int inputs, std::uint64_t seed) : inputs_(inputs) {
  const Layers at(inputs);
  weights_.resize(at.end);
  first_moment_.assign(at.end, 0);
  second_moment_.assign(at.end, 0);
  const auto fill = [&](std::size_t from, std::size_t to, int fan_in) {
    const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
    for (std::size_t i = from; i < to; ++i) weights_[i] = static_cast<float>(bound * (2 * rng::uniform(seed, 0x6e657477ULL, i) - 1));
  };
  fill(at.features, at.second, inputs + kD);
  fill(at.second, at.last, kW);
  fill(at.last, at.last_bias, kW);
}

void ColourNetwork::direction_part(const Vec3& direction, Hidden& out) const {
  const Layers at(inputs_);
  float values[kD];
  octaves(direction, values);
  std::copy_n(weights_.data() + at.first_bias, kW, out);
  for (int i = 0; i < kD; ++i)
    for (int j = 0; j < kW; ++j) out[j] += values[i] * weights_[at.direction + static_cast<std::size_t>(i * kW + j)];
}

void ColourNetwork::colours(const Hidden& direction, const float* features, std::size_t stride, std::size_t count, Vec3* out) const {
  const Layers at(inputs_);
  const float* w = weights_.data();
  Activations a;
  for (std::size_t first = 0; first < count; first += kGroup) {
    const std::size_t n = std::min<std::size_t>(kGroup, count - first);
    const Group group(features + first * stride, stride, inputs_, n);
    forward(w, at, inputs_, direction, group.features, kMostInputs, a);
    for (std::size_t s = 0; s < n; ++s) {
      F8 logit = splat(0.0f);
      for (int c = 0; c < 3; ++c) {
        F8 sum = splat(0.0f);
        for (int b = 0; b < kBlocks; ++b) sum += a.second.at[s][b] * simd::load<F8>(w + at.last + static_cast<std::size_t>(c * kW + 8 * b));
        logit[c] = simd::sum(sum) + w[at.last_bias + static_cast<std::size_t>(c)];
      }
      const F8 rgb = splat(1.0f) / (splat(1.0f) + simd::exp(simd::max(simd::min(-logit, splat(60.0f)), splat(-60.0f))));
      out[first + s] = Vec3(rgb[0], rgb[1], rgb[2]);
    }
  }
}

void ColourNetwork::backward(const Vec3& direction, const float* features, std::size_t stride, const Vec3* logits,
                             std::size_t count, Gradient& gradient, float* feature_gradient) const {
  const Layers at(inputs_);
  const float* w = weights_.data();
  float* g = gradient.data();
  Hidden part;
  direction_part(direction, part);
  Activations a;
  F8 first_sum[kBlocks] = {};  // over the ray's samples
  for (std::size_t start = 0; start < count; start += kGroup) {
    const std::size_t n = std::min<std::size_t>(kGroup, count - start);
    const Group group(features + start * stride, stride, inputs_, n);
    forward(w, at, inputs_, part, group.features, kMostInputs, a);
    float last[kGroup][3] = {};
    for (std::size_t s = 0; s < n; ++s)
      for (int c = 0; c < 3; ++c) last[s][c] = logits[start + s][c];

    alignas(32) float second[kGroup][kW], first[kGroup][kW];
    for (int b = 0; b < kBlocks; ++b) {
      F8 rows[3], bias = simd::load<F8>(g + at.second_bias + 8 * b);
      for (int c = 0; c < 3; ++c) rows[c] = simd::load<F8>(w + at.last + static_cast<std::size_t>(c * kW + 8 * b));
      for (int s = 0; s < kGroup; ++s) {
        F8 sum = splat(0.0f);
        for (int c = 0; c < 3; ++c) sum += splat(last[s][c]) * rows[c];
        sum = simd::keep(a.second.at[s][b] > splat(0.0f), sum);
        bias += sum;
        simd::store(second[s] + 8 * b, sum);
      }
      simd::store(g + at.second_bias + 8 * b, bias);
      for (int c = 0; c < 3; ++c) {
        float* row = g + at.last + static_cast<std::size_t>(c * kW + 8 * b);
        F8 sum = simd::load<F8>(row);
        for (int s = 0; s < kGroup; ++s) sum += splat(last[s][c]) * a.second.at[s][b];
        simd::store(row, sum);
      }
    }
    for (int c = 0; c < 3; ++c)
      for (std::size_t s = 0; s < n; ++s) g[at.last_bias + static_cast<std::size_t>(c)] += last[s][c];

    for (int i = 0; i < kW; ++i) {
      const float* row = w + at.second + static_cast<std::size_t>(i * kW);
      float* to = g + at.second + static_cast<std::size_t>(i * kW);
      F8 back[kGroup] = {};
      for (int b = 0; b < kBlocks; ++b) {
        const F8 weights = simd::load<F8>(row + 8 * b);
        F8 sum = simd::load<F8>(to + 8 * b);
        for (int s = 0; s < kGroup; ++s) {
          const F8 d = simd::load<F8>(second[s] + 8 * b);
          back[s] += weights * d;
          sum += splat(a.first_values[s][i]) * d;
        }
        simd::store(to + 8 * b, sum);
      }
      for (int s = 0; s < kGroup; ++s) first[s][i] = a.first_values[s][i] > 0 ? simd::sum(back[s]) : 0.0f;
    }

    for (int b = 0; b < kBlocks; ++b)
      for (int s = 0; s < kGroup; ++s) first_sum[b] += simd::load<F8>(first[s] + 8 * b);
    for (int i = 0; i < inputs_; ++i) {
      const float* row = w + at.features + static_cast<std::size_t>(i * kW);
      float* to = g + at.features + static_cast<std::size_t>(i * kW);
      F8 back[kGroup] = {};
      for (int b = 0; b < kBlocks; ++b) {
        const F8 weights = simd::load<F8>(row + 8 * b);
        F8 sum = simd::load<F8>(to + 8 * b);
        for (int s = 0; s < kGroup; ++s) {
          const F8 d = simd::load<F8>(first[s] + 8 * b);
          back[s] += weights * d;
          sum += splat(group.features[s * kMostInputs + i]) * d;
        }
        simd::store(to + 8 * b, sum);
      }
      for (std::size_t s = 0; s < n; ++s)
        feature_gradient[(start + s) * static_cast<std::size_t>(inputs_) + static_cast<std::size_t>(i)] = simd::sum(back[s]);
    }
  }
  float values[kD];
  octaves(direction, values);
  for (int b = 0; b < kBlocks; ++b) {
    float* bias = g + at.first_bias + 8 * b;
    simd::store(bias, simd::load<F8>(bias) + first_sum[b]);
    for (int i = 0; i < kD; ++i) {
      float* to = g + at.direction + static_cast<std::size_t>(i * kW + 8 * b);
      simd::store(to, simd::load<F8>(to) + splat(values[i]) * first_sum[b]);
    }
  }
}

void ColourNetwork::step(const Gradient& gradient, float rate) {
  constexpr float kFirst = 0.9f, kSecond = 0.99f, kEpsilon = 1e-8f;
  ++steps_;
  const float scale = rate / (1 - std::pow(kFirst, steps_)), correction = 1 / (1 - std::pow(kSecond, steps_));
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const float g = gradient[i];
    first_moment_[i] = kFirst * first_moment_[i] + (1 - kFirst) * g;
    second_moment_[i] = kSecond * second_moment_[i] + (1 - kSecond) * g * g;
    weights_[i] -= scale * first_moment_[i] / (std::sqrt(correction * second_moment_[i]) + kEpsilon);
  }
}

std::size_t ColourNetwork::state_size(int inputs) { return inputs > 0 ? 3 * Layers(inputs).end + 1 : 0; }

std::vector<float> ColourNetwork::state() const {
  std::vector<float> out;
  if (empty()) return out;
  for (const auto* part : {&weights_, &first_moment_, &second_moment_}) out.insert(out.end(), part->begin(), part->end());
  out.push_back(steps_);
  return out;
}

bool ColourNetwork::restore(int inputs, std::span<const float> state) {
  if (inputs < 0 || inputs > kMostInputs || state.size() != state_size(inputs)) return false;
  *this = {};
  if (inputs == 0) return true;
  inputs_ = inputs;
  const std::size_t n = Layers(inputs).end;
  weights_.assign(state.begin(), state.begin() + static_cast<std::ptrdiff_t>(n));
  first_moment_.assign(state.begin() + static_cast<std::ptrdiff_t>(n), state.begin() + static_cast<std::ptrdiff_t>(2 * n));
  second_moment_.assign(state.begin() + static_cast<std::ptrdiff_t>(2 * n), state.begin() + static_cast<std::ptrdiff_t>(3 * n));
  steps_ = state.back();
  return true;
}

}  // namespace mp4d
