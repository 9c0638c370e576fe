// S3IM loss and gradient of one training step (B = 4096, M = 10, K = s = 4) against the released formulation written
// down plainly: both pictures gathered, five convolutions, the map of similarities, and each of them backwards.
#include "core/rng.h"
#include "reconstruction/field/s3im.h"
#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <omp.h>

namespace mp4d {
namespace {

constexpr int kRays = 4096, kLists = 10, kK = 4, kHeight = 64, kWidth = kRays * kLists / kHeight, kPad = 1;
constexpr int kRows = kHeight / kK, kColumns = kWidth / kK;
using Picture = std::vector<float>;  // 3 x height x width

struct Batch {
  std::vector<float> predicted, truth, gradient;
};

Batch make_batch() {
  Batch b;
  for (std::size_t i = 0; i < 3 * kRays; ++i) {
    b.predicted.push_back(static_cast<float>(rng::uniform(1, 0, i)));
    b.truth.push_back(0.5f * b.predicted.back() + 0.5f * static_cast<float>(rng::uniform(1, 1, i)));
  }
  b.gradient.resize(b.predicted.size());
  return b;
}

S3imOptions released() {
  S3imOptions o;
  o.layout = "compat";
  return o;
}

struct Plain {
  std::array<float, kK * kK> window;
  Plain() {
    const std::vector<double> taps = s3im_taps({});
    for (int i = 0; i < kK * kK; ++i) window[i] = static_cast<float>(taps[i / kK] * taps[i % kK]);
  }

  static Picture gather(const std::vector<float>& colours, const S3imOrders& orders) {
    Picture out(3 * kHeight * kWidth);
    for (int c = 0; c < 3; ++c)
      for (int p = 0; p < kHeight * kWidth; ++p) {
        const int list = p / kRays;
        out[c * kHeight * kWidth + p] = colours[3 * orders[list * kRays + p % kRays] + c];
      }
    return out;
  }

  template <class Visit>
  void windows(Visit visit) const {
    for (int c = 0, n = 0; c < 3; ++c)
      for (int oy = 0; oy < kRows; ++oy)
        for (int ox = 0; ox < kColumns; ++ox, ++n)
          for (int k = 0; k < kK * kK; ++k) {
            const int y = oy * kK - kPad + k / kK, x = ox * kK - kPad + k % kK;
            if (y >= 0 && x >= 0 && y < kHeight && x < kWidth) visit(n, (c * kHeight + y) * kWidth + x, window[k]);
          }
  }
  Picture convolve(const Picture& in) const {
    Picture out(3 * kRows * kColumns, 0.0f);
    windows([&](int n, int p, float w) { out[n] += w * in[p]; });
    return out;
  }
  Picture transposed(const Picture& in) const {
    Picture out(3 * kHeight * kWidth, 0.0f);
    windows([&](int n, int p, float w) { out[p] += w * in[n]; });
    return out;
  }

  double operator()(Batch& b, const S3imOrders& orders) const {
    const Picture u = gather(b.predicted, orders), v = gather(b.truth, orders);
    Picture uu = u, vv = v, uv = u;
    for (std::size_t i = 0; i < u.size(); ++i) uu[i] *= u[i], vv[i] *= v[i], uv[i] *= v[i];
    const Picture m1 = convolve(u), m2 = convolve(v), e11 = convolve(uu), e22 = convolve(vv), e12 = convolve(uv);
    Picture g1(m1.size()), g11(m1.size()), g12(m1.size());
    double sum = 0;
    for (std::size_t i = 0; i < m1.size(); ++i) {
      const float s1 = e11[i] - m1[i] * m1[i], s2 = e22[i] - m2[i] * m2[i], s12 = e12[i] - m1[i] * m2[i];
      const float a1 = 2 * m1[i] * m2[i] + 1e-4f, a2 = 2 * s12 + 9e-4f;
      const float b1 = m1[i] * m1[i] + m2[i] * m2[i] + 1e-4f, b2 = s1 + s2 + 9e-4f, s = a1 * a2 / (b1 * b2);
      sum += s;
      g12[i] = 2 * a1 / (b1 * b2);
      g11[i] = -s / b2;
      g1[i] = 2 * m2[i] * a2 / (b1 * b2) - 2 * m1[i] * s / b1 - g12[i] * m2[i] - 2 * m1[i] * g11[i];
    }
    const Picture t1 = transposed(g1), t11 = transposed(g11), t12 = transposed(g12);
    std::fill(b.gradient.begin(), b.gradient.end(), 0.0f);
    const float factor = -1.0f / static_cast<float>(m1.size());
    for (int c = 0; c < 3; ++c)
      for (int p = 0; p < kHeight * kWidth; ++p) {
        const int i = c * kHeight * kWidth + p;
        b.gradient[3 * orders[p / kRays * kRays + p % kRays] + c] +=
            factor * (t1[i] + t12[i] * v[i] + 2 * t11[i] * u[i]);
      }
    return 1 - sum / static_cast<double>(m1.size());
  }
};

double seconds(auto&& function) {
  const auto start = std::chrono::steady_clock::now();
  function();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Orders are given: loss and gradient alone, both in the released layout, on one thread.
void AgainstPlain(benchmark::State& state) {
  omp_set_num_threads(1);
  Batch ours = make_batch(), theirs = make_batch();
  S3im s3im = *S3im::create(released());
  const Plain plain;
  const S3imOrders orders = s3im_orders(kRays, released(), 1, 1);
  double fused = 1e9, reference = 1e9, loss = 0, plain_loss = 0;
  for (auto _ : state) {
    fused = std::min(fused, seconds([&] {
                       loss = s3im.evaluate_ordered<float>(ours.predicted, ours.truth, orders, ours.gradient)->loss;
                     }));
    reference = std::min(reference, seconds([&] { plain_loss = plain(theirs, orders); }));
  }
  double off = 0, largest = 0;
  for (std::size_t i = 0; i < ours.gradient.size(); ++i) {
    off = std::max(off, double(std::abs(ours.gradient[i] - theirs.gradient[i])));
    largest = std::max(largest, double(std::abs(theirs.gradient[i])));
  }
  if (std::abs(loss - plain_loss) > 1e-5 || off > 1e-4 * largest)
    state.SkipWithError("ours and the plain one disagree");
  state.counters["fused_ms"] = 1e3 * fused;
  state.counters["plain_ms"] = 1e3 * reference;
  state.counters["ratio"] = reference / fused;
}
BENCHMARK(AgainstPlain)->Iterations(60)->Unit(benchmark::kMillisecond);

// What a training step pays: orders drawn, loss and gradient, layout groups.
void Step(benchmark::State& state) {
  omp_set_num_threads(static_cast<int>(state.range(0)));
  Batch b = make_batch();
  S3im s3im = *S3im::create();
  std::uint64_t step = 0;
  double best = 1e9;
  for (auto _ : state)
    best = std::min(best, seconds([&] {
                      benchmark::DoNotOptimize(s3im.evaluate<float>(b.predicted, b.truth, 1, ++step, b.gradient));
                    }));
  state.counters["best_ms"] = 1e3 * best;
  state.counters["best_orders_ms"] =
      1e3 * seconds([&] { benchmark::DoNotOptimize(s3im_orders(kRays, {}, 1, ++step)); });
}
BENCHMARK(Step)->Arg(1)->Arg(2)->Iterations(200)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mp4d
