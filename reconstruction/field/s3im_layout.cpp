// Where the windows of a batch lie: options, taps, orders and tables.
#include "core/rng.h"
#include "reconstruction/field/s3im.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mp4d {

const OptionTable<S3imOptions>& s3im_options() {
  static const OptionTable<S3imOptions> table = [] {
    OptionTable<S3imOptions> t;
    t.add("s3im-permutations", &S3imOptions::permutations, 1, 1000,
          "Random orders a step; more are less noisy and cost in proportion");
    t.add("s3im-window", &S3imOptions::window, 1, 16, "Rays along a side of a window");
    t.add("s3im-stride", &S3imOptions::stride, 1, 64,
          "Rays from window to window; that of the window makes them disjoint");
    t.add("s3im-sigma", &S3imOptions::sigma, 0.1, 100, "Standard deviation of the Gaussian window in rays");
    t.add("s3im-layout", &S3imOptions::layout, {"groups", "compat"},
          "compat: one padded picture as in the released code, to compare with it");
    t.add("s3im-height", &S3imOptions::height, 1, 65536, "Rows of that picture; must divide rays times permutations");
    return t;
  }();
  return table;
}

std::vector<double> s3im_taps(const S3imOptions& options) {
  std::vector<double> taps(static_cast<std::size_t>(options.window));
  for (int x = 0; x < options.window; ++x) {
    const double d = (x - options.window / 2) / options.sigma;
    taps[static_cast<std::size_t>(x)] = std::exp(-0.5 * d * d);
  }
  const double sum = std::accumulate(taps.begin(), taps.end(), 0.0);
  for (double& tap : taps) tap /= sum;
  return taps;
}

void s3im_order(std::span<std::uint32_t> order, int permutation, const S3imOptions& options, std::uint64_t seed, std::uint64_t step) {
  constexpr std::uint64_t kPurpose = 0x7333696dULL;
  const std::uint64_t stream = rng::mix(rng::mix(kPurpose) + step) + static_cast<std::uint64_t>(permutation);
  std::iota(order.begin(), order.end(), 0u);
  if (permutation == 0 && options.layout == "compat") return;
  for (std::size_t i = order.size(); i > 1; --i)  // Fisher and Yates
    std::swap(order[i - 1], order[rng::integer(seed, stream, i, static_cast<std::uint32_t>(i))]);
}

S3imOrders s3im_orders(std::size_t rays, const S3imOptions& options, std::uint64_t seed, std::uint64_t step) {
  S3imOrders orders(static_cast<std::size_t>(options.permutations) * rays);
  for (int m = 0; m < options.permutations; ++m)
    s3im_order(std::span(orders).subspan(static_cast<std::size_t>(m) * rays, rays), m, options, seed, step);
  return orders;
}

Result<void> S3im::lay_out(std::size_t rays) {
  const auto lists = static_cast<std::size_t>(options_.permutations);
  const auto reads = lists * static_cast<std::size_t>(options_.window * options_.window);  // of a ray, at most
  if (rays > std::numeric_limits<std::int32_t>::max() / reads)
    return fail(ErrorCode::kUsage, "S3IM: {} rays in {} permutations are too many; give a smaller batch", rays, lists);
  if (tables_.rays == rays && !tables_.window_begin.empty()) return {};
  tables_ = Tables{};
  if (options_.layout == "compat")
    MP4D_CHECK(lay_out_picture(rays));
  else
    lay_out_groups(rays);
  index_positions();
  tables_.rays = rays;
  return {};
}

// An order is a strip K rays high, filled column by column; windows start every s columns. With s = K a window is K * K
// consecutive rays of the order.
void S3im::lay_out_groups(std::size_t rays) {
  const auto k = static_cast<std::size_t>(options_.window), s = static_cast<std::size_t>(options_.stride);
  Tables& t = tables_;
  t.positions = rays;
  const std::size_t columns = rays / k;
  t.windows = columns < k ? 0 : (columns - k) / s + 1;
  t.window_begin.assign(1, 0);
  for (std::size_t n = 0; n < t.windows; ++n) {
    for (std::size_t i = 0; i < k * k; ++i) {
      t.window_position.push_back(static_cast<std::uint32_t>(n * s * k + i));
      t.window_weight.push_back(taps_[i / k] * taps_[i % k]);
    }
    t.window_begin.push_back(static_cast<std::uint32_t>(t.window_position.size()));
  }
}

// All orders in a row, read as the rows of one picture; a border of (K - 1) / 2 zeros that keeps its weight.
Result<void> S3im::lay_out_picture(std::size_t rays) {
  const std::size_t height = static_cast<std::size_t>(options_.height);
  const std::size_t total = rays * static_cast<std::size_t>(options_.permutations);
  if (total % height != 0)
    return fail(
        ErrorCode::kUsage,
        "S3IM: {} rays in {} permutations do not fill rows of a picture {} high (s3im-height); give a batch that "
        "is a multiple of it, or s3im-layout groups, which takes any",
        rays, options_.permutations, height);
  const int k = options_.window, s = options_.stride, pad = (k - 1) / 2;
  const int rows = options_.height, columns = static_cast<int>(total / height);
  Tables& t = tables_;
  t.positions = total;
  t.window_begin.assign(1, 0);
  for (int y0 = -pad; columns > 0 && y0 + k <= rows + pad; y0 += s)
    for (int x0 = -pad; x0 + k <= columns + pad; x0 += s) {
      for (int y = std::max(y0, 0); y < std::min(y0 + k, rows); ++y)
        for (int x = std::max(x0, 0); x < std::min(x0 + k, columns); ++x) {
          t.window_position.push_back(static_cast<std::uint32_t>(y) * static_cast<std::uint32_t>(columns) +
                                      static_cast<std::uint32_t>(x));
          t.window_weight.push_back(taps_[static_cast<std::size_t>(y - y0)] * taps_[static_cast<std::size_t>(x - x0)]);
        }
      t.window_begin.push_back(static_cast<std::uint32_t>(t.window_position.size()));
      ++t.windows;
    }
  return {};
}

void S3im::index_positions() {
  Tables& t = tables_;
  t.position_begin.assign(t.positions + 1, 0);
  for (const std::uint32_t p : t.window_position) ++t.position_begin[p + 1];
  std::partial_sum(t.position_begin.begin(), t.position_begin.end(), t.position_begin.begin());
  t.position_window.resize(t.window_position.size());
  t.position_weight.resize(t.window_position.size());
  std::vector<std::uint32_t> next(t.position_begin.begin(), t.position_begin.end() - 1);
  for (std::size_t n = 0; n < t.windows; ++n)
    for (std::uint32_t i = t.window_begin[n]; i < t.window_begin[n + 1]; ++i) {
      const std::uint32_t slot = next[t.window_position[i]]++;
      t.position_window[slot] = static_cast<std::uint32_t>(n);
      t.position_weight[slot] = t.window_weight[i];
    }
}

}  // namespace mp4d
