#include "core/rng.h"
#include <array>
#include <gtest/gtest.h>
#include <set>

namespace mp4d {
namespace {

TEST(Rng, UniformIsUniformAndStreamsAreIndependent) {
  const int count = 100000;
  std::array<int, 20> bins{};
  double sum_of_products = 0;
  for (int i = 0; i < count; ++i) {
    const double u = rng::uniform(5, 0, i), v = rng::uniform(5, 1, i);
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    ++bins[static_cast<std::size_t>(u * 20)];
    sum_of_products += (u - 0.5) * (v - 0.5);
  }
  double chi2 = 0;
  for (const int n : bins) chi2 += (n - count / 20.0) * (n - count / 20.0) / (count / 20.0);
  EXPECT_LT(chi2, 43.8);  // 19 degrees of freedom, p = 0.001
  EXPECT_LT(std::abs(sum_of_products / count), 4 / 12.0 / std::sqrt(count));
}

TEST(Rng, NormalHasTheMomentsOfANormal) {
  const int count = 100000;
  double m1 = 0, m2 = 0, m4 = 0;
  for (int i = 0; i < count; ++i) {
    const double x = rng::normal(9, 2, i);
    m1 += x / count;
    m2 += x * x / count;
    m4 += x * x * x * x / count;
  }
  EXPECT_NEAR(m1, 0, 0.015);
  EXPECT_NEAR(m2, 1, 0.02);
  EXPECT_NEAR(m4, 3, 0.15);
}

TEST(Rng, IntegersCoverTheirRangeEvenly) {
  std::array<int, 7> hits{};
  for (int i = 0; i < 70000; ++i) ++hits[rng::integer(1, 0, i, 7)];
  for (const int n : hits) EXPECT_NEAR(n, 10000, 400);
  EXPECT_EQ(rng::integer(1, 0, 0, 1), 0u);
}

TEST(Rng, NeighbouringSeedsStreamsAndIndicesNeverCollide) {
  std::set<std::uint64_t> seen;
  for (int seed = 0; seed < 30; ++seed)
    for (int stream = 0; stream < 30; ++stream)
      for (int index = 0; index < 30; ++index) seen.insert(rng::bits(seed, stream, index));
  EXPECT_EQ(seen.size(), 27000u);
}

}  // namespace
}  // namespace mp4d
