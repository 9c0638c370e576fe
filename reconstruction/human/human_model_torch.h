#pragma once
#include "core/result.h"
#include "reconstruction/human/diffusion_torch.h"
#include "reconstruction/human/rest_joint_model.h"
#include <filesystem>

namespace mp4d::human {

/// Everything generation needs, in one file: a header of names, sizes and a checksum (core/blob.h), weights as halves.
struct HumanModelFile {
  DenoiserConfig config;
  Wardrobe wardrobe;
  FieldScaling scaling;
  RestJointModel rest_joints;
  std::string facts;      ///< JSON object: seed, steps, samples, hours, device of the training
  torch::Tensor weights;  ///< flat parameters

  Result<void> save(const std::filesystem::path& path) const;
  /// Error (kInput) names the file: missing, damaged, of another version.
  static Result<HumanModelFile> load(const std::filesystem::path& path);

  /// The network with these weights, on the device.
  Denoiser denoiser(torch::Device device) const;
};

}  // namespace mp4d::human
