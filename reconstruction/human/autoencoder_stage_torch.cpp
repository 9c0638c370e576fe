#include "reconstruction/human/human_model_torch.h"
#include "reconstruction/human/tensor_blob_torch.h"
#include "reconstruction/human/training_stages_torch.h"
#include <nlohmann/json.hpp>
#include <numbers>

namespace mp4d::human {
namespace {

using torch::Tensor;

constexpr int kBands = 32;
constexpr int kPeopleForScaling = 64;
constexpr int kHeldOut = 8;
constexpr double kDivergenceWeight = 1e-6;

// Overlap of the solids of two fields, bands x R x R each.
double overlap(const Tensor& a, const Tensor& b) {
  constexpr int kDepths = 128;
  const Tensor t = (torch::arange(kDepths, a.options()) + 0.5) * (2.0 / kDepths);
  const Tensor k = torch::arange(a.size(0), a.options());
  Tensor series = torch::cos(t.unsqueeze(1) * k * (std::numbers::pi / 2));
  series.select(1, 0).fill_(0.5);
  const auto solid = [&](const Tensor& field) { return torch::matmul(series, field.flatten(1)) > 0.5; };
  const Tensor first = solid(a), second = solid(b);
  return ((first & second).sum().to(torch::kDouble) / (first | second).sum().clamp_min(1)).item<double>();
}

class AutoencoderStage : public TrainingStage {
 public:
  AutoencoderStage(const BodyGenerator& generator, const HumanTrainOptions& options, torch::Device device)
      : options_(options), device_(device), config_{options.resolution, kBands + kPartChannels}, autoencoder_(config_),
        held_out_(kHeldOut, options.resolution, wardrobe_of(generator).code_size(), device) {
    autoencoder_->to(device_);
    autoencoder_->flatten();
    const Wardrobe wardrobe = wardrobe_of(generator);
    for (std::uint64_t i = 0; i < kHeldOut; ++i)
      held_out_.add({random_training_body(generator, wardrobe, options.resolution, std::uint64_t(options.seed) + 1, i)});
  }

  std::string fingerprint() const override { return fmt::format("autoencoder, resolution {}, seed {}", options_.resolution, options_.seed); }
  FlatModule& network() override { return *autoencoder_; }
  int bands() const override { return kBands; }

  void begin(const BodyStore& people) override {
    if (!rms_.defined()) rms_ = people.channel_rms(kPeopleForScaling, kBands).to(torch::kCPU);
    weight_ = channel_weights(rms_.to(device_), kBands, 1);
  }
  void put_state(BlobWriter& blob) const override { put_floats(blob, rms_); }
  void get_state(BlobReader& blob) override { get_floats(blob, rms_); }

  Tensor loss(const BodyBatch& bodies) override {
    const auto type = training_type(device_);
    const Tensor x = scaled(bodies.fields);
    const auto [mean, log_variance] = autoencoder_->encode(x.to(type));
    const Tensor latent = mean + torch::exp(0.5 * log_variance) * torch::randn_like(mean);
    const Tensor again = autoencoder_->decode(latent).to(torch::kFloat);
    const Tensor divergence = (mean.square() + torch::exp(log_variance) - log_variance - 1).to(torch::kFloat).mean() / 2;
    return ((again - x).square() * weight_).mean() + kDivergenceWeight * divergence;
  }

  Result<void> save(const std::filesystem::path& folder, const Tensor& weights, nlohmann::json facts) override {
    AutoencoderFile file{config_, rms_, 1, "", weights};
    double squares = 0, shared = 0;
    {
      torch::NoGradGuard no_grad;
      const FieldCodec codec = file.codec(device_);
      for (int64_t i = 0; i < kHeldOut; ++i) {
        const Tensor one = torch::full({1}, i, torch::dtype(torch::kLong).device(device_));
        const Tensor field = held_out_.batch(one, torch::zeros_like(one).to(torch::kBool), kBands).fields;
        const Tensor latent = codec.encode(field);
        squares += latent.square().mean().item<double>() / kHeldOut;
        shared += overlap(field[0].narrow(0, 0, kBands), codec.decode(latent)[0].narrow(0, 0, kBands)) / kHeldOut;
      }
    }
    file.latent_deviation = std::max(1e-6, std::sqrt(squares));
    facts["held_out_iou"] = shared;
    file.facts = facts.dump();
    return file.save(folder / "autoencoder.human");
  }

 private:
  Tensor scaled(const Tensor& fields) const { return fields / rms_.to(device_).view({1, -1, 1, 1}); }

  const HumanTrainOptions options_;
  const torch::Device device_;
  const AutoencoderConfig config_;
  Autoencoder autoencoder_;
  BodyStore held_out_;
  Tensor rms_, weight_;
};

}  // namespace

Result<std::unique_ptr<TrainingStage>> autoencoder_stage(const BodyGenerator& generator, const HumanTrainOptions& options,
                                                         torch::Device device) {
  return std::make_unique<AutoencoderStage>(generator, options, device);
}

}  // namespace mp4d::human
