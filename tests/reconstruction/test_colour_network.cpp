#include "core/rng.h"
#include "reconstruction/field/colour_network.h"
#include <cmath>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

float normal(std::uint64_t stream, std::size_t i) { return static_cast<float>(rng::normal(3, stream, i)); }

struct Samples {
  static constexpr std::size_t kCount = 7, kStride = 16;  // no multiple of what is done at once
  int inputs;
  Vec3 direction = Vec3(0.6f, 0, 0.8f);
  std::vector<float> features;
  std::vector<Vec3> towards;
  explicit Samples(int n) : inputs(n), features(kCount * kStride) {
    for (std::size_t i = 0; i < features.size(); ++i) features[i] = normal(0, i);
    for (std::size_t i = 0; i < kCount; ++i) towards.push_back({normal(1, i), normal(2, i), normal(3, i)});
  }
  std::vector<Vec3> colours(const ColourNetwork& network) const {
    ColourNetwork::Hidden part;
    network.direction_part(direction, part);
    std::vector<Vec3> out(kCount);
    network.colours(part, features.data(), kStride, kCount, out.data());
    return out;
  }
  double loss(const ColourNetwork& network) const {
    const auto seen = colours(network);
    double sum = 0;
    for (std::size_t i = 0; i < kCount; ++i) sum += static_cast<double>(towards[i].dot(seen[i]));
    return sum;
  }
};

TEST(ColourNetwork, GradientAgreesWithCentralDifferences) {
  Samples s(12);
  ColourNetwork network(12, 5);
  const auto seen = s.colours(network);
  std::vector<Vec3> logits;
  for (std::size_t i = 0; i < Samples::kCount; ++i)
    logits.push_back(s.towards[i].array() * seen[i].array() * (1 - seen[i].array()));
  auto gradient = network.no_gradient();
  std::vector<float> feature_gradient(12 * Samples::kCount);
  network.backward(s.direction, s.features.data(), Samples::kStride, logits.data(), Samples::kCount, gradient, feature_gradient.data());

  double off = 0, size = 0;
  const auto compare = [&](double numeric, float analytic) {
    off += std::pow(numeric - static_cast<double>(analytic), 2);
    size += numeric * numeric;
  };
  constexpr float h = 2e-3f;
  for (std::size_t i = 0; i < Samples::kCount; ++i)
    for (std::size_t j = 0; j < 12; ++j) {
      Samples moved = s;
      moved.features[i * Samples::kStride + j] += h;
      const double above = moved.loss(network);
      moved.features[i * Samples::kStride + j] -= 2 * h;
      compare((above - moved.loss(network)) / (2 * static_cast<double>(h)), feature_gradient[12 * i + j]);
    }
  const auto state = network.state();
  for (std::size_t k = 0; k < 300; ++k) {
    const std::size_t w = (k * 7919) % gradient.size();
    auto changed = state;
    ColourNetwork moved;
    changed[w] = state[w] + h;
    ASSERT_TRUE(moved.restore(12, changed));
    const double above = s.loss(moved);
    changed[w] = state[w] - h;
    ASSERT_TRUE(moved.restore(12, changed));
    compare((above - s.loss(moved)) / (2 * static_cast<double>(h)), gradient[w]);
  }
  EXPECT_GT(size, 0.01);
  EXPECT_LT(std::sqrt(off / size), 0.02);  // floats, and kinks of the rectifiers
}

TEST(ColourNetwork, LearnsColoursThatDependOnFeaturesAndDirection) {
  ColourNetwork network(12, 1);
  Samples s(12);
  const auto error = [&](bool train) {
    double sum = 0;
    for (const Vec3& direction : {Vec3(1, 0, 0), Vec3(0, 0, -1)}) {
      s.direction = direction;
      const auto seen = s.colours(network);
      std::vector<Vec3> logits;
      for (std::size_t i = 0; i < Samples::kCount; ++i) {
        const float* f = &s.features[i * Samples::kStride];
        const Vec3 target(0.5f + 0.4f * std::tanh(f[0]), direction.x() > 0 ? 0.2f : 0.8f, 0.3f);
        const Vec3 d = seen[i] - target;
        sum += static_cast<double>(d.squaredNorm());
        logits.push_back(d.array() * seen[i].array() * (1 - seen[i].array()));
      }
      if (!train) continue;
      auto gradient = network.no_gradient();
      std::vector<float> unused(12 * Samples::kCount);
      network.backward(direction, s.features.data(), Samples::kStride, logits.data(), Samples::kCount, gradient, unused.data());
      network.step(gradient, 3e-3f);
    }
    return sum;
  };
  const double before = error(false);
  for (int i = 0; i < 400; ++i) error(true);
  EXPECT_LT(error(false), 0.02 * before);
}

TEST(ColourNetwork, StateIsComplete) {
  ColourNetwork network(12, 1);
  Samples s(12);
  auto gradient = network.no_gradient();
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = normal(9, i);
  network.step(gradient, 0.01f);
  ColourNetwork copy;
  ASSERT_TRUE(copy.restore(12, network.state()));
  network.step(gradient, 0.01f);
  copy.step(gradient, 0.01f);
  EXPECT_EQ(copy.state(), network.state());
  EXPECT_FALSE(copy.restore(12, std::vector<float>(5)));
}

}  // namespace
}  // namespace mp4d
