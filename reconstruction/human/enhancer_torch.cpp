#include "reconstruction/human/enhancer_torch.h"

namespace mp4d::human {

using torch::Tensor;

EnhancerImpl::EnhancerImpl(const EnhancerConfig& config) : config_(config) {
  const int pixels = config.patch * config.patch;
  in_ = register_module("input", std::make_shared<Conv>((config.bands + config.part_channels) * pixels + config.pose_channels,
                                                       config.width, 3));
  for (int i = 0; i < config.blocks; ++i)
    blocks_.push_back(register_module("block" + std::to_string(i), std::make_shared<ResidualBlock>(config.width, 1 << i % 4)));
  out_norm_ = register_module("output_norm", std::make_shared<Norm>(config.width));
  out_ = register_module("output", std::make_shared<Conv>(config.width, config.bands * pixels, 3, 1, 1e-2));
}

Tensor EnhancerImpl::forward(const Tensor& low, const Tensor& pose) {
  Tensor h = in_->forward(torch::cat({low, pose.to(low.scalar_type())}, 1).contiguous(torch::MemoryFormat::ChannelsLast));
  for (const auto& block : blocks_) h = block->forward(h);
  return out_->forward(torch::silu(out_norm_->forward(h)));
}

}  // namespace mp4d::human
