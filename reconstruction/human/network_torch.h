#pragma once
#include <torch/torch.h>

namespace mp4d::human {

/// A module whose parameters can be one flat tensor that the named ones are views of; likewise the gradients. One optimiser
/// step is then a handful of operations, and a file holds one array. Modules made alike have equal parameters in equal order.
class FlatModule : public torch::nn::Module {
 public:
  /// Call after the module has been moved to its device.
  void flatten();
  torch::Tensor flat_parameters, flat_gradients;
};

/// The layers of the networks here. All compute in the type of what they are given; parameters stay float.
/// Group normalisation, 32 groups or of 4 channels.
struct Norm : torch::nn::Module {
  explicit Norm(int channels);
  torch::Tensor forward(const torch::Tensor& x);
  torch::Tensor weight, bias;
  int groups;
};

/// Convolution that keeps the size (over the stride). `gain`: of the initial weights.
struct Conv : torch::nn::Module {
  Conv(int in, int out, int kernel, int stride = 1, double gain = 1, int dilation = 1);
  torch::Tensor forward(const torch::Tensor& x);
  torch::Tensor weight, bias;
  int stride, padding, dilation;
};

struct Linear : torch::nn::Module {
  Linear(int in, int out, double gain = 1);
  torch::Tensor forward(const torch::Tensor& x);
  torch::Tensor weight, bias;
};

/// x + what two normalised 3 x 3 convolutions, the first dilated, make of it.
struct ResidualBlock : torch::nn::Module {
  ResidualBlock(int channels, int dilation);
  torch::Tensor forward(const torch::Tensor& x);
  std::shared_ptr<Norm> norm1, norm2;
  std::shared_ptr<Conv> conv1, conv2;
};

}  // namespace mp4d::human
