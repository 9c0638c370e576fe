#include "reconstruction/human/network_size_torch.h"

namespace mp4d::human {
namespace {

using Count = std::int64_t;

constexpr Count kEmbedding = 128, kTimeFrequencies = 32;  // of the denoiser

Count norm(Count channels) { return 2 * channels; }
Count conv(Count in, Count out, Count kernel) { return (in * kernel * kernel + 1) * out; }
Count linear(Count in, Count out) { return (in + 1) * out; }
Count residual_block(Count channels) { return 2 * (norm(channels) + conv(channels, channels, 3)); }

Count denoiser_block(Count in, Count out, bool attention) {
  Count count = norm(in) + conv(in, out, 3) + linear(kEmbedding, 2 * out) + norm(out) + conv(out, out, 3);
  if (in != out) count += conv(in, out, 1);
  if (attention) count += norm(out) + conv(out, 3 * out, 1) + conv(out, out, 1);
  return count;
}

}  // namespace

Count parameter_count(const DenoiserConfig& config) {
  const int levels = static_cast<int>(config.widths.size());
  const Count first = config.widths.front(), last = config.widths.back();
  Count count = linear(2 * kTimeFrequencies, kEmbedding) + linear(config.code_size, kEmbedding) + 2 * linear(kEmbedding, kEmbedding) +
                conv(config.field_channels() + config.pose_channels(), first, 3);
  for (int l = 0; l < levels; ++l) {
    const Count width = config.widths[static_cast<std::size_t>(l)];
    const bool attention = l >= levels - config.attention_levels;
    if (l > 0) {
      const Count finer = config.widths[static_cast<std::size_t>(l - 1)];
      count += conv(finer, width, 3) + conv(width, finer, 3);
    }
    for (const Count in : {width, 2 * width})  // on the way down, and up again beside what was skipped
      for (int i = 0; i < config.blocks[static_cast<std::size_t>(l)]; ++i) count += denoiser_block(i == 0 ? in : width, width, attention);
  }
  return count + denoiser_block(last, last, true) + denoiser_block(last, last, false) + norm(first) + conv(first, config.field_channels(), 3);
}

Count parameter_count(const AutoencoderConfig& config) {
  const Count folded = Count{config.channels} * config.patch * config.patch, width = config.width, latent = config.latent_channels;
  return conv(folded, width, 3) + (2 * config.blocks + 1) * residual_block(width) + 2 * norm(width) + conv(width, 2 * latent, 3) +
         conv(latent, width, 3) + conv(width, folded, 3);
}

Count parameter_count(const EnhancerConfig& config) {
  const Count pixels = Count{config.patch} * config.patch, width = config.width;
  return conv((config.bands + config.part_channels) * pixels + config.pose_channels, width, 3) + config.blocks * residual_block(width) +
         norm(width) + conv(width, config.bands * pixels, 3);
}

}  // namespace mp4d::human
