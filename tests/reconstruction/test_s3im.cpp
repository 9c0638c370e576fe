#include "core/rng.h"
#include "reconstruction/field/s3im.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <omp.h>

namespace mp4d {
namespace {

using Colours = std::vector<double>;

// fields of sines whose loss and gradient are known from an independent double-precision implementation
Colours sines(std::size_t rays, double phase) {
  Colours out;
  for (std::size_t i = 0; i < rays; ++i)
    for (int c = 0; c < 3; ++c) out.push_back(0.5 + 0.5 * std::sin(0.37 * static_cast<double>(i) + 1.1 * c + phase));
  return out;
}

Colours noise(std::size_t rays, std::uint64_t stream) {
  Colours out;
  for (std::size_t i = 0; i < 3 * rays; ++i) out.push_back(rng::uniform(3, stream, i));
  return out;
}

S3imOrders lists(std::size_t rays, const std::vector<bool>& reversed) {
  S3imOrders out;
  for (const bool r : reversed)
    for (std::size_t i = 0; i < rays; ++i) out.push_back(static_cast<std::uint32_t>(r ? rays - 1 - i : i));
  return out;
}

S3im make(const S3imOptions& options) {
  auto s3im = S3im::create(options);
  EXPECT_TRUE(s3im) << s3im.error().message;
  return std::move(*s3im);
}

struct Outcome {
  S3imValue value;
  Colours gradient;
};

Outcome run(S3im& s3im, const Colours& u, const Colours& v, const S3imOrders& orders) {
  Outcome out{{}, Colours(u.size(), 7.0)};
  auto value = s3im.evaluate_ordered<double>(u, v, orders, out.gradient);
  EXPECT_TRUE(value) << value.error().message;
  if (value) out.value = *value;
  return out;
}

// The definition word by word for layout groups with s = K: window after window, ray after ray.
double plain_loss(const Colours& u, const Colours& v, const S3imOrders& orders, std::size_t rays, int k) {
  S3imOptions options;
  options.window = k;
  const std::vector<double> taps = s3im_taps(options);
  double sum = 0;
  int terms = 0;
  const auto kk = static_cast<std::size_t>(k * k);
  for (std::size_t list = 0; list < orders.size() / rays; ++list)
    for (std::size_t group = 0; group < rays / kk; ++group)
      for (std::size_t c = 0; c < 3; ++c, ++terms) {
        double mu = 0, mv = 0, suu = 0, svv = 0, suv = 0;
        for (int pass = 0; pass < 2; ++pass)
          for (std::size_t i = 0; i < kk; ++i) {
            const double w = taps[i / static_cast<std::size_t>(k)] * taps[i % static_cast<std::size_t>(k)];
            const std::size_t at = 3 * orders[list * rays + group * kk + i] + c;
            if (pass == 0) {
              mu += w * u[at], mv += w * v[at];
            } else {
              suu += w * (u[at] - mu) * (u[at] - mu), svv += w * (v[at] - mv) * (v[at] - mv);
              suv += w * (u[at] - mu) * (v[at] - mv);
            }
          }
        sum += (2 * mu * mv + 1e-4) * (2 * suv + 9e-4) / ((mu * mu + mv * mv + 1e-4) * (suu + svv + 9e-4));
      }
  return 1 - sum / terms;
}

void expect_gradient(const S3imOptions& options, std::size_t rays) {
  S3im s3im = make(options);
  Colours u = noise(rays, 1);
  const Colours v = noise(rays, 2);
  const S3imOrders orders = s3im_orders(rays, options, 5, 6);
  const Outcome out = run(s3im, u, v, orders);
  double largest = 0;
  for (const double g : out.gradient) largest = std::max(largest, std::abs(g));
  ASSERT_GT(largest, 1e-5);
  for (std::size_t i = 0; i < u.size(); i += 5) {
    const double at = u[i], h = 1e-5;
    u[i] = at + h;
    const double above = s3im.evaluate_ordered<double>(u, v, orders, {})->loss;
    u[i] = at - h;
    const double below = s3im.evaluate_ordered<double>(u, v, orders, {})->loss;
    u[i] = at;
    EXPECT_NEAR(out.gradient[i], (above - below) / (2 * h), 2e-6 * largest) << options.layout << " value " << i;
  }
}

TEST(S3im, ReleasedLayoutMeetsTheGoldenValues) {
  struct Golden {
    int permutations, height, windows;
    bool every_second_reversed;
    double loss, first, hundredth, last, sum;
  };
  const Golden cases[] = {
      {1, 64, 16 * 16, false, 0.0456720986, -1.83926181e-4, -9.28034745e-5, 0, 0.76925911},
      {10, 64, 16 * 160, false, 0.0472767735, -1.17924580e-4, -9.58928170e-5, 6.31908794e-5, 0.78729371},
      {2, 64, 16 * 32, true, 0.0699541263, -4.58183003e-5, -3.22443232e-5, 6.57331514e-5, 1.04897585},
      {10, 32, 8 * 320, true, 0.0508107665, -8.26222583e-5, -8.58794031e-5, 8.47355833e-5, 0.82901741},
  };
  const std::size_t rays = 4096;
  const Colours u = sines(rays, 0), v = sines(rays, 0.3);
  for (const Golden& g : cases) {
    S3imOptions options;
    options.layout = "compat";
    options.permutations = g.permutations;
    options.height = g.height;
    std::vector<bool> reversed;
    for (int m = 0; m < g.permutations; ++m) reversed.push_back(g.every_second_reversed && m % 2 == 1);
    S3im s3im = make(options);
    const Outcome out = run(s3im, u, v, lists(rays, reversed));
    SCOPED_TRACE(g.loss);
    EXPECT_EQ(out.value.windows, g.windows);
    EXPECT_NEAR(out.value.loss, g.loss, 6e-11);
    EXPECT_NEAR(out.gradient[0], g.first, 6e-13);
    EXPECT_NEAR(out.gradient[3 * 100 + 1], g.hundredth, 6e-14);
    EXPECT_NEAR(out.gradient[3 * 4095 + 2], g.last, 6e-14);
    double sum = 0;
    for (const double x : out.gradient) sum += std::abs(x);
    EXPECT_NEAR(sum, g.sum, 6e-9);
  }
}

TEST(S3im, TapsAreThoseReleased) {
  const std::vector<double> expected = {0.136465, 0.265797, 0.331941, 0.265797}, taps = s3im_taps({});
  ASSERT_EQ(taps.size(), expected.size());
  for (std::size_t i = 0; i < taps.size(); ++i) EXPECT_NEAR(taps[i], expected[i], 6e-7);
}

TEST(S3im, GroupsFollowTheDefinition) {
  for (const int k : {2, 3, 4, 5}) {
    S3imOptions options;
    options.window = options.stride = k;
    options.permutations = 3;
    const std::size_t rays = 333;  // the rest of each list is left over
    S3im s3im = make(options);
    const S3imOrders orders = s3im_orders(rays, options, 1, 2);
    const Outcome out = run(s3im, noise(rays, 1), noise(rays, 2), orders);
    EXPECT_EQ(out.value.windows, 3 * (333 / (k * k)));
    EXPECT_NEAR(out.value.loss, plain_loss(noise(rays, 1), noise(rays, 2), orders, rays, k), 1e-11);
  }
}

TEST(S3im, GradientAgreesWithCentralDifferences) {
  S3imOptions options;
  options.permutations = 3;
  expect_gradient(options, 150);
  options.stride = 2;  // windows overlap
  expect_gradient(options, 150);
  options.stride = 6;  // rays between windows are not read
  expect_gradient(options, 150);
  options.layout = "compat";
  options.height = 10;
  options.stride = 4;
  expect_gradient(options, 150);
  options.window = 5;
  options.stride = 3;
  expect_gradient(options, 150);
}

TEST(S3im, LossKnowsEqualAndOppositeColours) {
  S3im s3im = make({});
  const Colours u = noise(512, 1);
  Colours opposite = u;
  for (double& x : opposite) x = 1 - x;
  Colours gradient(u.size());
  EXPECT_NEAR(s3im.evaluate<double>(u, u, 1, 1, gradient)->loss, 0, 1e-12);
  for (const double g : gradient) EXPECT_NEAR(g, 0, 1e-12);
  EXPECT_GT(s3im.evaluate<double>(u, opposite, 1, 1, gradient)->loss, 1.5);
  const double there = s3im.evaluate<double>(u, opposite, 1, 1, {})->loss;
  EXPECT_NEAR(s3im.evaluate<double>(opposite, u, 1, 1, {})->loss, there, 1e-12);  // symmetric
}

TEST(S3im, FollowingTheGradientRestoresTheColours) {
  S3im s3im = make({});
  Colours u = noise(256, 1);
  const Colours v = noise(256, 2);
  Colours gradient(u.size());
  const double start = s3im.evaluate<double>(u, v, 1, 0, gradient)->loss;
  for (std::uint64_t step = 0; step < 300; ++step) {
    ASSERT_TRUE(s3im.evaluate<double>(u, v, 1, step, gradient));
    for (std::size_t i = 0; i < u.size(); ++i) u[i] -= 20 * gradient[i];
  }
  EXPECT_GT(start, 0.5);
  EXPECT_LT(s3im.evaluate<double>(u, v, 1, 999, gradient)->loss, 0.02);
}

TEST(S3im, OrdersArePermutationsOfSeedAndStepAlone) {
  const S3imOptions options;
  const S3imOrders orders = s3im_orders(1000, options, 4, 9);
  std::vector<std::uint32_t> identity(1000);
  std::iota(identity.begin(), identity.end(), 0u);
  for (int m = 0; m < options.permutations; ++m) {
    std::vector<std::uint32_t> list(orders.begin() + 1000 * m, orders.begin() + 1000 * (m + 1));
    EXPECT_NE(list, identity);
    std::sort(list.begin(), list.end());
    EXPECT_EQ(list, identity);
  }
  EXPECT_EQ(orders, s3im_orders(1000, options, 4, 9));
  EXPECT_NE(orders, s3im_orders(1000, options, 4, 10));
  EXPECT_NE(orders, s3im_orders(1000, options, 5, 9));
  S3imOptions compat;
  compat.layout = "compat";
  const S3imOrders released = s3im_orders(1000, compat, 4, 9);
  EXPECT_TRUE(std::equal(identity.begin(), identity.end(), released.begin()));
}

TEST(S3im, OrdersAreUniform) {
  S3imOptions options;
  options.permutations = 1;
  std::vector<int> counts(24);  // all orders of four rays
  const int draws = 24000;
  for (int step = 0; step < draws; ++step) {
    S3imOrders o = s3im_orders(4, options, 1, static_cast<std::uint64_t>(step));
    int index = 0;
    while (std::prev_permutation(o.begin(), o.end())) ++index;
    ++counts[static_cast<std::size_t>(index)];
  }
  double chi2 = 0;
  for (const int n : counts) chi2 += (n - 1000.0) * (n - 1000.0) / 1000.0;
  EXPECT_LT(chi2, 49.7);  // 23 degrees of freedom, p = 0.001
}

TEST(S3im, NumberOfThreadsChangesNoBit) {
  const std::size_t rays = 2048;
  std::vector<float> u, v;
  for (const double x : noise(rays, 1)) u.push_back(static_cast<float>(x));
  for (const double x : noise(rays, 2)) v.push_back(static_cast<float>(x));
  const int before = omp_get_max_threads();
  for (const char* layout : {"groups", "compat"}) {
    S3imOptions options;
    options.layout = layout;
    std::vector<std::vector<float>> gradients;
    std::vector<double> losses;
    for (const int threads : {1, 2, 3}) {
      omp_set_num_threads(threads);
      S3im s3im = make(options);
      gradients.emplace_back(u.size());
      losses.push_back(s3im.evaluate<float>(u, v, 8, 3, gradients.back())->loss);
    }
    omp_set_num_threads(before);
    EXPECT_GT(losses[0], 0.1);
    EXPECT_EQ(losses[0], losses[1]);
    EXPECT_EQ(losses[0], losses[2]);
    EXPECT_EQ(gradients[0], gradients[1]);
    EXPECT_EQ(gradients[0], gradients[2]);
  }
}

TEST(S3im, SingleColoursAgreeWithDouble) {
  const std::size_t rays = 1024;
  const Colours u = noise(rays, 1), v = noise(rays, 2);
  const std::vector<float> uf(u.begin(), u.end()), vf(v.begin(), v.end());
  S3im s3im = make({});
  Colours gradient(u.size());
  std::vector<float> gradient_f(u.size());
  EXPECT_NEAR(s3im.evaluate<double>(u, v, 1, 1, gradient)->loss, s3im.evaluate<float>(uf, vf, 1, 1, gradient_f)->loss,
              1e-7);
  for (std::size_t i = 0; i < u.size(); ++i) EXPECT_NEAR(gradient[i], gradient_f[i], 1e-8);
}

TEST(S3im, MaskedRaysTouchNothing) {
  const std::size_t rays = 300;
  Colours u = noise(rays, 1), v = noise(rays, 2), kept_u, kept_v;
  std::vector<std::uint8_t> use(rays);
  for (std::size_t i = 0; i < rays; ++i) {
    use[i] = i % 3 != 1;
    for (std::size_t c = 0; c < 3; ++c) {
      if (use[i]) kept_u.push_back(u[3 * i + c]), kept_v.push_back(v[3 * i + c]);
      if (!use[i]) u[3 * i + c] = NAN;
    }
  }
  S3im s3im = make({});
  Colours gradient(u.size(), 7.0), kept_gradient(kept_u.size());
  const S3imValue masked = *s3im.evaluate<double>(u, v, 1, 1, gradient, use);
  const S3imValue kept = *s3im.evaluate<double>(kept_u, kept_v, 1, 1, kept_gradient);
  EXPECT_EQ(masked.rays, 200);
  EXPECT_EQ(masked.loss, kept.loss);
  EXPECT_EQ(masked.non_finite, 0);
  for (std::size_t i = 0, k = 0; i < gradient.size(); ++i)
    EXPECT_EQ(gradient[i], use[i / 3] ? kept_gradient[k++] : 0.0);
}

TEST(S3im, FewRaysHaveNoWindows) {
  S3im s3im = make({});
  for (const std::size_t rays : {std::size_t{0}, std::size_t{1}, std::size_t{15}}) {
    Colours gradient(3 * rays, 7.0);
    const auto value = s3im.evaluate<double>(noise(rays, 1), noise(rays, 2), 1, 1, gradient);
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(value->windows, 0);
    EXPECT_EQ(value->loss, 0);
    EXPECT_FALSE(value->skipped);
    for (const double g : gradient) EXPECT_EQ(g, 0);
  }
  Colours gradient(48);
  EXPECT_EQ(s3im.evaluate<double>(noise(16, 1), noise(16, 2), 1, 1, gradient)->windows, 10);
}

TEST(S3im, ConstantColoursStayFinite) {
  S3im s3im = make({});
  for (const double level : {0.0, 0.3, 1.0}) {
    const Colours u(3 * 64, level), v(3 * 64, 0.5);
    Colours gradient(u.size());
    const S3imValue value = *s3im.evaluate<double>(u, v, 1, 1, gradient);
    EXPECT_NEAR(value.loss, 1 - (level + 1e-4) / (level * level + 0.25 + 1e-4), 1e-9);
    for (const double g : gradient) EXPECT_TRUE(std::isfinite(g));
  }
}

TEST(S3im, NonFiniteColoursSkipTheStepAndAreCounted) {
  S3im s3im = make({});
  const Colours v = noise(64, 2);
  for (const double bad : {double(NAN), double(INFINITY), 1e300}) {
    Colours u = noise(64, 1), gradient(u.size(), 7.0);
    u[30] = bad;
    const S3imValue value = *s3im.evaluate<double>(u, v, 1, 1, gradient);
    EXPECT_TRUE(value.skipped) << bad;
    EXPECT_EQ(value.non_finite, std::isfinite(bad) ? 0 : 1);
    EXPECT_EQ(value.loss, 0);
    for (const double g : gradient) EXPECT_EQ(g, 0);
  }
  EXPECT_EQ(s3im.skipped_steps(), 3);
  EXPECT_FALSE(s3im.evaluate<double>(noise(64, 1), v, 1, 1, {})->skipped);
  EXPECT_EQ(s3im.skipped_steps(), 3);
}

TEST(S3im, OneObjectTakesBatchesOfChangingSize) {
  S3im s3im = make({});
  for (const std::size_t rays : {std::size_t{512}, std::size_t{77}, std::size_t{5}, std::size_t{512}}) {
    S3im fresh = make({});
    Colours a(3 * rays), b(3 * rays);
    EXPECT_EQ(s3im.evaluate<double>(noise(rays, 1), noise(rays, 2), 1, 1, a)->loss,
              fresh.evaluate<double>(noise(rays, 1), noise(rays, 2), 1, 1, b)->loss);
    EXPECT_EQ(a, b);
  }
}

TEST(S3im, WrongUseIsNamed) {
  S3imOptions options;
  options.window = 0;
  auto created = S3im::create(options);
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().message.find("s3im-window"), std::string::npos) << created.error().message;

  options = {};
  options.layout = "compat";
  S3im compat = make(options);
  auto value = compat.evaluate<double>(noise(100, 1), noise(100, 2), 1, 1, {});
  ASSERT_FALSE(value);  // 1000 is not a multiple of 64
  EXPECT_EQ(value.error().code, ErrorCode::kUsage);
  EXPECT_NE(value.error().message.find("s3im-height"), std::string::npos);

  S3im s3im = make({});
  value = s3im.evaluate<double>(noise(100, 1), noise(99, 2), 1, 1, {});
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::kInput);
  S3imOrders orders = s3im_orders(100, {}, 1, 1);
  orders[7] = orders[8];
  value = s3im.evaluate_ordered<double>(noise(100, 1), noise(100, 2), orders, {});
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().message.find("permutations"), std::string::npos);
}

}  // namespace
}  // namespace mp4d
