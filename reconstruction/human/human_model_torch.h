#pragma once
#include "core/result.h"
#include "reconstruction/human/denoiser_torch.h"
#include "reconstruction/human/enhancer_torch.h"
#include "reconstruction/human/field_codec_torch.h"
#include "reconstruction/human/rest_joint_model.h"
#include <filesystem>
#include <optional>

namespace mp4d::human {

/// A trained autoencoder and the scaling of the fields it is for.
struct AutoencoderFile {
  AutoencoderConfig config;
  torch::Tensor rms;            ///< of each channel of the fields
  double latent_deviation = 1;  ///< of the latents of people it has not seen
  std::string facts;            ///< JSON object: of the training
  torch::Tensor weights;        ///< flat parameters

  Result<void> save(const std::filesystem::path& path) const;
  static Result<AutoencoderFile> load(const std::filesystem::path& path);
  FieldCodec codec(torch::Device device) const;
};

/// Everything generation needs, in one file: a header of names, sizes and a checksum (core/blob.h), weights as halves.
struct HumanModelFile {
  struct EnhancerPart {
    EnhancerConfig config;
    torch::Tensor rms;      ///< of the bands it makes
    torch::Tensor weights;  ///< flat parameters
  };

  DenoiserConfig config;
  Wardrobe wardrobe;
  torch::Tensor rms;          ///< of each channel of the fields
  RestJointModel rest_joints;
  std::string facts;          ///< JSON object: seed, steps, samples, hours, device of the training
  torch::Tensor weights;      ///< flat parameters
  std::optional<AutoencoderFile> autoencoder;
  std::optional<EnhancerPart> enhancer;

  Result<void> save(const std::filesystem::path& path) const;
  /// Error (kInput) names the file: missing, damaged, of another version.
  static Result<HumanModelFile> load(const std::filesystem::path& path);

  /// The networks with these weights, on the device.
  Denoiser denoiser(torch::Device device) const;
  FieldCodec codec(torch::Device device) const;
  Enhancer enhancer_network(torch::Device device) const;
};

}  // namespace mp4d::human
