#include "core/rng.h"
#include "reconstruction/field/plane_factors.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <omp.h>

namespace mp4d {
namespace {

constexpr int kInputs = PlaneFactors::kInputs;
const Eigen::Vector3i kSize(9, 12, 17);

float uniform(std::uint64_t stream, std::size_t i) { return static_cast<float>(rng::uniform(4, stream, i)); }

GridPlace place(std::size_t i) {
  GridPlace at;
  for (int axis = 0; axis < 3; ++axis) {
    const auto stream = static_cast<std::uint64_t>(axis);
    at.cell[axis] = std::min(static_cast<int>(uniform(stream, i) * static_cast<float>(kSize[axis] - 1)), kSize[axis] - 2);
    at.place[axis] = uniform(stream + 3, i);
  }
  at.time = uniform(9, i);
  return at;
}

struct Batch {
  std::vector<FactorSplat> splats;
  std::vector<float> features;
  explicit Batch(std::size_t count) : features(count * kInputs) {
    for (std::size_t i = 0; i < features.size(); ++i) features[i] = static_cast<float>(rng::normal(4, 7, i));
    for (std::size_t i = 0; i < count; ++i)
      splats.push_back({place(i), static_cast<float>(rng::normal(4, 8, i)), features.data() + i * kInputs});
  }
  /// Sum of what the gradients multiply.
  double loss(const PlaneFactors& factors) const {
    double sum = 0;
    float values[kInputs];
    for (const FactorSplat& s : splats) {
      sum += static_cast<double>(s.density * density_at(factors, s.at));
      features_at(factors, s.at, values);
      for (int j = 0; j < kInputs; ++j) sum += static_cast<double>(s.features[j] * values[j]);
    }
    return sum;
  }
};

bool same(const PlaneFactors& a, const PlaneFactors& b) { return state_of(a) == state_of(b); }

class Factors : public testing::TestWithParam<int> {};  // times
INSTANTIATE_TEST_SUITE_P(Times, Factors, testing::Values(1, 5));

TEST_P(Factors, GradientAgreesWithCentralDifferences) {
  const PlaneFactors start = make_plane_factors(kSize, GetParam(), 1);
  const Batch batch(200);
  PlaneFactors moved = start;
  FactorOptimiser().step(moved, batch.splats, {});
  double off = 0, size = 0;
  for (std::size_t t = 0; t < 240; ++t) {
    const std::size_t part = t % 6, line = t * 7919 % start.parts[part].size(), lane = t / 6 % 8;
    PlaneFactors changed = start;
    float& x = changed.parts[part][line].v[lane];
    const float keep = x, h = 0.05f;
    x = keep + h;
    const double above = batch.loss(changed);
    x = keep - h;
    const double numeric = (above - batch.loss(changed)) / (2 * static_cast<double>(h));
    const double gradient = static_cast<double>(moved.first[part][line].v[lane]) / 0.1;  // of Adam's first step
    off += std::pow(numeric - gradient, 2);
    size += numeric * numeric;
  }
  EXPECT_GT(size, 0.01);
  EXPECT_LT(std::sqrt(off / size), 2e-3);
}

TEST_P(Factors, NumberOfThreadsChangesNoBit) {
  const Batch batch(3000);
  const int threads = omp_get_max_threads();
  std::vector<PlaneFactors> results;
  for (const int n : {1, 3}) {
    omp_set_num_threads(n);
    PlaneFactors factors = make_plane_factors(kSize, GetParam(), 1);
    FactorOptimiser optimiser;
    for (int i = 0; i < 3; ++i) optimiser.step(factors, batch.splats, {0.02f, 1e-3f, 1e-3f});
    results.push_back(std::move(factors));
  }
  omp_set_num_threads(threads);
  EXPECT_TRUE(same(results[0], results[1]));
}

TEST_P(Factors, FinerFactorsHoldTheSameField) {
  const PlaneFactors coarse = make_plane_factors({5, 6, 7}, GetParam(), 2);
  const PlaneFactors fine = resampled(coarse, {9, 11, 13}, GetParam(), Vec3::Zero(), 0.5f);
  const std::vector<float> densities = all_densities(fine);
  for (int z = 0; z < 6; ++z)
    for (int y = 0; y < 5; ++y)
      for (int x = 0; x < 4; ++x) {
        const GridPlace in_coarse{{x, y, z}, Vec3(0.5f, 0, 0.5f)}, in_fine{{2 * x + 1, 2 * y, 2 * z + 1}, Vec3::Zero()};
        EXPECT_NEAR(density_at(coarse, in_coarse), density_at(fine, in_fine), 1e-6f);
        EXPECT_NEAR(densities[static_cast<std::size_t>((2 * z + 1) * 99 + 2 * y * 9 + 2 * x + 1)], density_at(fine, in_fine), 1e-6f);
      }
}

TEST_P(Factors, TimesDifferOnceTheyAreLearnt) {
  PlaneFactors factors = make_plane_factors(kSize, GetParam(), 1);
  Batch batch(400);
  for (FactorSplat& s : batch.splats) s.density = s.at.time < 0.5f ? -1.0f : 1.0f;
  const GridPlace then{{3, 4, 5}, Vec3::Constant(0.5f), 0}, now{{3, 4, 5}, Vec3::Constant(0.5f), 1};
  EXPECT_FLOAT_EQ(density_at(factors, then), density_at(factors, now));
  FactorOptimiser optimiser;
  for (int i = 0; i < 20; ++i) optimiser.step(factors, batch.splats, {});
  EXPECT_EQ(density_at(factors, then) > density_at(factors, now) + 0.1f, GetParam() > 1);
  const float most = all_densities(factors)[(5 * 12 + 4) * 9 + 3];
  EXPECT_GE(most, density_at(factors, {{3, 4, 5}, Vec3::Zero(), 0}) - 1e-5f);
}

TEST_P(Factors, MoreMomentsHoldTheSameField) {
  PlaneFactors few = make_plane_factors(kSize, GetParam(), 1);
  const Batch batch(400);
  FactorOptimiser optimiser;
  for (int i = 0; i < 5; ++i) optimiser.step(few, batch.splats, {});
  const PlaneFactors many = resampled(few, kSize, 2 * GetParam() - 1, Vec3::Zero(), 1), more = resampled(few, kSize, 4, Vec3::Zero(), 1);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_NEAR(density_at(few, place(i)), density_at(many, place(i)), 1e-5f);
  for (const float time : {0.0f, 1.0f}) {
    GridPlace at = place(3);
    at.time = time;
    EXPECT_NEAR(density_at(few, at), density_at(more, at), 1e-5f);
  }
}

TEST_P(Factors, StateIsComplete) {
  PlaneFactors a = make_plane_factors(kSize, GetParam(), 3), b;
  const Batch batch(50);
  FactorOptimiser one, two;
  one.step(a, batch.splats, {});
  ASSERT_TRUE(restore(b, kSize, GetParam(), state_of(a)));
  one.step(a, batch.splats, {});
  two.step(b, batch.splats, {});
  EXPECT_TRUE(same(a, b));
  EXPECT_FALSE(restore(b, {3, 3, 3}, GetParam(), state_of(a)));
}

}  // namespace
}  // namespace mp4d
