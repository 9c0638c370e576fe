#pragma once
#include "reconstruction/human/autoencoder_torch.h"
#include "reconstruction/human/denoiser_torch.h"
#include "reconstruction/human/enhancer_torch.h"

namespace mp4d::human {

inline constexpr int kAttentionHead = 64;  ///< channels of a head of attention: widths with attention are multiples of it

/// How many parameters a network of that shape has, without making it: a file may ask for more than there is memory.
std::int64_t parameter_count(const DenoiserConfig& config);
std::int64_t parameter_count(const AutoencoderConfig& config);
std::int64_t parameter_count(const EnhancerConfig& config);

}  // namespace mp4d::human
