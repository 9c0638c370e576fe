#pragma once
#include "core/image.h"
#include "core/result.h"

namespace mp4d {

/// The two structural similarities in use for view synthesis. Both: Wang et al. 2004, Gaussian window of 11 taps and
/// sigma 1.5, K1 0.01, K2 0.03, channels apart, mean over the windows inside the image and over channels. They differ in the
/// third digit, more for pale pictures, so figures of one are not to be set beside figures of the other.
enum class SsimVariant {
  kMipNerf,      ///< range 1; covariance bounded by the deviations (mip-NeRF, TensoRF, DVGO)
  kTorchmetrics  ///< range the larger of the two images' (torchmetrics' default: nerfstudio)
};

/// "mip-nerf" or "torchmetrics", as reports name them.
const char* ssim_variant_name(SsimVariant variant);

struct ImageScore {
  double psnr = 0;     ///< dB; of the image as computed ("float"); infinite for equal images
  double psnr_u8 = 0;  ///< dB; of the image as papers' programs save it, truncated to 8 bit ("u8")
  double ssim_mip_nerf = 0;
  double ssim_torchmetrics = 0;
};

/// -10 log10 of the mean squared error over all values, dB. Images of 1 or 3 channels in [0, 1], in the encoding they
/// are shown in (sRGB); `result` is clamped to that range. The score of several views is the mean of their PSNRs.
/// `mask`, here and below: pixels where it is 0 are left out; empty = none.
/// Errors, here and below: kInput for images that are empty, of different size, with alpha, or not finite, for a mask of another
/// size or without a pixel; SSIM also for images it has no window for (11 pixels a side).
Result<double> psnr(const ImageF& result, const ImageF& truth, const Mask& mask = {});

/// Pixels that are left out show the truth in both, and windows about them do not count, unless there are no others.
Result<double> ssim(const ImageF& result, const ImageF& truth, SsimVariant variant, const Mask& mask = {});

/// All of them.
Result<ImageScore> score_image(const ImageF& result, const ImageF& truth, const Mask& mask = {});

/// `result`, of `truth` where the mask is 0: for metrics that know no masks.
ImageF with_truth_outside(ImageF result, const ImageF& truth, const Mask& mask);

/// Clamped and truncated to multiples of 1/255, as by `(255 * image).astype(uint8)`; values that are multiples already
/// stay.
ImageF truncated_to_u8(const ImageF& image);

}  // namespace mp4d
