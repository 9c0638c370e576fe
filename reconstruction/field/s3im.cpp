#include "reconstruction/field/s3im.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;  // Wang et al. 2004, data range 1
constexpr std::size_t kParallelFrom = 8192;  // rays times permutations; below, threads cost more than they give
constexpr std::uint32_t kNowhere = 0xffffffffu;

using Channels = Eigen::Array3d;

}  // namespace

Result<S3im> S3im::create(const S3imOptions& options) {
  S3imOptions checked;
  for (const OptionSpec& spec : s3im_options().specs())
    MP4D_CHECK(s3im_options().set(&checked, spec.name, spec.get(&options)));
  return S3im(checked);
}

template <class T>
Result<void> S3im::gather(std::span<const T> predicted, std::span<const T> truth, std::span<T> gradient,
                          std::span<const std::uint8_t> use) {
  const std::size_t count = predicted.size() / 3;
  if (predicted.size() % 3 != 0 || truth.size() != predicted.size() ||
      (!gradient.empty() && gradient.size() != predicted.size()) || (!use.empty() && use.size() != count))
    return fail(ErrorCode::kInput,
                "S3IM: {} predicted and {} true colour values, {} of gradient and {} mask flags do not fit; give three "
                "values and one flag a ray",
                predicted.size(), truth.size(), gradient.size(), use.size());
  rays_.clear();
  for (std::size_t i = 0; i < count; ++i)
    if (use.empty() || use[i]) rays_.push_back(static_cast<std::uint32_t>(i));
  std::fill(gradient.begin(), gradient.end(), T{});
  return lay_out(rays_.size());
}

bool S3im::invert(const S3imOrders& orders) {
  const std::size_t rays = rays_.size();
  if (orders.size() != rays * static_cast<std::size_t>(options_.permutations)) return false;
  inverse_.assign(orders.size(), kNowhere);
  bool valid = true;
#pragma omp parallel for schedule(static) reduction(&& : valid) if (orders.size() >= kParallelFrom)
  for (int m = 0; m < options_.permutations; ++m) {
    const std::size_t first = static_cast<std::size_t>(m) * rays;
    for (std::size_t i = 0; i < rays && valid; ++i) {
      const std::uint32_t ray = orders[first + i];
      valid = valid && ray < rays && inverse_[first + ray] == kNowhere;
      if (valid) inverse_[first + ray] = static_cast<std::uint32_t>(i);
    }
  }
  return valid;
}

S3im::Derivatives S3im::window(const std::uint32_t* order, std::size_t n, double& similarity) const {
  const Tables& t = tables_;
  Moments sum = Moments::Zero();
  for (std::uint32_t i = t.window_begin[n]; i < t.window_begin[n + 1]; ++i)
    sum += t.window_weight[i] * moments_[order[t.window_position[i]]];
  const Channels m1 = sum.segment<3>(0), m2 = sum.segment<3>(3);
  const Channels s1 = sum.segment<3>(6) - m1 * m1, s2 = sum.segment<3>(9) - m2 * m2;
  const Channels s12 = sum.segment<3>(12) - m1 * m2;
  const Channels a1 = 2 * m1 * m2 + kC1, a2 = 2 * s12 + kC2;
  const Channels b1 = m1 * m1 + m2 * m2 + kC1, b2 = s1 + s2 + kC2;
  const Channels scale = 1 / (b1 * b2), s = a1 * a2 * scale;
  similarity = s.sum();
  const Channels d12 = 2 * a1 * scale, d11 = -s / b2;
  Derivatives d;
  d.segment<3>(0) = 2 * m2 * a2 * scale - 2 * m1 * s / b1 - d12 * m2 - 2 * m1 * d11;
  d.segment<3>(3) = d12;
  d.segment<3>(6) = 2 * d11;
  d.segment<3>(9).setZero();
  return d;
}

