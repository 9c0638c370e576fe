#include "reconstruction/human/autoencoder_torch.h"

namespace mp4d::human {

using torch::Tensor;

AutoencoderImpl::AutoencoderImpl(const AutoencoderConfig& config) : config_(config) {
  const int folded = config.channels * config.patch * config.patch;
  const auto blocks = [&](const char* what, int count) {
    std::vector<std::shared_ptr<ResidualBlock>> made;
    for (int i = 0; i < count; ++i)
      made.push_back(register_module(what + std::to_string(i), std::make_shared<ResidualBlock>(config.width, 1)));
    return made;
  };
  in_ = register_module("input", std::make_shared<Conv>(folded, config.width, 3));
  down_ = blocks("down", config.blocks);
  latent_norm_ = register_module("latent_norm", std::make_shared<Norm>(config.width));
  to_latent_ = register_module("to_latent", std::make_shared<Conv>(config.width, 2 * config.latent_channels, 3));
  from_latent_ = register_module("from_latent", std::make_shared<Conv>(config.latent_channels, config.width, 3));
  up_ = blocks("up", config.blocks + 1);
  out_norm_ = register_module("output_norm", std::make_shared<Norm>(config.width));
  out_ = register_module("output", std::make_shared<Conv>(config.width, folded, 3, 1, 1e-2));
}

std::pair<Tensor, Tensor> AutoencoderImpl::encode(const Tensor& fields) {
  Tensor h = in_->forward(torch::pixel_unshuffle(fields, config_.patch));
  for (const auto& block : down_) h = block->forward(h);
  const std::vector<Tensor> parts = to_latent_->forward(torch::silu(latent_norm_->forward(h))).chunk(2, 1);
  return {parts[0], parts[1].clamp(-20, 10)};
}

Tensor AutoencoderImpl::decode(const Tensor& latent) {
  Tensor h = from_latent_->forward(latent);
  for (const auto& block : up_) h = block->forward(h);
  return torch::pixel_shuffle(out_->forward(torch::silu(out_norm_->forward(h))), config_.patch);
}

}  // namespace mp4d::human
