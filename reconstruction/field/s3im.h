#pragma once
#include "core/options.h"
#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mp4d {

/// Stochastic structural similarity of a batch of rays (Xie et al., "S3IM: Stochastic Structural SIMilarity and Its
/// Unreasonable Effectiveness for Neural Fields", ICCV 2023, section 3); docs/s3im.md.
struct S3imOptions {
  int permutations = 10;  ///< M
  int window = 4;         ///< K; a window holds K x K rays
  int stride = 4;         ///< s; K makes the windows disjoint
  double sigma = 1.5;     ///< of the Gaussian window, in rays
  std::string layout =
      "groups";     ///< groups: no padding, any batch size; compat: the released code's one padded picture
  int height = 64;  ///< rays; rows of the picture of layout compat
};

/// Rows s3im-permutations, s3im-window, ...
const OptionTable<S3imOptions>& s3im_options();

struct S3imValue {
  double loss = 0;       ///< 1 - mean SSIM, in [0, 2]; 0 without windows
  int windows = 0;       ///< over all permutations
  int rays = 0;          ///< those in use
  int non_finite = 0;    ///< rays in use whose colours are not finite
  bool skipped = false;  ///< colours or loss were not finite: loss and gradient are 0, the step is to be left out
};

/// Index lists, one a permutation after the other (M x B), for batches whose order is given from outside.
using S3imOrders = std::vector<std::uint32_t>;

/// One or all of the M orderings of a batch of `rays` at one training step: uniform, independent, a function of (seed, step) alone.
/// Layout compat begins with the identity, as released; layout groups shuffles every list, so that the batch itself may
/// be sorted.
void s3im_order(std::span<std::uint32_t> order, int permutation, const S3imOptions& options, std::uint64_t seed, std::uint64_t step);
S3imOrders s3im_orders(std::size_t rays, const S3imOptions& options, std::uint64_t seed, std::uint64_t step);

/// The window's taps along one axis, K of them, summing to 1. As released, they centre on K / 2 (whole numbers), so an
/// even window leans to its end.
std::vector<double> s3im_taps(const S3imOptions& options);

/// Loss and gradient in one go. Keeps its work arrays, so make one and call it every step. Not to be shared by threads.
/// Neither loss nor gradient depends on the number of OpenMP threads. Sums are in double whatever the colours are.
class S3im {
 public:
  /// kUsage for options out of their range.
  static Result<S3im> create(const S3imOptions& options = {});

  /// `predicted`, `truth`: B x 3 colours, ray after ray, data range 1, not clamped. `use`: B flags, 0 = masked, or
  /// empty for all; masked rays are taken out before the batch is cut into windows, and may hold anything. `gradient`:
  /// B x 3, overwritten with d loss / d predicted (0 for masked rays), or empty for the loss alone. Fewer rays than a
  /// window holds: no windows, loss and gradient 0. Errors: kInput for sizes that do not fit, kUsage for a batch that
  /// layout compat cannot lay out.
  template <class T>
  Result<S3imValue> evaluate(std::span<const T> predicted, std::span<const T> truth, std::uint64_t seed,
                             std::uint64_t step, std::span<T> gradient, std::span<const std::uint8_t> use = {});

  /// The same in given orders of the rays in use (numbered without the masked ones). kInput unless they are
  /// permutations.
  template <class T>
  Result<S3imValue> evaluate_ordered(std::span<const T> predicted, std::span<const T> truth, const S3imOrders& orders,
                                     std::span<T> gradient, std::span<const std::uint8_t> use = {});

  /// Calls that ended with S3imValue::skipped.
  int skipped_steps() const { return skipped_steps_; }
  const S3imOptions& options() const { return options_; }

 private:
  using Moments = Eigen::Array<double, 16, 1>;      // u, v, uu, vv, uv of three channels, one to spare
  using Derivatives = Eigen::Array<double, 12, 1>;  // of a window: factors of 1, v and u in dL/du, three channels each

  /// Which positions a window reads and which windows read a position, both with their weight. Lists of positions
  /// repeat after `positions` of them (groups: a permutation; compat: the whole picture).
  struct Tables {
    std::size_t rays = 0, positions = 0, windows = 0;
    std::vector<std::uint32_t> window_begin, window_position, position_begin, position_window;
    std::vector<double> window_weight, position_weight;
  };

  explicit S3im(const S3imOptions& options) : options_(options), taps_(s3im_taps(options)) {}
  template <class T>
  Result<void> gather(std::span<const T> predicted, std::span<const T> truth, std::span<T> gradient,
                      std::span<const std::uint8_t> use);
  struct Draw {
    std::uint64_t seed, step;
  };
  /// In orders_ and inverse_, which are drawn first if there is a `draw`.
  template <class T>
  S3imValue run(std::span<const T> predicted, std::span<const T> truth, const Draw* draw, std::span<T> gradient);
  Result<void> lay_out(std::size_t rays);
  void lay_out_groups(std::size_t rays);
  Result<void> lay_out_picture(std::size_t rays);
  void index_positions();
  bool invert(const S3imOrders& orders);
  /// Window `n` of an order.
  Derivatives window(const std::uint32_t* order, std::size_t n, double& similarity) const;

  S3imOptions options_;
  std::vector<double> taps_;
  Tables tables_;
  std::vector<std::uint32_t> rays_;     // those in use
  S3imOrders orders_;
  std::vector<std::uint32_t> inverse_;  // position of each ray in each order, M x B
  std::vector<Moments> moments_;
  std::vector<Derivatives> derivatives_;
  std::vector<double> similarity_;  // of a window, summed over channels
  int skipped_steps_ = 0;
};

}  // namespace mp4d
