#pragma once
#include "reconstruction/human/network_torch.h"

namespace mp4d::human {

struct EnhancerConfig {
  int bands = 32;           ///< of the fields it is given; it makes as many more
  int part_channels = 0;
  int pose_channels = 0;    ///< of the denoiser's pose fields, on the same grid
  int patch = 2;
  int width = 96;
  int blocks = 8;
};

/// From the low bands of a field to the next ones (Joint2Human's high-frequency enhancer): what of the detail follows from the coarse
/// shape and the pose. Convolutions on the folded field, ever wider apart.
class EnhancerImpl : public FlatModule {
 public:
  explicit EnhancerImpl(const EnhancerConfig& config);

  /// low: B x (bands + part_channels) patch^2 x grid x grid, folded and scaled; pose: B x pose_channels x grid x grid.
  /// Returns bands `bands` .. 2 bands - 1, B x bands patch^2 x grid x grid, over their own RMS.
  torch::Tensor forward(const torch::Tensor& low, const torch::Tensor& pose);

  const EnhancerConfig& config() const { return config_; }

 private:
  EnhancerConfig config_;
  std::shared_ptr<Conv> in_, out_;
  std::shared_ptr<Norm> out_norm_;
  std::vector<std::shared_ptr<ResidualBlock>> blocks_;
};
TORCH_MODULE(Enhancer);

}  // namespace mp4d::human
