#pragma once
#include "reconstruction/human/autoencoder_torch.h"

namespace mp4d::human {

/// Fields as the denoiser sees them. Each channel over its RMS on covered pixels; then either patches folded into channels, without loss,
/// or an autoencoder's latent of unit variance.
struct FieldCodec {
  torch::Tensor rms;  ///< channels
  int patch = 2;
  Autoencoder autoencoder{nullptr};
  double latent_deviation = 1;

  /// B x channels x R x R -> B x channels patch^2 (or latent channels) x R/patch x R/patch, and back.
  torch::Tensor encode(const torch::Tensor& fields) const;
  torch::Tensor decode(const torch::Tensor& codes) const;
};

}  // namespace mp4d::human
