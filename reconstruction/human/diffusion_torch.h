#pragma once
#include "reconstruction/human/denoiser_torch.h"
#include <functional>

namespace mp4d::human {

/// Cosine schedule (Nichol and Dhariwal 2021): signal amplitude at time u in [0, 1], cos(pi u / 2), with the noise's the
/// rest of the unit circle; u is kept within what makes log SNR -12 .. 12.
struct NoiseLevel {
  torch::Tensor signal, noise, log_snr;  ///< each of u's shape
};
NoiseLevel noise_level(const torch::Tensor& u);

/// How to sample.
struct SamplingOptions {
  int steps = 12;
  /// Weight w of classifier-free guidance (Ho and Salimans 2022), u + w (c - u), in the noisier half of time; then c alone, at half
  /// the cost (guidance in an interval, Kynkaanniemi et al. 2024).
  double guidance = 2.5;
  bool ancestral = false;    ///< DDPM's noise after each step (eta = 1); otherwise DDIM (Song et al. 2021)
};

/// Draws folded fields by running the denoiser from `noise` (B x field_channels x grid x grid). `start` in (0, 1] is the time
/// to begin at: 1 from pure noise; less, with `base` given, from the base field noised so far (SDEdit). Returns nothing
/// if `keep_going` says no.
torch::Tensor sample(Denoiser& denoiser, const torch::Tensor& noise, const torch::Tensor& pose, const torch::Tensor& code,
                     const SamplingOptions& options, const std::function<bool(int)>& keep_going = {}, double start = 1,
                     const torch::Tensor& base = {});

}  // namespace mp4d::human
