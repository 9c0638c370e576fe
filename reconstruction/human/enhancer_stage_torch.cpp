#include "reconstruction/human/diffusion_torch.h"
#include "reconstruction/human/human_model.h"
#include "reconstruction/human/human_model_torch.h"
#include "reconstruction/human/tensor_blob_torch.h"
#include "reconstruction/human/training_stages_torch.h"
#include <nlohmann/json.hpp>

namespace mp4d::human {
namespace {

using torch::Tensor;

constexpr double kMostNoise = 0.8;  // of the time 0..1 whose denoised fields it learns from: the sampler's look like these
constexpr int kPeopleForScaling = 1024;

EnhancerConfig shape_for(const DenoiserConfig& model) {
  EnhancerConfig config;
  config.bands = model.bands;
  config.part_channels = model.part_channels;
  config.pose_channels = model.pose_channels();
  config.patch = model.patch;
  return config;
}

class EnhancerStage : public TrainingStage {
 public:
  EnhancerStage(const HumanTrainOptions& options, torch::Device device, HumanModelFile file)
      : options_(options), device_(device), file_(std::move(file)), denoiser_(file_.denoiser(device)), codec_(file_.codec(device)),
        config_(shape_for(file_.config)), enhancer_(config_) {
    enhancer_->to(device_);
    enhancer_->flatten();
  }

  std::string fingerprint() const override { return fmt::format("enhancer of {}, seed {}", file_.facts, options_.seed); }
  FlatModule& network() override { return *enhancer_; }
  int bands() const override { return 2 * config_.bands; }

  void begin(const BodyStore& people) override {
    if (!rms_.defined()) rms_ = people.channel_rms(kPeopleForScaling, bands()).narrow(0, config_.bands, config_.bands).to(torch::kCPU);
    const Tensor energy = rms_.to(device_).square();  // Parseval: the error of the occupancy itself
    weight_ = (energy / energy.mean()).repeat_interleave(config_.patch * config_.patch).view({1, -1, 1, 1});
  }

  void put_state(BlobWriter& blob) const override { put_floats(blob, rms_); }
  void get_state(BlobReader& blob) override { get_floats(blob, rms_); }

  Tensor loss(const BodyBatch& bodies) override {
    const auto type = training_type(device_);
    Tensor low, high, pose;
    {
      torch::NoGradGuard no_grad;
      const std::vector<Tensor> parts = bodies.fields.split_with_sizes({config_.bands, config_.bands, config_.part_channels}, 1);
      const Tensor x = codec_.encode(torch::cat({parts[0], parts[2]}, 1));
      const NoiseLevel level = noise_level(torch::rand({x.size(0)}, device_) * kMostNoise);
      const Tensor noisy = level.signal.view({-1, 1, 1, 1}) * x + level.noise.view({-1, 1, 1, 1}) * torch::randn_like(x);
      pose = denoiser_->pose_fields(bodies.joints);
      low = denoiser_->forward(noisy.to(type), level.log_snr, pose, bodies.codes).to(torch::kFloat);
      if (codec_.autoencoder) low = torch::pixel_unshuffle(codec_.decode(low) / codec_.rms.view({1, -1, 1, 1}), config_.patch);
      high = torch::pixel_unshuffle(parts[1] / rms_.to(device_).view({1, -1, 1, 1}), config_.patch);
    }
    const Tensor made = enhancer_->forward(low.to(type), pose).to(torch::kFloat);
    return ((made - high).square() * weight_).mean();
  }

  Result<void> save(const std::filesystem::path& folder, const Tensor& weights, nlohmann::json facts) override {
    HumanModelFile file = file_;
    nlohmann::json all = nlohmann::json::parse(file.facts, nullptr, false);
    all["enhancer"] = std::move(facts);
    file.facts = all.dump();
    file.enhancer = HumanModelFile::EnhancerPart{config_, rms_, weights};
    return file.save(folder / "model.human");
  }

 private:
  const HumanTrainOptions options_;
  const torch::Device device_;
  HumanModelFile file_;
  Denoiser denoiser_;
  FieldCodec codec_;
  EnhancerConfig config_;
  Enhancer enhancer_;
  Tensor rms_, weight_;
};

}  // namespace

Result<std::unique_ptr<TrainingStage>> enhancer_stage(const BodyGenerator& generator, const HumanTrainOptions& options, torch::Device device) {
  std::filesystem::path path = options.model;
  if (path.empty()) {
    MP4D_TRY(shipped, shipped_human_model());
    path = shipped;
  }
  MP4D_TRY(file, HumanModelFile::load(path));
  if (file.config.resolution != options.resolution)
    return fail(ErrorCode::kUsage, "--resolution {}: {} is a model of resolution {}; give that", options.resolution, path.string(),
                file.config.resolution);
  if (file.config.code_size != wardrobe_of(generator).code_size())
    return fail(ErrorCode::kUsage, "--makehuman: other clothes than those {} was trained with; give the folder it was trained on", path.string());
  return std::make_unique<EnhancerStage>(options, device, std::move(file));
}

}  // namespace mp4d::human
