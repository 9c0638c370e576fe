#include "core/blob.h"
#include "reconstruction/human/human_model_torch.h"

namespace mp4d::human {
namespace {

const std::string kKind = "human model 1";

void put_names(BlobWriter& blob, const std::vector<std::string>& names) {
  blob.put(std::uint64_t(names.size()));
  for (const std::string& name : names) blob.put(name);
}

void get_names(BlobReader& blob, std::vector<std::string>& names) {
  std::uint64_t count = 0;
  blob.get(count);
  if (count > 1000) count = 0;
  names.resize(count);
  for (std::string& name : names) blob.get(name);
}

std::vector<float> to_vector(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

}  // namespace

Result<void> HumanModelFile::save(const std::filesystem::path& path) const {
  BlobWriter blob;
  blob.put(kKind).put(config.resolution).put(config.bands).put(config.part_channels).put(config.patch).put(config.widths).put(config.blocks);
  blob.put(config.attention_levels).put(config.joint_coefficients).put(config.limb_coefficients);
  blob.put(config.joint_radius).put(config.limb_radius).put(config.code_size);
  for (const auto* names : {&wardrobe.suits, &wardrobe.shoes, &wardrobe.hair, &wardrobe.hats}) put_names(blob, *names);
  blob.put(to_vector(scaling.rms)).put(rest_joints.weights).put(facts);
  const torch::Tensor halves = weights.to(torch::kCPU, torch::kHalf).contiguous();
  const auto* first = static_cast<const std::uint16_t*>(halves.data_ptr());
  blob.put(std::vector<std::uint16_t>(first, first + halves.numel()));
  return blob.save(path);
}

Result<HumanModelFile> HumanModelFile::load(const std::filesystem::path& path) {
  MP4D_TRY(blob, BlobReader::load(path));
  HumanModelFile model;
  std::string kind;
  blob.get(kind);
  if (kind != kKind)
    return fail(ErrorCode::kInput, "{}: not a human model of this version ('{}' expected); train or fetch it anew",
                path.string(), kKind);
  DenoiserConfig& config = model.config;
  blob.get(config.resolution).get(config.bands).get(config.part_channels).get(config.patch).get(config.widths).get(config.blocks);
  blob.get(config.attention_levels).get(config.joint_coefficients).get(config.limb_coefficients);
  blob.get(config.joint_radius).get(config.limb_radius).get(config.code_size);
  for (auto* names : {&model.wardrobe.suits, &model.wardrobe.shoes, &model.wardrobe.hair, &model.wardrobe.hats})
    get_names(blob, *names);
  std::vector<float> rms;
  std::vector<std::uint16_t> halves;
  blob.get(rms).get(model.rest_joints.weights).get(model.facts).get(halves);
  const auto between = [](int value, int low, int high) { return value >= low && value <= high; };
  bool sound = blob.ok() && between(config.resolution, 16, 512) && between(config.bands, 4, 256) &&
               between(config.patch, 1, 8) && config.resolution % config.patch == 0 &&
               between(int(config.widths.size()), 1, 6) && between(config.part_channels, 0, 64) &&
               int(rms.size()) == config.bands + config.part_channels &&
               config.code_size == model.wardrobe.code_size() && model.rest_joints.weights.cols() == kJointCount * 3 &&
               between(config.joint_coefficients, 1, 32) && between(config.limb_coefficients, 1, 32);
  for (int width : config.widths) sound = sound && between(width, 64, 2048) && width % 32 == 0;
  sound = sound && config.blocks.size() == config.widths.size();
  for (int blocks : config.blocks) sound = sound && between(blocks, 1, 8);
  if (!sound) return fail(ErrorCode::kInput, "{}: damaged human model; fetch it anew", path.string());
  model.scaling.rms = torch::tensor(rms);
  model.weights = torch::empty({int64_t(halves.size())}, torch::kHalf);
  std::copy(halves.begin(), halves.end(), static_cast<std::uint16_t*>(model.weights.data_ptr()));
  model.weights = model.weights.to(torch::kFloat);
  int64_t expected = 0;
  for (const torch::Tensor& p : Denoiser(config)->parameters()) expected += p.numel();
  if (expected != model.weights.numel())
    return fail(ErrorCode::kInput, "{}: {} weights where the network has {}; fetch it anew", path.string(),
                model.weights.numel(), expected);
  return model;
}

Denoiser HumanModelFile::denoiser(torch::Device device) const {
  Denoiser network(config);
  network->to(device);
  network->flatten();
  torch::NoGradGuard no_grad;
  network->flat_parameters.copy_(weights);
  return network;
}

}  // namespace mp4d::human
