#include "reconstruction/field/image_metrics.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace mp4d {
namespace {

constexpr int kTaps = 11, kReach = kTaps / 2;
constexpr double kSigma = 1.5, kK1 = 0.01, kK2 = 0.03;

bool any_used(const Mask& mask) {
  return std::any_of(mask.data.begin(), mask.data.end(), [](std::uint8_t v) { return v != 0; });
}

Result<void> check_pair(const ImageF& result, const ImageF& truth, const Mask& mask) {
  if (result.width != truth.width || result.height != truth.height || result.channels != truth.channels)
    return fail(ErrorCode::kInput,
                "images of {} x {} x {} and {} x {} x {} cannot be compared; render at the truth's size", result.width,
                result.height, result.channels, truth.width, truth.height, truth.channels);
  if (result.empty()) return fail(ErrorCode::kInput, "images to compare are empty");
  if (result.channels != 1 && result.channels != 3)
    return fail(ErrorCode::kInput, "images to compare have {} channels; give 1 or 3, alpha blended onto the background",
                result.channels);
  for (const ImageF* image : {&result, &truth})
    for (const float v : image->data)
      if (!std::isfinite(v))
        return fail(ErrorCode::kInput, "the {} image holds a value that is not finite",
                    image == &result ? "scored" : "true");
  if (mask.empty()) return {};
  if (mask.width != truth.width || mask.height != truth.height)
    return fail(ErrorCode::kInput, "a mask of {} x {} is not that of an image of {} x {}; make them the same size", mask.width,
                mask.height, truth.width, truth.height);
  if (!any_used(mask))
    return fail(ErrorCode::kInput, "every pixel of the images to compare is masked; check the mask (white = use)");
  return {};
}

std::array<double, kTaps> gaussian() {
  std::array<double, kTaps> taps{};
  for (int i = 0; i < kTaps; ++i)
    taps[static_cast<std::size_t>(i)] = std::exp(-0.5 * std::pow((i - kReach) / kSigma, 2));
  const double sum = std::accumulate(taps.begin(), taps.end(), 0.0);
  for (double& t : taps) t /= sum;
  return taps;
}

using Plane = ImageOf<double>;

/// Gaussian mean of each window within the plane, first along rows.
Plane blur(const Plane& in) {
  static const std::array<double, kTaps> taps = gaussian();
  Plane rows(in.width - 2 * kReach, in.height, 1), out(rows.width, in.height - 2 * kReach, 1);
  for (int y = 0; y < rows.height; ++y)
    for (int x = 0; x < rows.width; ++x)
      for (int k = 0; k < kTaps; ++k) rows.at(x, y) += taps[static_cast<std::size_t>(k)] * in.at(x + k, y);
  for (int y = 0; y < out.height; ++y)
    for (int k = 0; k < kTaps; ++k)
      for (int x = 0; x < out.width; ++x) out.at(x, y) += taps[static_cast<std::size_t>(k)] * rows.at(x, y + k);
  return out;
}

Plane channel(const ImageF& image, int c) {
  Plane plane(image.width, image.height, 1);
  for (std::size_t i = 0; i < image.pixels(); ++i)
    plane.data[i] = image.data[i * static_cast<std::size_t>(image.channels) + static_cast<std::size_t>(c)];
  return plane;
}

Plane product(const Plane& a, const Plane& b) {
  Plane out = a;
  for (std::size_t i = 0; i < out.data.size(); ++i) out.data[i] *= b.data[i];
  return out;
}

/// `counted`: the windows that count, one a pixel they lie about; empty = all.
double channel_ssim(const Plane& u, const Plane& v, SsimVariant variant, double range, const Mask& counted) {
  const double c1 = std::pow(kK1 * range, 2), c2 = std::pow(kK2 * range, 2);
  const Plane m1 = blur(u), m2 = blur(v);
  const Plane uu = blur(product(u, u)), vv = blur(product(v, v)), uv = blur(product(u, v));
  double sum = 0;
  std::size_t windows = 0;
  for (std::size_t i = 0; i < m1.data.size(); ++i) {
    if (!counted.empty() && !counted.data[i]) continue;
    const double a = m1.data[i], b = m2.data[i];
    const double s1 = std::max(0.0, uu.data[i] - a * a), s2 = std::max(0.0, vv.data[i] - b * b);
    double s12 = uv.data[i] - a * b;
    if (variant == SsimVariant::kMipNerf) s12 = std::copysign(std::min(std::sqrt(s1 * s2), std::abs(s12)), s12);
    sum += (2 * a * b + c1) * (2 * s12 + c2) / ((a * a + b * b + c1) * (s1 + s2 + c2));
    ++windows;
  }
  return sum / static_cast<double>(windows);
}

/// Of a mask the part that windows lie about; empty if it has no pixel there.
Mask counted_windows(const Mask& mask) {
  if (mask.empty()) return {};
  Mask out(mask.width - 2 * kReach, mask.height - 2 * kReach, 1);
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) out.at(x, y) = mask.at(x + kReach, y + kReach);
  return any_used(out) ? out : Mask();
}

