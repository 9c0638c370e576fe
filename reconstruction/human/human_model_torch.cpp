#include "reconstruction/human/human_model_torch.h"
#include "core/json_file.h"
#include "reconstruction/human/network_size_torch.h"
#include "reconstruction/human/rest_joint_features.h"
#include "reconstruction/human/tensor_blob_torch.h"

namespace mp4d::human {
namespace {

const std::string kKind = "human model 2", kAutoencoderKind = "human autoencoder 1";

bool between(int value, int low, int high) { return value >= low && value <= high; }

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

void put_autoencoder(BlobWriter& blob, const AutoencoderFile& file) {
  const AutoencoderConfig& c = file.config;
  blob.put(c.resolution).put(c.channels).put(c.patch).put(c.latent_channels).put(c.width).put(c.blocks);
  blob.put(file.latent_deviation).put(file.facts);
  put_floats(blob, file.rms);
  put_halves(blob, file.weights);
}

void get_autoencoder(BlobReader& blob, AutoencoderFile& file) {
  AutoencoderConfig& c = file.config;
  blob.get(c.resolution).get(c.channels).get(c.patch).get(c.latent_channels).get(c.width).get(c.blocks);
  blob.get(file.latent_deviation).get(file.facts);
  get_floats(blob, file.rms);
  get_halves(blob, file.weights);
}

void put_enhancer(BlobWriter& blob, const HumanModelFile::EnhancerPart& part) {
  const EnhancerConfig& c = part.config;
  blob.put(c.bands).put(c.part_channels).put(c.pose_channels).put(c.patch).put(c.width).put(c.blocks);
  put_floats(blob, part.rms);
  put_halves(blob, part.weights);
}

void get_enhancer(BlobReader& blob, HumanModelFile::EnhancerPart& part) {
  EnhancerConfig& c = part.config;
  blob.get(c.bands).get(c.part_channels).get(c.pose_channels).get(c.patch).get(c.width).get(c.blocks);
  get_floats(blob, part.rms);
  get_halves(blob, part.weights);
}

bool is_object(const std::string& facts) {
  const auto json = parse_json(facts, "facts");
  return json && json->is_object();
}

bool is_sound(const RestJointModel& model) {
  return model.weights.rows() == kRestJointFeatures && model.weights.cols() == kJointCount * 3 && model.weights.allFinite();
}

bool is_sound(const AutoencoderFile& file) {
  const AutoencoderConfig& c = file.config;
  return between(c.resolution, 16, 1024) && between(c.channels, 4, 512) && between(c.patch, 1, 16) && c.resolution % c.patch == 0 &&
         between(c.latent_channels, 1, 64) && between(c.width, 32, 1024) && c.width % 32 == 0 && between(c.blocks, 1, 16) &&
         file.rms.numel() == c.channels && file.latent_deviation > 0 && file.latent_deviation < 1e6;
}

bool is_sound(const HumanModelFile::EnhancerPart& part, const DenoiserConfig& model) {
  const EnhancerConfig& c = part.config;
  return c.bands == model.bands && c.part_channels == model.part_channels && c.pose_channels == model.pose_channels() &&
         c.patch == model.patch && between(c.width, 32, 1024) && c.width % 32 == 0 && between(c.blocks, 1, 64) &&
         part.rms.numel() == c.bands;
}

Result<void> check_count(const std::filesystem::path& path, const char* what, int64_t expected, const torch::Tensor& weights) {
  if (expected != weights.numel())
    return fail(ErrorCode::kInput, "{}: {} weights where the {} has {}; fetch it anew", path.string(), weights.numel(), what, expected);
  return {};
}

template <class Network>
Network with_weights(Network network, const torch::Tensor& weights, torch::Device device) {
  network->to(device);
  network->flatten();
  torch::NoGradGuard no_grad;
  network->flat_parameters.copy_(weights);
  return network;
}

}  // namespace

Result<void> AutoencoderFile::save(const std::filesystem::path& path) const {
  BlobWriter blob;
  blob.put(kAutoencoderKind);
  put_autoencoder(blob, *this);
  return blob.save(path);
}

Result<AutoencoderFile> AutoencoderFile::load(const std::filesystem::path& path) {
  MP4D_TRY(blob, BlobReader::load(path));
  std::string kind;
  blob.get(kind);
  if (kind != kAutoencoderKind)
    return fail(ErrorCode::kInput, "{}: not an autoencoder of this version ('{}' expected); train it anew", path.string(), kAutoencoderKind);
  AutoencoderFile file;
  get_autoencoder(blob, file);
  if (!blob.ok() || !is_sound(file)) return fail(ErrorCode::kInput, "{}: damaged autoencoder; train it anew", path.string());
  MP4D_CHECK(check_count(path, "autoencoder", parameter_count(file.config), file.weights));
  return file;
}

FieldCodec AutoencoderFile::codec(torch::Device device) const {
  return {rms.to(device), config.patch, with_weights(Autoencoder(config), weights, device), latent_deviation};
}

Result<void> HumanModelFile::save(const std::filesystem::path& path) const {
  BlobWriter blob;
  blob.put(kKind).put(config.resolution).put(config.bands).put(config.part_channels).put(config.patch).put(config.latent_channels);
  blob.put(config.widths).put(config.blocks).put(config.attention_levels).put(config.joint_coefficients).put(config.limb_coefficients);
  blob.put(config.joint_radius).put(config.limb_radius).put(config.code_size);
  for (const auto* names : {&wardrobe.suits, &wardrobe.shoes, &wardrobe.hair, &wardrobe.hats}) put_names(blob, *names);
  put_floats(blob, rms);
  blob.put(rest_joints.weights).put(facts);
  put_halves(blob, weights);
  blob.put(std::uint8_t(autoencoder.has_value())).put(std::uint8_t(enhancer.has_value()));
  if (autoencoder) put_autoencoder(blob, *autoencoder);
  if (enhancer) put_enhancer(blob, *enhancer);
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
  blob.get(config.resolution).get(config.bands).get(config.part_channels).get(config.patch).get(config.latent_channels);
  blob.get(config.widths).get(config.blocks).get(config.attention_levels).get(config.joint_coefficients).get(config.limb_coefficients);
  blob.get(config.joint_radius).get(config.limb_radius).get(config.code_size);
  for (auto* names : {&model.wardrobe.suits, &model.wardrobe.shoes, &model.wardrobe.hair, &model.wardrobe.hats})
    get_names(blob, *names);
  get_floats(blob, model.rms);
  blob.get(model.rest_joints.weights).get(model.facts);
  get_halves(blob, model.weights);
  std::uint8_t has_autoencoder = 0, has_enhancer = 0;
  blob.get(has_autoencoder).get(has_enhancer);
  if (has_autoencoder) get_autoencoder(blob, model.autoencoder.emplace());
  if (has_enhancer) get_enhancer(blob, model.enhancer.emplace());
  bool sound = blob.ok() && between(config.resolution, 16, 512) && between(config.bands, 4, 256) &&
               between(config.patch, 1, 8) && config.resolution % config.patch == 0 && between(config.latent_channels, 0, 64) &&
               between(int(config.widths.size()), 1, 6) && between(config.part_channels, 0, 64) &&
               model.rms.numel() == config.bands + config.part_channels &&
               config.code_size == model.wardrobe.code_size() && is_sound(model.rest_joints) && is_object(model.facts) &&
               between(config.joint_coefficients, 1, 32) && between(config.limb_coefficients, 1, 32);
  for (int width : config.widths) sound = sound && between(width, 64, 2048) && width % 32 == 0;
  const int levels = int(config.widths.size());
  sound = sound && config.blocks.size() == config.widths.size() && config.grid() % (1 << (levels - 1)) == 0 &&
          between(config.attention_levels, 0, levels) && config.widths.back() % kAttentionHead == 0;
  for (int l = levels - config.attention_levels; sound && l < levels; ++l) sound = config.widths[std::size_t(l)] % kAttentionHead == 0;
  for (int blocks : config.blocks) sound = sound && between(blocks, 1, 8);
  sound = sound && model.autoencoder.has_value() == (config.latent_channels > 0);
  if (model.autoencoder)
    sound = sound && is_sound(*model.autoencoder) && model.autoencoder->config.resolution == config.resolution &&
            model.autoencoder->config.patch == config.patch && model.autoencoder->config.latent_channels == config.latent_channels &&
            model.autoencoder->config.channels == model.rms.numel();
  if (model.enhancer) sound = sound && is_sound(*model.enhancer, config);
  if (!sound) return fail(ErrorCode::kInput, "{}: damaged human model; fetch it anew", path.string());
  MP4D_CHECK(check_count(path, "network", parameter_count(config), model.weights));
  if (model.autoencoder) MP4D_CHECK(check_count(path, "autoencoder", parameter_count(model.autoencoder->config), model.autoencoder->weights));
  if (model.enhancer) MP4D_CHECK(check_count(path, "enhancer", parameter_count(model.enhancer->config), model.enhancer->weights));
  return model;
}

Denoiser HumanModelFile::denoiser(torch::Device device) const { return with_weights(Denoiser(config), weights, device); }

FieldCodec HumanModelFile::codec(torch::Device device) const {
  if (autoencoder) return autoencoder->codec(device);
  return {rms.to(device), config.patch};
}

Enhancer HumanModelFile::enhancer_network(torch::Device device) const {
  return with_weights(Enhancer(enhancer->config), enhancer->weights, device);
}

}  // namespace mp4d::human
