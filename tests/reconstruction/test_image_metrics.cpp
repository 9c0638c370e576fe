#include "core/rng.h"
#include "reconstruction/field/image_metrics.h"
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

ImageF noise(int w, int h, int channels, std::uint64_t stream) {
  ImageF image(w, h, channels);
  for (std::size_t i = 0; i < image.data.size(); ++i) image.data[i] = static_cast<float>(rng::uniform(7, stream, i));
  return image;
}

ImageF smooth(int w, int h, double phase) {
  ImageF image(w, h, 3);
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x)
      for (int c = 0; c < 3; ++c)
        image.at(x, y, c) = static_cast<float>(0.5 + 0.3 * std::sin(0.31 * x + 0.2 * y + c + phase));
  return image;
}

double mip_nerf(const ImageF& a, const ImageF& b) { return *ssim(a, b, SsimVariant::kMipNerf); }
double torchmetrics(const ImageF& a, const ImageF& b) { return *ssim(a, b, SsimVariant::kTorchmetrics); }

// One window after the other with the two-dimensional Gaussian, deviations about the window's own mean.
double plain_ssim(const ImageF& a, const ImageF& b, bool inside, double range) {
  const int margin = inside ? 5 : 0;
  double total = 0;
  int terms = 0;
  const auto fold = [](int i, int n) { return i < 0 ? -i : (i >= n ? 2 * n - 2 - i : i); };
  for (int c = 0; c < a.channels; ++c)
    for (int y = margin; y < a.height - margin; ++y)
      for (int x = margin; x < a.width - margin; ++x, ++terms) {
        double sum = 0, ma = 0, mb = 0, saa = 0, sbb = 0, sab = 0;
        for (int pass = 0; pass < 2; ++pass) {
          for (int dy = -5; dy <= 5; ++dy)
            for (int dx = -5; dx <= 5; ++dx) {
              const double w = std::exp(-(dx * dx + dy * dy) / 4.5);
              const double p = a.at(fold(x + dx, a.width), fold(y + dy, a.height), c);
              const double q = b.at(fold(x + dx, a.width), fold(y + dy, a.height), c);
              if (pass == 0) {
                sum += w, ma += w * p, mb += w * q;
              } else {
                saa += w * (p - ma) * (p - ma), sbb += w * (q - mb) * (q - mb), sab += w * (p - ma) * (q - mb);
              }
            }
          if (pass == 0) ma /= sum, mb /= sum;
        }
        const double c1 = 1e-4 * range * range, c2 = 9e-4 * range * range;
        total += (2 * ma * mb + c1) * (2 * sab / sum + c2) / ((ma * ma + mb * mb + c1) * ((saa + sbb) / sum + c2));
      }
  return total / terms;
}

TEST(ImageMetrics, PsnrOfAKnownError) {
  const ImageF a(8, 6, 3, 0.4f), b(8, 6, 3, 0.5f);
  EXPECT_NEAR(*psnr(a, b), 20, 1e-5);
  ImageF one = a;
  one.at(3, 2, 1) = 0.9f;  // squared error 0.25 in one of 144 values
  EXPECT_NEAR(*psnr(one, a), -10 * std::log10(0.25 / 144), 1e-5);
  EXPECT_TRUE(std::isinf(*psnr(a, a)) && *psnr(a, a) > 0);
}

TEST(ImageMetrics, ResultsAreClamped) {
  EXPECT_NEAR(*psnr(ImageF(4, 4, 3, 1.7f), ImageF(4, 4, 3, 0.9f)), 20, 1e-4);
  EXPECT_NEAR(*psnr(ImageF(4, 4, 3, -3.0f), ImageF(4, 4, 3, 0.1f)), 20, 1e-4);
}

TEST(ImageMetrics, EightBitsAreTruncatedAndStay) {
  ImageF all(256, 1, 1);
  for (int i = 0; i < 256; ++i) all.at(i, 0) = static_cast<float>(i) / 255.0f;
  EXPECT_EQ(truncated_to_u8(all).data, all.data);
  EXPECT_NEAR(truncated_to_u8(ImageF(1, 1, 1, 100.9f / 255)).data[0], 100 / 255.0, 1e-7);
  EXPECT_EQ(truncated_to_u8(ImageF(1, 1, 1, 2.0f)).data[0], 1.0f);
  const ImageScore score = *score_image(ImageF(16, 16, 3, 100.5f / 255), ImageF(16, 16, 3, 101 / 255.0f));
  EXPECT_NEAR(score.psnr, -20 * std::log10(0.5 / 255), 1e-3);
  EXPECT_NEAR(score.psnr_u8, -20 * std::log10(1.0 / 255), 1e-3);
}

