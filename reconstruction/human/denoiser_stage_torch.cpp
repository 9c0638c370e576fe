#include "reconstruction/human/diffusion_torch.h"
#include "reconstruction/human/human_model_torch.h"
#include "reconstruction/human/tensor_blob_torch.h"
#include "reconstruction/human/training_stages_torch.h"
#include <nlohmann/json.hpp>

namespace mp4d::human {
namespace {

using torch::Tensor;

constexpr double kPoseAndCodeHidden = 0.1;  // share of samples that see neither: the unconditional half of guidance
constexpr double kPoseHidden = 0.05;
constexpr double kAllTold = 0.5;            // of the others; the rest see each attribute with probability one half
constexpr int kPeopleForScaling = 1024;

DenoiserConfig shape_of(const HumanTrainOptions& options, const Wardrobe& wardrobe) {
  DenoiserConfig config;
  config.resolution = options.resolution;
  const auto scaled = [&](int width) { return std::max(64, (width * options.width / 96 + 63) / 64 * 64); };  // heads of 64
  config.widths = {options.width, (options.width * 5 / 3 + 31) / 32 * 32, scaled(256), scaled(192)};
  config.code_size = wardrobe.code_size();
  config.part_channels = kPartChannels;
  return config;
}

class DenoiserStage : public TrainingStage {
 public:
  DenoiserStage(const BodyGenerator& generator, const HumanTrainOptions& options, torch::Device device, HumanModelFile file)
      : generator_(generator), options_(options), device_(device), file_(std::move(file)), denoiser_(file_.config) {
    denoiser_->to(device_);
    denoiser_->flatten();
    if (file_.weights.defined()) {
      torch::NoGradGuard no_grad;
      denoiser_->flat_parameters.copy_(file_.weights);
    }
    const std::vector<int> slots = attribute_of_slot(file_.wardrobe);
    slot_attribute_ = torch::tensor(std::vector<int64_t>(slots.begin(), slots.end())).to(device_);
  }

  std::string fingerprint() const override {
    return fmt::format("denoiser, resolution {}, width {}, latent {}, seed {}", options_.resolution, file_.config.widths[0],
                       file_.config.latent_channels, options_.seed);
  }
  FlatModule& network() override { return *denoiser_; }
  int bands() const override { return file_.config.bands; }

  void begin(const BodyStore& people) override {
    if (!file_.rms.defined()) file_.rms = people.channel_rms(kPeopleForScaling, bands()).to(torch::kCPU);
    if (file_.rest_joints.weights.size() == 0)
      file_.rest_joints = RestJointModel::fit(generator_, 4000, std::uint64_t(options_.seed));
    codec_ = file_.codec(device_);
    weight_ = file_.autoencoder ? torch::ones({1, 1, 1, 1}, device_) : channel_weights(codec_.rms, bands(), codec_.patch);
  }

  void put_state(BlobWriter& blob) const override {
    put_floats(blob, file_.rms);
    blob.put(file_.rest_joints.weights);
  }
  void get_state(BlobReader& blob) override {
    get_floats(blob, file_.rms);
    blob.get(file_.rest_joints.weights);
  }

  Tensor loss(const BodyBatch& bodies) override {
    const int64_t batch = bodies.fields.size(0);
    const auto uniform = [&] { return torch::rand({batch}, device_); };
    Tensor x, signal_to_noise, log_snr, pose, code, noisy;
    {
      torch::NoGradGuard no_grad;
      x = codec_.encode(bodies.fields);
      const NoiseLevel level = noise_level(uniform());
      noisy = level.signal.view({-1, 1, 1, 1}) * x + level.noise.view({-1, 1, 1, 1}) * torch::randn_like(x);
      signal_to_noise = torch::exp(level.log_snr).clamp(0.3, 5);
      log_snr = level.log_snr;
      const Tensor lot = uniform();
      const Tensor pose_told = (lot >= kPoseAndCodeHidden + kPoseHidden).to(torch::kFloat);
      const Tensor all_hidden = lot < kPoseAndCodeHidden;
      const Tensor each_told = (torch::rand({batch, kAttributeCount}, device_) < 0.5) | (uniform() < kAllTold).unsqueeze(1);
      const Tensor told = (each_told & ~all_hidden.unsqueeze(1)).index_select(1, slot_attribute_);
      code = bodies.codes * told;
      pose = denoiser_->pose_fields(bodies.joints) * pose_told.view({-1, 1, 1, 1});
    }
    const Tensor clean = denoiser_->forward(noisy.to(training_type(device_)), log_snr, pose, code).to(torch::kFloat);
    return ((clean - x).square() * weight_).mean({1, 2, 3}).mul(signal_to_noise).mean();
  }

  Result<void> save(const std::filesystem::path& folder, const Tensor& weights, nlohmann::json facts) override {
    if (!begun_with_.is_null()) facts["begun_with"] = begun_with_;
    HumanModelFile file = file_;
    file.weights = weights;
    file.facts = facts.dump();
    return file.save(folder / "model.human");
  }

  nlohmann::json begun_with_;  ///< facts of the model whose weights it started from

 private:
  const BodyGenerator& generator_;
  const HumanTrainOptions options_;
  const torch::Device device_;
  HumanModelFile file_;
  Denoiser denoiser_;
  FieldCodec codec_;
  Tensor slot_attribute_, weight_;
};

}  // namespace

Result<std::unique_ptr<TrainingStage>> denoiser_stage(const BodyGenerator& generator, const HumanTrainOptions& options, torch::Device device) {
  HumanModelFile file;
  file.wardrobe = wardrobe_of(generator);
  file.config = shape_of(options, file.wardrobe);
  nlohmann::json begun_with;
  if (!options.autoencoder.empty()) {
    MP4D_TRY(autoencoder, AutoencoderFile::load(options.autoencoder));
    if (autoencoder.config.resolution != options.resolution || autoencoder.config.channels != file.config.bands + kPartChannels)
      return fail(ErrorCode::kUsage, "--autoencoder {}: for fields of resolution {}, not {}; give that --resolution, or train another",
                  options.autoencoder, autoencoder.config.resolution, options.resolution);
    file.config.patch = autoencoder.config.patch;
    file.config.latent_channels = autoencoder.config.latent_channels;
    file.rms = autoencoder.rms;
    file.autoencoder = std::move(autoencoder);
  }
  if (!options.model.empty()) {
    MP4D_TRY(begun, HumanModelFile::load(options.model));
    if (begun.config.resolution != options.resolution || begun.config.widths != file.config.widths ||
        begun.config.latent_channels != file.config.latent_channels || begun.config.code_size != file.config.code_size)
      return fail(ErrorCode::kUsage,
                  "--model {}: a network of resolution {} and width {}; train it on with these and the data it was made from",
                  options.model, begun.config.resolution, begun.config.widths[0]);
    begun_with = nlohmann::json::parse(begun.facts, nullptr, false);
    file = std::move(begun);
    file.enhancer.reset();  // made for other fields than these will be
  }
  auto stage = std::make_unique<DenoiserStage>(generator, options, device, std::move(file));
  stage->begun_with_ = std::move(begun_with);
  return stage;
}

}  // namespace mp4d::human