double range_of(const ImageF& image) {
  const auto [low, high] = std::minmax_element(image.data.begin(), image.data.end());
  return static_cast<double>(*high) - static_cast<double>(*low);
}

ImageF clamped(ImageF image) {
  for (float& v : image.data) v = std::clamp(v, 0.0f, 1.0f);
  return image;
}

double psnr_of(const ImageF& result, const ImageF& truth, const Mask& mask) {
  const auto channels = static_cast<std::size_t>(result.channels);
  double sum = 0;
  std::size_t values = 0;
  for (std::size_t i = 0; i < result.data.size(); ++i) {
    if (!mask.empty() && !mask.data[i / channels]) continue;
    ++values;
    const double d = static_cast<double>(result.data[i]) - static_cast<double>(truth.data[i]);
    sum += d * d;
  }
  return -10 * std::log10(sum / static_cast<double>(values));
}

}  // namespace

const char* ssim_variant_name(SsimVariant variant) {
  return variant == SsimVariant::kMipNerf ? "mip-nerf" : "torchmetrics";
}

Result<double> psnr(const ImageF& result, const ImageF& truth, const Mask& mask) {
  MP4D_CHECK(check_pair(result, truth, mask));
  return psnr_of(clamped(result), truth, mask);
}

Result<double> ssim(const ImageF& result, const ImageF& truth, SsimVariant variant, const Mask& mask) {
  MP4D_CHECK(check_pair(result, truth, mask));
  if (std::min(result.width, result.height) < kTaps)
    return fail(ErrorCode::kInput, "images of {} x {} are too small for SSIM ({}); give {} x {} or more", result.width,
                result.height, ssim_variant_name(variant), kTaps, kTaps);
  const ImageF shown = with_truth_outside(clamped(result), truth, mask);
  double range = variant == SsimVariant::kMipNerf ? 1 : std::max(range_of(shown), range_of(truth));
  if (range == 0) range = 1;  // each of one colour: 0 / 0 otherwise
  const Mask counted = counted_windows(mask);
  double sum = 0;
  for (int c = 0; c < result.channels; ++c) sum += channel_ssim(channel(shown, c), channel(truth, c), variant, range, counted);
  return sum / result.channels;
}

Result<ImageScore> score_image(const ImageF& result, const ImageF& truth, const Mask& mask) {
  MP4D_TRY(as_float, psnr(result, truth, mask));
  MP4D_TRY(as_u8, psnr(truncated_to_u8(result), truth, mask));
  MP4D_TRY(mip_nerf, ssim(result, truth, SsimVariant::kMipNerf, mask));
  MP4D_TRY(torchmetrics, ssim(result, truth, SsimVariant::kTorchmetrics, mask));
  return ImageScore{as_float, as_u8, mip_nerf, torchmetrics};
}

ImageF with_truth_outside(ImageF result, const ImageF& truth, const Mask& mask) {
  const auto channels = static_cast<std::size_t>(result.channels);
  for (std::size_t i = 0; i < result.data.size() && !mask.empty(); ++i)
    if (!mask.data[i / channels]) result.data[i] = truth.data[i];
  return result;
}

ImageF truncated_to_u8(const ImageF& image) {
  ImageF out = clamped(image);
  for (float& v : out.data)
    v = std::floor(v * 255.0f + 1e-3f) / 255.0f;  // the margin keeps multiples from rounding down
  return out;
}

}  // namespace mp4d