TEST(ImageMetrics, SsimFollowsItsDefinition) {
  ImageF a = noise(23, 19, 3, 1), b = noise(23, 19, 3, 2);
  for (float& v : a.data) v *= 0.8f;
  for (std::size_t i = 0; i < b.data.size(); ++i) b.data[i] = 0.1f + 0.5f * a.data[i] + 0.2f * b.data[i];
  EXPECT_NEAR(mip_nerf(a, b), plain_ssim(a, b, true, 1), 1e-9);
  const auto [low, high] = std::minmax_element(a.data.begin(), a.data.end());
  EXPECT_NEAR(torchmetrics(a, b), plain_ssim(a, b, true, *high - *low), 1e-9);  // a's range is the larger
  EXPECT_GT(std::abs(mip_nerf(a, b) - torchmetrics(a, b)), 1e-4);
}

TEST(ImageMetrics, SsimMeetsTheFigureOfTorchmetricsManual) {
  ImageF u = noise(256, 256, 3, 1), v = u;  // the manual's example: uniform noise against 0.75 times itself
  for (float& x : v.data) x *= 0.75f;
  EXPECT_NEAR(torchmetrics(u, v), 0.9219, 1e-3);
}

// torchmetrics reflects the border and cuts off the windows that reach into it.
TEST(ImageMetrics, WindowsAcrossTheBorderDoNotCount) {
  const ImageF truth = smooth(40, 32, 0);
  ImageF result = truth;
  for (int y = 0; y < 32; ++y)
    for (int x = 0; x < 40; ++x)
      if (std::min({x, y, 39 - x, 31 - y}) < 2) result.at(x, y, 1) = 1 - result.at(x, y, 1);
  const auto [low, high] = std::minmax_element(truth.data.begin(), truth.data.end());
  const double range = *high - *low, all_pixels = plain_ssim(result, truth, false, range);
  EXPECT_NEAR(torchmetrics(result, truth), plain_ssim(result, truth, true, range), 1e-9);
  EXPECT_GT(torchmetrics(result, truth), all_pixels + 0.05);
}

TEST(ImageMetrics, MaskedPixelsDoNotCount) {
  const ImageF truth = smooth(48, 40, 0);
  ImageF result = truth, elsewhere = truth;
  Mask mask(48, 40, 1, 255);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 48; ++x) {
      if (x < 20) mask.at(x, y) = 0;
      for (int c = 0; c < 3; ++c) {
        result.at(x, y, c) += x < 20 ? 0.3f : 0.02f;
        elsewhere.at(x, y, c) += x < 20 ? -0.2f : 0.02f;
      }
    }
  const ImageScore score = *score_image(result, truth, mask), other = *score_image(elsewhere, truth, mask);
  EXPECT_NEAR(score.psnr, -20 * std::log10(0.02), 1e-3);
  EXPECT_NEAR(score.psnr_u8, other.psnr_u8, 1e-9);
  EXPECT_NEAR(score.ssim_mip_nerf, other.ssim_mip_nerf, 1e-12);
  EXPECT_GT(score.ssim_mip_nerf, score_image(result, truth)->ssim_mip_nerf + 1e-3);
  // Windows about masked pixels are none: with half of them equal to the truth, the mean would be higher.
  const ImageF filled = with_truth_outside(result, truth, mask);
  EXPECT_LT(score.ssim_mip_nerf, score_image(filled, truth)->ssim_mip_nerf);
  EXPECT_NEAR(*psnr(result, truth, Mask(48, 40, 1, 255)), *psnr(result, truth), 1e-12);
  EXPECT_FALSE(psnr(result, truth, Mask(48, 40, 1, 0)));
  EXPECT_FALSE(psnr(result, truth, Mask(40, 48, 1, 255)));
  Mask corner(48, 40, 1, 0);
  corner.at(0, 0) = 255;  // no window lies about it
  EXPECT_LE(*ssim(result, truth, SsimVariant::kMipNerf, corner), 1);
}

