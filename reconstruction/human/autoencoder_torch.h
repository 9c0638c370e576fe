#pragma once
#include "reconstruction/human/network_torch.h"

namespace mp4d::human {

struct AutoencoderConfig {
  int resolution = 512;
  int channels = 0;        ///< of the fields: bands and parts
  int patch = 4;           ///< pixels a side that become one of the latent's
  int latent_channels = 8;
  int width = 128;
  int blocks = 2;          ///< on the way in; one more on the way out

  int grid() const { return resolution / patch; }
};

/// Squeezes large fields (512 x 512 x 32 bands) to 128 x 128 x 8, where the denoiser then works (Joint2Human, after
/// Kingma and Welling 2014): patches folded into channels, residual blocks at the latent's size. Fields are scaled (each channel over
/// its RMS).
class AutoencoderImpl : public FlatModule {
 public:
  explicit AutoencoderImpl(const AutoencoderConfig& config);

  /// Mean and log variance of the latent, each B x latent_channels x grid x grid, of B x channels x R x R.
  std::pair<torch::Tensor, torch::Tensor> encode(const torch::Tensor& fields);
  torch::Tensor decode(const torch::Tensor& latent);

  const AutoencoderConfig& config() const { return config_; }

 private:
  AutoencoderConfig config_;
  std::shared_ptr<Conv> in_, to_latent_, from_latent_, out_;
  std::shared_ptr<Norm> latent_norm_, out_norm_;
  std::vector<std::shared_ptr<ResidualBlock>> down_, up_;
};
TORCH_MODULE(Autoencoder);

}  // namespace mp4d::human
