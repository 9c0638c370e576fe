#include "reconstruction/field/image_metrics.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace mp4d {
namespace {

constexpr int kTaps = 11, kReach = kTaps / 2;
constexpr double kSigma = 1.5, kK1 = 0.01, kK2 = 0.03;

Result<void> check_pair(const ImageF& result, const ImageF& truth) {
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

int reflected(int i, int n) { return i < 0 ? -i : (i >= n ? 2 * (n - 1) - i : i); }

// Gaussian mean of each window, first along rows. `inside`: only windows within the plane; else the border is
// reflected.
Plane blur(const Plane& in, bool inside) {
  static const std::array<double, kTaps> taps = gaussian();
  const int margin = inside ? kReach : 0;
  Plane rows(in.width - 2 * margin, in.height, 1), out(in.width - 2 * margin, in.height - 2 * margin, 1);
  for (int y = 0; y < rows.height; ++y)
    for (int x = 0; x < rows.width; ++x)
      for (int k = 0; k < kTaps; ++k)
        rows.at(x, y) += taps[static_cast<std::size_t>(k)] * in.at(reflected(x + margin + k - kReach, in.width), y);
  for (int y = 0; y < out.height; ++y)
    for (int k = 0; k < kTaps; ++k) {
      const int from = reflected(y + margin + k - kReach, in.height);
      for (int x = 0; x < out.width; ++x) out.at(x, y) += taps[static_cast<std::size_t>(k)] * rows.at(x, from);
    }
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

double channel_ssim(const Plane& u, const Plane& v, SsimVariant variant, double range) {
  const bool mip_nerf = variant == SsimVariant::kMipNerf;
  const double c1 = std::pow(kK1 * range, 2), c2 = std::pow(kK2 * range, 2);
  const Plane m1 = blur(u, mip_nerf), m2 = blur(v, mip_nerf);
  const Plane uu = blur(product(u, u), mip_nerf), vv = blur(product(v, v), mip_nerf),
              uv = blur(product(u, v), mip_nerf);
  double sum = 0;
  for (std::size_t i = 0; i < m1.data.size(); ++i) {
    const double a = m1.data[i], b = m2.data[i];
    const double s1 = std::max(0.0, uu.data[i] - a * a), s2 = std::max(0.0, vv.data[i] - b * b);
    double s12 = uv.data[i] - a * b;
    if (mip_nerf) s12 = std::copysign(std::min(std::sqrt(s1 * s2), std::abs(s12)), s12);
    sum += (2 * a * b + c1) * (2 * s12 + c2) / ((a * a + b * b + c1) * (s1 + s2 + c2));
  }
  return sum / static_cast<double>(m1.data.size());
}

double range_of(const ImageF& image) {
  const auto [low, high] = std::minmax_element(image.data.begin(), image.data.end());
  return static_cast<double>(*high) - static_cast<double>(*low);
}

ImageF clamped(ImageF image) {
  for (float& v : image.data) v = std::clamp(v, 0.0f, 1.0f);
  return image;
}

double psnr_of(const ImageF& result, const ImageF& truth) {
  double sum = 0;
  for (std::size_t i = 0; i < result.data.size(); ++i) {
    const double d = static_cast<double>(result.data[i]) - static_cast<double>(truth.data[i]);
    sum += d * d;
  }
  return -10 * std::log10(sum / static_cast<double>(result.data.size()));
}

}  // namespace

const char* ssim_variant_name(SsimVariant variant) {
  return variant == SsimVariant::kMipNerf ? "mip-nerf" : "torchmetrics";
}

Result<double> psnr(const ImageF& result, const ImageF& truth) {
  MP4D_CHECK(check_pair(result, truth));
  return psnr_of(clamped(result), truth);
}

Result<double> ssim(const ImageF& result, const ImageF& truth, SsimVariant variant) {
  MP4D_CHECK(check_pair(result, truth));
  const int least = variant == SsimVariant::kMipNerf ? kTaps : kReach + 1;
  if (std::min(result.width, result.height) < least)
    return fail(ErrorCode::kInput, "images of {} x {} are too small for SSIM ({}); give {} x {} or more", result.width,
                result.height, ssim_variant_name(variant), least, least);
  const ImageF shown = clamped(result);
  double range = variant == SsimVariant::kMipNerf ? 1 : std::max(range_of(shown), range_of(truth));
  if (range == 0) range = 1;  // each of one colour: 0 / 0 otherwise
  double sum = 0;
  for (int c = 0; c < result.channels; ++c) sum += channel_ssim(channel(shown, c), channel(truth, c), variant, range);
  return sum / result.channels;
}

Result<ImageScore> score_image(const ImageF& result, const ImageF& truth) {
  ImageScore score;
  MP4D_TRY(as_float, psnr(result, truth));
  MP4D_TRY(as_u8, psnr(truncated_to_u8(result), truth));
  MP4D_TRY(mip_nerf, ssim(result, truth, SsimVariant::kMipNerf));
  MP4D_TRY(torchmetrics, ssim(result, truth, SsimVariant::kTorchmetrics));
  return ImageScore{as_float, as_u8, mip_nerf, torchmetrics};
}

ImageF truncated_to_u8(const ImageF& image) {
  ImageF out = clamped(image);
  for (float& v : out.data)
    v = std::floor(v * 255.0f + 1e-3f) / 255.0f;  // the margin keeps multiples from rounding down
  return out;
}

}  // namespace mp4d
