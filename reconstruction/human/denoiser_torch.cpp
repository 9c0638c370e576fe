#include "reconstruction/human/denoiser_torch.h"
#include "reconstruction/human/body_skeleton.h"
#include "reconstruction/human/conditioning_torch.h"
#include "reconstruction/human/network_size_torch.h"
#include <cmath>

namespace mp4d::human {
namespace {

using torch::Tensor;

constexpr int kEmbedding = 128;
constexpr int kLimbParts = 6;
constexpr int kTimeFrequencies = 32;

}  // namespace

DenoiserImpl::Block::Block(int in, int out_channels, int embedding, bool attention) {
  norm1 = register_module("norm1", std::make_shared<Norm>(in));
  conv1 = register_module("conv1", std::make_shared<Conv>(in, out_channels, 3));
  film = register_module("film", std::make_shared<Linear>(embedding, 2 * out_channels));
  norm2 = register_module("norm2", std::make_shared<Norm>(out_channels));
  conv2 = register_module("conv2", std::make_shared<Conv>(out_channels, out_channels, 3, 1, 1e-2));
  if (in != out_channels) skip = register_module("skip", std::make_shared<Conv>(in, out_channels, 1));
  if (!attention) return;
  attention_norm = register_module("attention_norm", std::make_shared<Norm>(out_channels));
  qkv = register_module("qkv", std::make_shared<Conv>(out_channels, 3 * out_channels, 1));
  out = register_module("attention_out", std::make_shared<Conv>(out_channels, out_channels, 1, 1, 1e-2));
}

Tensor DenoiserImpl::Block::attend(const Tensor& x) {
  const int64_t batch = x.size(0), channels = x.size(1), tokens = x.size(2) * x.size(3);
  const std::vector<Tensor> parts = qkv->forward(attention_norm->forward(x)).reshape({batch, 3 * channels, tokens}).chunk(3, 1);
  const auto heads = [&](const Tensor& part) {
    return part.reshape({batch, channels / kAttentionHead, kAttentionHead, tokens}).transpose(2, 3);  // B x heads x tokens x 64
  };
  const Tensor scores = torch::matmul(heads(parts[0]), heads(parts[1]).transpose(2, 3)) / std::sqrt(double(kAttentionHead));
  const Tensor mixed = torch::matmul(torch::softmax(scores, -1), heads(parts[2]));
  return x + out->forward(mixed.transpose(2, 3).reshape(x.sizes()));
}

Tensor DenoiserImpl::Block::forward(const Tensor& x, const Tensor& embedding) {
  Tensor h = conv1->forward(torch::silu(norm1->forward(x)));
  const std::vector<Tensor> shift_scale = film->forward(embedding).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
  h = norm2->forward(h) * (1 + shift_scale[1]) + shift_scale[0];
  h = conv2->forward(torch::silu(h)) + (skip ? skip->forward(x) : x);
  return qkv ? attend(h) : h;
}

int DenoiserConfig::pose_channels() const { return kJointCount * joint_coefficients + kLimbParts * limb_coefficients; }

DenoiserImpl::DenoiserImpl(const DenoiserConfig& config) : config_(config) {
  const int levels = int(config.widths.size());
  const auto attention = [&](int level) { return level >= levels - config.attention_levels; };
  const auto name = [](const char* what, int level) { return std::string(what) + std::to_string(level); };
  time1_ = register_module("time1", std::make_shared<Linear>(2 * kTimeFrequencies, kEmbedding));
  time2_ = register_module("time2", std::make_shared<Linear>(kEmbedding, kEmbedding));
  code1_ = register_module("code1", std::make_shared<Linear>(config.code_size, kEmbedding, 3));
  code2_ = register_module("code2", std::make_shared<Linear>(kEmbedding, kEmbedding));
  input_ = register_module("input", std::make_shared<Conv>(config.field_channels() + config.pose_channels(), config.widths[0], 3));
  const auto level_blocks = [&](const char* what, int level, int in) {
    const int width = config.widths[std::size_t(level)];
    std::vector<std::shared_ptr<Block>> blocks;
    for (int i = 0; i < config.blocks[std::size_t(level)]; ++i)
      blocks.push_back(register_module(name(what, level) + "_" + std::to_string(i),
                                       std::make_shared<Block>(i == 0 ? in : width, width, kEmbedding, attention(level))));
    return blocks;
  };
  for (int l = 0; l < levels; ++l) {
    const int width = config.widths[std::size_t(l)];
    if (l > 0)
      downsample_.push_back(register_module(
          name("downsample", l), std::make_shared<Conv>(config.widths[std::size_t(l - 1)], width, 3, 2)));
    down_.push_back(level_blocks("down", l, width));
  }
  for (int i = 0; i < 2; ++i)
    middle_.push_back(register_module(
        name("middle", i), std::make_shared<Block>(config.widths.back(), config.widths.back(), kEmbedding, i == 0)));
  for (int l = levels - 1; l >= 0; --l) {
    const int width = config.widths[std::size_t(l)];
    if (l < levels - 1)
      upsample_.push_back(
          register_module(name("upsample", l), std::make_shared<Conv>(config.widths[std::size_t(l + 1)], width, 3)));
    up_.push_back(level_blocks("up", l, 2 * width));
  }
  output_norm_ = register_module("output_norm", std::make_shared<Norm>(config.widths[0]));
  output_ = register_module("output", std::make_shared<Conv>(config.widths[0], config.field_channels(), 3, 1, 1e-2));
}

Tensor DenoiserImpl::pose_fields(const Tensor& joints) const {
  return torch::cat({joint_embedding(joints, config_.grid(), config_.joint_coefficients, config_.joint_radius),
                     limb_embedding(joints, config_.grid(), config_.limb_coefficients, config_.limb_radius)},
                    1);
}

Tensor DenoiserImpl::forward(const Tensor& x, const Tensor& log_snr, const Tensor& pose, const Tensor& code) {
  const auto type = x.scalar_type();
  const Tensor frequencies = torch::exp(torch::arange(kTimeFrequencies, log_snr.options()) * (std::log(100.0) / kTimeFrequencies));
  const Tensor phases = log_snr.unsqueeze(1) / 20 * frequencies;
  const Tensor time = torch::cat({torch::sin(phases), torch::cos(phases)}, 1).to(type);
  const Tensor embedding = torch::silu(time2_->forward(torch::silu(time1_->forward(time))) +
                                       code2_->forward(torch::silu(code1_->forward(code.to(type)))));

  const int levels = int(config_.widths.size());
  std::vector<Tensor> skips;
  Tensor h = input_->forward(torch::cat({x, pose.to(type)}, 1).contiguous(torch::MemoryFormat::ChannelsLast));
  for (int l = 0; l < levels; ++l) {
    if (l > 0) h = downsample_[std::size_t(l - 1)]->forward(h);
    for (const auto& block : down_[std::size_t(l)]) h = block->forward(h, embedding);
    skips.push_back(h);
  }
  for (const auto& block : middle_) h = block->forward(h, embedding);
  for (int i = 0; i < levels; ++i) {
    if (i > 0)
      h = upsample_[std::size_t(i - 1)]->forward(torch::upsample_nearest2d(h, {2 * h.size(2), 2 * h.size(3)}));
    h = torch::cat({h, skips[std::size_t(levels - 1 - i)]}, 1);
    for (const auto& block : up_[std::size_t(i)]) h = block->forward(h, embedding);
  }
  return output_->forward(torch::silu(output_norm_->forward(h)));
}

}  // namespace mp4d::human
