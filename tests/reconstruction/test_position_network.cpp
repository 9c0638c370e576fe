#include "core/rng.h"
#include "reconstruction/field/position_network.h"
#include <cmath>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

using Net = PositionNetwork;

float normal(std::uint64_t stream, std::size_t i) { return static_cast<float>(rng::normal(8, stream, i)); }
Vec3 point(std::size_t i) { return Vec3(normal(0, i), normal(1, i), normal(2, i)).cwiseMax(-1).cwiseMin(1); }

TEST(PositionNetwork, GradientAgreesWithCentralDifferences) {
  const Net start(3);
  constexpr std::size_t kPoints = 20;
  const auto features_of = [](std::size_t i) {
    std::vector<float> out;
    for (std::size_t j = 0; j < Net::kFeatures; ++j) out.push_back(normal(3 + j, i));
    return out;
  };
  const auto loss = [&](const Net& net) {
    double sum = 0;
    for (std::size_t i = 0; i < kPoints; ++i) {
      float values[Net::kOutputs];
      net.values(point(i), values);
      const std::vector<float> features = features_of(i);
      sum += static_cast<double>(normal(40, i) * values[0]);
      for (std::size_t j = 0; j < Net::kFeatures; ++j) sum += static_cast<double>(features[j] * values[1 + j]);
    }
    return sum;
  };
  Net::Gradient gradient = start.no_gradient();
  for (std::size_t i = 0; i < kPoints; ++i) start.backward(point(i), normal(40, i), features_of(i).data(), gradient);
  double off = 0, size = 0;
  for (std::size_t t = 0; t < 200; ++t) {
    const std::size_t weight = t * 7919 % gradient.size();
    std::vector<float> state = start.state();
    const float keep = state[weight], h = 1e-3f;
    double side[2];
    for (const int sign : {0, 1}) {
      state[weight] = keep + (sign ? h : -h);
      Net moved;
      ASSERT_TRUE(moved.restore(state));
      side[sign] = loss(moved);
    }
    const double numeric = (side[1] - side[0]) / (2 * static_cast<double>(h));
    off += std::pow(numeric - static_cast<double>(gradient[weight]), 2);
    size += numeric * numeric;
  }
  EXPECT_GT(size, 0.1);
  EXPECT_LT(std::sqrt(off / size), 0.02);
}

TEST(PositionNetwork, LearnsAFunctionOfThePlaceAndItsStateIsComplete) {
  Net net(1), copy;
  const auto truth = [](const Vec3& p) { return 8 * std::sin(5 * p.x()) * p.y(); };
  const auto error = [&](const Net& of) {
    double sum = 0;
    for (std::size_t i = 0; i < 200; ++i) {
      float values[Net::kOutputs];
      of.values(point(i), values);
      sum += std::pow(static_cast<double>(values[0] - truth(point(i))), 2);
    }
    return sum;
  };
  const auto step = [&](Net& of, std::uint64_t round) {
    Net::Gradient gradient = of.no_gradient();
    const float none[Net::kFeatures] = {};
    for (std::size_t i = 0; i < 256; ++i) {
      const Vec3 p = point(1000 + 256 * round + i);
      float values[Net::kOutputs];
      of.values(p, values);
      of.backward(p, values[0] - truth(p), none, gradient);
    }
    of.step(gradient, 2e-3f);
  };
  const double before = error(net);
  for (std::uint64_t i = 0; i < 150; ++i) step(net, i);
  EXPECT_LT(error(net), 0.1 * before);
  ASSERT_TRUE(copy.restore(net.state()));
  step(net, 500);
  step(copy, 500);
  EXPECT_EQ(net.state(), copy.state());
  EXPECT_FALSE(copy.restore(std::vector<float>(5)));
}

}  // namespace
}  // namespace mp4d