// One parallel region for all: waking threads costs as much as they do.
template <class T>
S3imValue S3im::run(std::span<const T> predicted, std::span<const T> truth, const Draw* draw, std::span<T> gradient) {
  const Tables& t = tables_;
  const std::size_t rays = rays_.size(), permutations = static_cast<std::size_t>(options_.permutations);
  const std::size_t repeats = t.positions == 0 ? 0 : orders_.size() / t.positions, windows = repeats * t.windows;
  const bool repeated = options_.layout != "compat";
  S3imValue value;
  value.rays = static_cast<int>(rays);
  value.windows = static_cast<int>(windows);
  moments_.resize(rays);
  similarity_.resize(windows);
  derivatives_.resize(windows);
  const double factor = windows > 0 ? -1 / (3.0 * static_cast<double>(windows)) : 0;
  int non_finite = 0;
#pragma omp parallel if (orders_.size() >= kParallelFrom)
  {
    if (draw) {
#pragma omp for schedule(static) nowait
      for (std::size_t m = 0; m < permutations; ++m) {
        std::uint32_t *order = orders_.data() + m * rays, *inverse = inverse_.data() + m * rays;
        s3im_order({order, rays}, static_cast<int>(m), options_, draw->seed, draw->step);
        for (std::size_t i = 0; i < rays; ++i) inverse[order[i]] = static_cast<std::uint32_t>(i);
      }
    }
#pragma omp for schedule(static) reduction(+ : non_finite)
    for (std::size_t i = 0; i < rays; ++i) {
      const std::size_t first = std::size_t{3} * rays_[i];
      bool finite = true;
      for (int c = 0; c < 3; ++c) {
        const double u = predicted[first + static_cast<std::size_t>(c)], v = truth[first + static_cast<std::size_t>(c)];
        finite = finite && std::isfinite(u) && std::isfinite(v);
        Moments& m = moments_[i];
        m[c] = u, m[3 + c] = v, m[6 + c] = u * u, m[9 + c] = v * v, m[12 + c] = u * v;
      }
      moments_[i][15] = 0;
      non_finite += finite ? 0 : 1;
    }
#pragma omp for schedule(static)
    for (std::size_t n = 0; n < windows; ++n)
      derivatives_[n] = window(orders_.data() + n / t.windows * t.positions, n % t.windows, similarity_[n]);
    // Each ray collects from its windows, rather than windows scattering to rays: one order of summation, no atomics.
    if (!gradient.empty() && non_finite == 0 && windows > 0) {
#pragma omp for schedule(static)
      for (std::size_t i = 0; i < rays; ++i) {
        Derivatives sum = Derivatives::Zero();
        for (std::size_t m = 0; m < permutations; ++m) {
          const std::size_t position = (repeated ? 0 : m * rays) + inverse_[m * rays + i];
          const std::size_t first_window = repeated ? m * t.windows : 0;
          for (std::uint32_t j = t.position_begin[position]; j < t.position_begin[position + 1]; ++j)
            sum += t.position_weight[j] * derivatives_[first_window + t.position_window[j]];
        }
        const std::size_t first = std::size_t{3} * rays_[i];
        for (int c = 0; c < 3; ++c)
          gradient[first + static_cast<std::size_t>(c)] =
              static_cast<T>(factor * (sum[c] + sum[3 + c] * moments_[i][3 + c] + sum[6 + c] * moments_[i][c]));
      }
    }
  }
  value.non_finite = non_finite;
  if (windows == 0 && non_finite == 0) return value;
  double sum = 0;
  for (const double s : similarity_) sum += s;
  const double mean = non_finite > 0 ? NAN : sum / (3.0 * static_cast<double>(windows));
  if (std::isfinite(mean)) {
    value.loss = 1 - mean;
    return value;
  }
  value.skipped = true;
  ++skipped_steps_;
  std::fill(gradient.begin(), gradient.end(), T{});
  return value;
}

template <class T>
Result<S3imValue> S3im::evaluate(std::span<const T> predicted, std::span<const T> truth, std::uint64_t seed,
                                 std::uint64_t step, std::span<T> gradient, std::span<const std::uint8_t> use) {
  MP4D_CHECK(gather(predicted, truth, gradient, use));
  orders_.resize(static_cast<std::size_t>(options_.permutations) * rays_.size());
  inverse_.resize(orders_.size());
  const Draw draw{seed, step};
  return run(predicted, truth, &draw, gradient);
}

template <class T>
Result<S3imValue> S3im::evaluate_ordered(std::span<const T> predicted, std::span<const T> truth,
                                         const S3imOrders& orders, std::span<T> gradient,
                                         std::span<const std::uint8_t> use) {
  MP4D_CHECK(gather(predicted, truth, gradient, use));
  if (!invert(orders))
    return fail(ErrorCode::kInput,
                "S3IM: orders must be {} permutations of the {} rays in use; make them by s3im_orders",
                options_.permutations, rays_.size());
  orders_ = orders;
  return run(predicted, truth, nullptr, gradient);
}

#define MP4D_S3IM(T)                                                                                                 \
  template Result<S3imValue> S3im::evaluate<T>(std::span<const T>, std::span<const T>, std::uint64_t, std::uint64_t, \
                                               std::span<T>, std::span<const std::uint8_t>);                         \
  template Result<S3imValue> S3im::evaluate_ordered<T>(std::span<const T>, std::span<const T>, const S3imOrders&,    \
                                                       std::span<T>, std::span<const std::uint8_t>);
MP4D_S3IM(float)
MP4D_S3IM(double)
#undef MP4D_S3IM

}  // namespace mp4d
