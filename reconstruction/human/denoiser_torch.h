#pragma once
#include "reconstruction/human/network_torch.h"
#include <vector>

namespace mp4d::human {

/// Shape of the network. Two denoisers with equal configs have equal parameters in equal order.
struct DenoiserConfig {
  int resolution = 128;                          ///< pixels of the field
  int bands = 32;                                ///< of the field
  int part_channels = 0;                         ///< beside them: which part of the body is seen
  int patch = 2;                                 ///< pixels a side that become one of the grid's
  int latent_channels = 0;                       ///< of an autoencoder; 0: patches are folded into channels without loss
  std::vector<int> widths = {96, 160, 256, 192}; ///< channels from the finest level down
  std::vector<int> blocks = {2, 2, 1, 1};        ///< residual blocks a level on the way down, and again on the way up
  int attention_levels = 2;                      ///< coarsest levels with self-attention
  int joint_coefficients = 6, limb_coefficients = 6;
  double joint_radius = 0.09, limb_radius = 0.07;
  int code_size = 0;                             ///< of attribute_code()

  int grid() const { return resolution / patch; }
  int field_channels() const { return latent_channels > 0 ? latent_channels : (bands + part_channels) * patch * patch; }
  int pose_channels() const;
};

/// U-Net (Ho et al. 2020) that predicts the clean field from a noisy one. Conditions: joints and limbs drawn as fields at
/// the grid's resolution and joined to the input's channels; noise level and attributes added to every block (FiLM).
class DenoiserImpl : public FlatModule {
 public:
  explicit DenoiserImpl(const DenoiserConfig& config);

  /// x: B x field_channels x grid x grid. log_snr: B. pose: joint_channels() x grid x grid per sample, B of them, zeros where
  /// the pose is not told. code: B x code_size, zeros where nothing is told. Computes in x's type; parameters stay float.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& log_snr, const torch::Tensor& pose,
                        const torch::Tensor& code);

  /// The pose input for joints in the cube, B x 24 x 3.
  torch::Tensor pose_fields(const torch::Tensor& joints) const;

  const DenoiserConfig& config() const { return config_; }

 private:
  struct Block : torch::nn::Module {
    Block(int in, int out, int embedding, bool attention);
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& embedding);
    torch::Tensor attend(const torch::Tensor& x);
    std::shared_ptr<Norm> norm1, norm2, attention_norm;
    std::shared_ptr<Conv> conv1, conv2, skip, qkv, out;
    std::shared_ptr<Linear> film;
  };

  DenoiserConfig config_;
  std::shared_ptr<Linear> time1_, time2_, code1_, code2_;
  std::shared_ptr<Conv> input_, output_;
  std::shared_ptr<Norm> output_norm_;
  std::vector<std::vector<std::shared_ptr<Block>>> down_, up_;  // by level
  std::vector<std::shared_ptr<Block>> middle_;
  std::vector<std::shared_ptr<Conv>> downsample_, upsample_;
};
TORCH_MODULE(Denoiser);

}  // namespace mp4d::human
