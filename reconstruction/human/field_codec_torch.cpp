#include "reconstruction/human/field_codec_torch.h"

namespace mp4d::human {

using torch::Tensor;

Tensor FieldCodec::encode(const Tensor& fields) const {
  const Tensor scaled = fields / rms.view({1, -1, 1, 1});
  if (!autoencoder) return torch::pixel_unshuffle(scaled, patch);
  return const_cast<AutoencoderImpl&>(*autoencoder).encode(scaled).first / latent_deviation;
}

Tensor FieldCodec::decode(const Tensor& codes) const {
  const Tensor scaled = autoencoder ? const_cast<AutoencoderImpl&>(*autoencoder).decode(codes * latent_deviation)
                                    : torch::pixel_shuffle(codes, patch);
  return scaled * rms.view({1, -1, 1, 1});
}

}  // namespace mp4d::human