TEST(ImageMetrics, SsimOfEqualConstantAndInvertedImages) {
  const ImageF a = noise(20, 16, 3, 1);
  EXPECT_NEAR(mip_nerf(a, a), 1, 1e-12);
  EXPECT_NEAR(torchmetrics(a, a), 1, 1e-12);
  EXPECT_NEAR(mip_nerf(ImageF(12, 12, 3, 0.25f), ImageF(12, 12, 3, 0.5f)), (0.25 + 1e-4) / (0.3125 + 1e-4), 1e-7);
  EXPECT_NEAR(torchmetrics(ImageF(12, 12, 3, 0.25f), ImageF(12, 12, 3, 0.5f)), (0.25 + 1e-4) / (0.3125 + 1e-4), 1e-7);
  EXPECT_EQ(torchmetrics(ImageF(12, 12, 3, 0.0f), ImageF(12, 12, 3, 0.0f)), 1);
  ImageF inverted = a;
  for (float& x : inverted.data) x = 1 - x;
  EXPECT_LT(mip_nerf(a, inverted), -0.5);
}

TEST(ImageMetrics, MoreNoiseScoresLower) {
  const ImageF truth = smooth(48, 40, 0), grain = noise(48, 40, 3, 5);
  ImageScore before{1e9, 1e9, 2, 2};
  for (const float amount : {0.02f, 0.05f, 0.1f, 0.2f}) {
    ImageF result = truth;
    for (std::size_t i = 0; i < result.data.size(); ++i) result.data[i] += amount * (grain.data[i] - 0.5f);
    const ImageScore score = *score_image(result, truth);
    EXPECT_LT(score.psnr, before.psnr);
    EXPECT_LT(score.psnr_u8, before.psnr_u8);
    EXPECT_LT(score.ssim_mip_nerf, before.ssim_mip_nerf);
    EXPECT_LT(score.ssim_torchmetrics, before.ssim_torchmetrics);
    before = score;
  }
}

TEST(ImageMetrics, ChannelsWeighTheSame) {
  const ImageF truth = smooth(20, 20, 0);
  double first = 0;
  for (int c = 0; c < 3; ++c) {
    ImageF grey(20, 20, 3, 0.5f), damaged = grey;
    for (int i = 0; i < 400; ++i)
      damaged.data[static_cast<std::size_t>(3 * i + c)] = truth.data[static_cast<std::size_t>(3 * i)];
    const double value = mip_nerf(damaged, grey);
    if (c == 0) first = value;
    EXPECT_NEAR(value, first, 1e-12);
    EXPECT_LT(value, 0.9);
  }
}

TEST(ImageMetrics, WrongImagesAreNamed) {
  const ImageF good(16, 16, 3, 0.5f);
  const auto message = [&](const ImageF& a, const ImageF& b) {
    const auto score = score_image(a, b);
    EXPECT_FALSE(score);
    return score ? std::string() : score.error().message;
  };
  EXPECT_NE(message(good, ImageF(16, 15, 3, 0.5f)).find("16 x 15"), std::string::npos);
  EXPECT_NE(message(ImageF(16, 16, 4, 1.0f), ImageF(16, 16, 4, 1.0f)).find("alpha"), std::string::npos);
  EXPECT_NE(message({}, {}).find("empty"), std::string::npos);
  EXPECT_NE(message(ImageF(10, 30, 3, 0.5f), ImageF(10, 30, 3, 0.5f)).find("11 x 11"), std::string::npos);
  ImageF bad = good;
  bad.at(3, 3, 1) = NAN;
  EXPECT_NE(message(bad, good).find("scored"), std::string::npos);
  EXPECT_NE(message(good, bad).find("true"), std::string::npos);
  EXPECT_TRUE(psnr(ImageF(2, 2, 1, 0.5f), ImageF(2, 2, 1, 0.4f)));
  EXPECT_FALSE(ssim(ImageF(10, 12, 1, 0.5f), ImageF(10, 12, 1, 0.5f), SsimVariant::kTorchmetrics));
  EXPECT_TRUE(ssim(ImageF(11, 12, 1, 0.5f), ImageF(11, 12, 1, 0.5f), SsimVariant::kTorchmetrics));
  EXPECT_STREQ(ssim_variant_name(SsimVariant::kMipNerf), "mip-nerf");
}

}  // namespace
}  // namespace mp4d
