#include "reconstruction/human/network_torch.h"
#include <cmath>

namespace mp4d::human {
namespace {

using torch::Tensor;

// Uniform in +-gain / sqrt(fan in): keeps the variance of what passes through at a third, as PyTorch's default does.
Tensor initial(torch::IntArrayRef shape, int fan_in, double gain) {
  return (torch::rand(shape) * 2 - 1) * (gain / std::sqrt(double(fan_in)));
}

}  // namespace

void FlatModule::flatten() {
  torch::NoGradGuard no_grad;
  const std::vector<Tensor> all = parameters();
  int64_t count = 0;
  for (const Tensor& p : all) count += p.numel();
  flat_parameters = torch::empty({count}, all[0].options().requires_grad(false));
  flat_gradients = torch::zeros_like(flat_parameters);
  int64_t at = 0;
  for (Tensor p : all) {
    const Tensor view = flat_parameters.narrow(0, at, p.numel()).view(p.sizes());
    view.copy_(p);
    p.set_data(view);
    p.mutable_grad() = flat_gradients.narrow(0, at, p.numel()).view(p.sizes());
    at += p.numel();
  }
}

Norm::Norm(int channels) : groups(std::min(32, channels / 4)) {
  weight = register_parameter("weight", torch::ones({channels}));
  bias = register_parameter("bias", torch::zeros({channels}));
}

Tensor Norm::forward(const Tensor& x) {
  return torch::group_norm(x, groups, weight.to(x.scalar_type()), bias.to(x.scalar_type()));
}

Conv::Conv(int in, int out, int kernel, int stride_, double gain, int dilation_)
    : stride(stride_), padding(kernel / 2 * dilation_), dilation(dilation_) {
  weight = register_parameter("weight", initial({out, in, kernel, kernel}, in * kernel * kernel, gain));
  bias = register_parameter("bias", torch::zeros({out}));
}

Tensor Conv::forward(const Tensor& x) {
  return torch::conv2d(x, weight.to(x.scalar_type()), bias.to(x.scalar_type()), stride, padding, dilation);
}

Linear::Linear(int in, int out, double gain) {
  weight = register_parameter("weight", initial({out, in}, in, gain));
  bias = register_parameter("bias", torch::zeros({out}));
}

Tensor Linear::forward(const Tensor& x) {
  return torch::linear(x, weight.to(x.scalar_type()), bias.to(x.scalar_type()));
}

ResidualBlock::ResidualBlock(int channels, int dilation) {
  norm1 = register_module("norm1", std::make_shared<Norm>(channels));
  conv1 = register_module("conv1", std::make_shared<Conv>(channels, channels, 3, 1, 1, dilation));
  norm2 = register_module("norm2", std::make_shared<Norm>(channels));
  conv2 = register_module("conv2", std::make_shared<Conv>(channels, channels, 3, 1, 1e-2));
}

Tensor ResidualBlock::forward(const Tensor& x) {
  return x + conv2->forward(torch::silu(norm2->forward(conv1->forward(torch::silu(norm1->forward(x))))));
}

}  // namespace mp4d::human
