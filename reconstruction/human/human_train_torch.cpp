#include "core/blob.h"
#include "core/files.h"
#include "core/rng.h"
#include "reconstruction/human/body_store_torch.h"
#include "reconstruction/human/device_torch.h"
#include "reconstruction/human/human_model_torch.h"
#include "reconstruction/human/human_train.h"
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

namespace mp4d::human {
namespace {

using torch::Tensor;
using Clock = std::chrono::steady_clock;

constexpr double kPoseAndCodeHidden = 0.1;  // share of samples that see neither: the unconditional half of guidance
constexpr int kFirstPeople = 1024;           // before the first step
constexpr int kStepsPerDelivery = 16;        // each delivery of new people makes the device wait for the host
constexpr int kNewPeoplePerSample = 4;       // of a training by steps: one new person for so many samples
constexpr double kPoseHidden = 0.05;
constexpr double kAllTold = 0.5;            // of the others; the rest see each attribute with probability one half

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Wardrobe wardrobe_of(const BodyGenerator& generator) {
  return {generator.suits(), generator.shoes(), generator.hair(), generator.hats()};
}

// AdamW (Loshchilov and Hutter 2019) and a moving average over flat parameters.
struct Optimiser {
  Tensor first, second, average;
  std::int64_t step = 0;

  explicit Optimiser(const Tensor& parameters)
      : first(torch::zeros_like(parameters)), second(torch::zeros_like(parameters)), average(parameters.clone()) {}

  void update(const Tensor& parameters, const Tensor& gradients, double rate) {
    constexpr double kBeta1 = 0.9, kBeta2 = 0.99, kDecay = 1e-4, kClip = 1.0;
    ++step;
    const Tensor norm = gradients.norm();
    // A step that is not finite is skipped as a whole: one bad batch must not end hours of training.
    const Tensor scale = torch::where(torch::isfinite(norm), (kClip / (norm + 1e-6)).clamp_max(1), torch::zeros_like(norm));
    const Tensor g = torch::nan_to_num(gradients) * scale;
    first.lerp_(g, 1 - kBeta1);
    second.mul_(kBeta2).addcmul_(g, g, 1 - kBeta2);
    const Tensor direction = (first / (1 - std::pow(kBeta1, double(step)))) /
                             ((second / (1 - std::pow(kBeta2, double(step)))).sqrt() + 1e-8);
    parameters.mul_(1 - rate * kDecay).sub_(direction, rate);
    average.lerp_(parameters, 1 - std::min(0.9995, double(step + 1) / double(step + 10)));
  }
};

class Trainer {
 public:
  Trainer(const BodyGenerator& generator, const HumanTrainOptions& options, torch::Device device)
      : generator_(generator), options_(options), device_(device), wardrobe_(wardrobe_of(generator)) {
    config_.resolution = options.resolution;
    const auto scaled = [&](int width) { return std::max(64, (width * options.width / 96 + 63) / 64 * 64); };  // heads of 64
    config_.widths = {options.width, (options.width * 5 / 3 + 31) / 32 * 32, scaled(256), scaled(192)};
    config_.code_size = wardrobe_.code_size();
    config_.part_channels = kPartChannels;
    torch::manual_seed(options.seed);
    denoiser_ = Denoiser(config_);
    denoiser_->to(device_);
    denoiser_->flatten();
    optimiser_ = std::make_unique<Optimiser>(denoiser_->flat_parameters);
    const std::vector<int> slots = attribute_of_slot(wardrobe_);
    slot_attribute_ = torch::tensor(std::vector<int64_t>(slots.begin(), slots.end())).to(device_);
  }

  Result<void> run(const std::filesystem::path& folder, JobContext* job,
                   const std::function<void(const TrainingReport&)>& on_report) {
    MP4D_CHECK(resume(folder / "state.blob"));
    begin_phase(job, "train", options_.steps);
    const bool by_steps = options_.steps > 0;
    BodyStore store(options_.pool, options_.resolution, config_.code_size, device_);
    // A training by steps repeats bit by bit, so it goes on with the very people it stopped with; one by minutes takes new ones.
    const auto first_people = std::uint64_t(std::min(options_.pool, kFirstPeople));
    std::uint64_t first = next_body_, until = next_body_ + first_people;
    if (by_steps && next_body_ > 0) {
      first = next_body_ - std::min(next_body_, std::uint64_t(options_.pool));
      until = next_body_;
      store.start_at(first);
    }
    BodyFactory factory(generator_, wardrobe_, options_.resolution, std::uint64_t(options_.seed), first, options_.makers,
                        std::size_t(options_.batch * kStepsPerDelivery));
    while (factory.next_index() < until) {
      MP4D_CHECK(check(job));
      store.add(factory.take(1));
    }
    next_body_ = until;
    if (!rms_.defined()) rms_ = store.channel_rms(kFirstPeople, config_.bands);
    if (rest_joints_.weights.size() == 0) rest_joints_ = RestJointModel::fit(generator_, 4000, std::uint64_t(options_.seed));
    const Tensor weight = channel_weights();

    const double before = seconds_;
    const Clock::time_point start = Clock::now();
    Clock::time_point saved = start, reported = start;
    Tensor loss_sum = torch::zeros({}, device_);
    std::int64_t reported_step = optimiser_->step;
    for (;;) {
      seconds_ = before + seconds_since(start);
      const double done = by_steps ? double(optimiser_->step) / options_.steps : seconds_ / (60 * options_.minutes);
      if (done >= 1) break;
      if (optimiser_->step % kStepsPerDelivery == 0) {
        store.add(by_steps ? factory.take(std::size_t(options_.batch * kStepsPerDelivery / kNewPeoplePerSample)) : factory.take_ready());
        next_body_ = factory.next_index();
      }
      loss_sum += one_step(store, weight, done);
      step(job, int(optimiser_->step));
      if (cancelled(job)) {
        MP4D_CHECK(save(folder));
        return check(job);
      }
      const double since = std::chrono::duration<double>(Clock::now() - reported).count();
      if (since > 10 || optimiser_->step == 1) {
        const std::int64_t steps = optimiser_->step - reported_step;
        const TrainingReport report{int(optimiser_->step), seconds_, loss_sum.item<double>() / double(steps),
                                    double(steps * options_.batch) / std::max(since, 1e-3), std::int64_t(factory.next_index())};
        MP4D_CHECK(append_curve(folder, report));
        if (on_report) on_report(report);
        loss_sum.zero_();
        reported = Clock::now();
        reported_step = optimiser_->step;
      }
      if (seconds_since(saved) > 60 * options_.checkpoint_minutes) {
        MP4D_CHECK(save(folder));
        saved = Clock::now();
      }
    }
    return save(folder);
  }

 private:
  // Bands: half the weight evenly (detail), half by energy (Parseval: the error of the occupancy itself). Parts: half.
  Tensor channel_weights() const {
    const Tensor energy = rms_.narrow(0, 0, config_.bands).square();
    const Tensor bands = 0.5 + 0.5 * energy / energy.mean();
    const Tensor parts = torch::full({config_.part_channels}, 0.5, bands.options());
    return torch::cat({bands, parts}).repeat_interleave(config_.patch * config_.patch).view({1, -1, 1, 1});
  }

  Tensor one_step(const BodyStore& store, const Tensor& weight, double done) {
    const int64_t batch = options_.batch;
    torch::manual_seed(rng::mix(std::uint64_t(options_.seed) ^ rng::mix(std::uint64_t(optimiser_->step))));  // so that a step repeats
    const auto uniform = [&] { return torch::rand({batch}, device_); };
    Tensor x, u, signal_to_noise, log_snr, pose, code, noisy;
    {
      torch::NoGradGuard no_grad;
      const Tensor indices = torch::randint(store.size(), {batch}, torch::dtype(torch::kLong).device(device_));
      const BodyBatch bodies = store.batch(indices, uniform() < 0.5, config_.bands);
      x = FieldScaling{rms_}.fold(bodies.fields, config_.patch);
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
    const auto type = device_.is_cuda() ? torch::kBFloat16 : torch::kFloat;
    const Tensor clean = denoiser_->forward(noisy.to(type), log_snr, pose, code).to(torch::kFloat);
    const Tensor loss = ((clean - x).square() * weight).mean({1, 2, 3}).mul(signal_to_noise).mean();
    denoiser_->flat_gradients.zero_();
    loss.backward();
    torch::NoGradGuard no_grad;
    const double warm_up = std::min(1.0, double(optimiser_->step + 1) / 200);
    optimiser_->update(denoiser_->flat_parameters, denoiser_->flat_gradients,
                       options_.learning_rate * warm_up * 0.5 * (1 + std::cos(std::numbers::pi * done)));
    return loss.detach();
  }

  Result<void> save(const std::filesystem::path& folder) const {
    nlohmann::json facts = {{"seed", options_.seed},
                                  {"steps", optimiser_->step},
                                  {"batch", options_.batch},
                                  {"samples", optimiser_->step * options_.batch},
                                  {"people", next_body_},
                                  {"device", device_.is_cuda() ? "cuda" : "cpu"},
                                  {"parameters", denoiser_->flat_parameters.numel()}};
    if (options_.steps == 0) facts["hours"] = seconds_ / 3600;  // a model of so many steps is the same whatever they took
    MP4D_CHECK((HumanModelFile{config_, wardrobe_, {rms_}, rest_joints_, facts.dump(), optimiser_->average}.save(
        folder / "model.human")));
    BlobWriter blob;
    blob.put(kState).put(fingerprint()).put(optimiser_->step).put(seconds_).put(next_body_).put(rest_joints_.weights);
    for (const Tensor& t : {rms_, denoiser_->flat_parameters, optimiser_->first, optimiser_->second, optimiser_->average}) {
      const Tensor host = t.to(torch::kCPU).contiguous();
      blob.put(std::vector<float>(host.data_ptr<float>(), host.data_ptr<float>() + host.numel()));
    }
    return blob.save(folder / "state.blob");
  }

  Result<void> resume(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) return {};
    MP4D_TRY(blob, BlobReader::load(path));
    std::string kind, made_for;
    std::vector<float> values[5];
    std::int64_t steps = 0;
    blob.get(kind).get(made_for).get(steps).get(seconds_).get(next_body_).get(rest_joints_.weights);
    for (auto& v : values) blob.get(v);
    if (!blob.ok() || kind != kState) return fail(ErrorCode::kInput, "{}: not a training state of this version", path.string());
    if (made_for != fingerprint())
      return fail(ErrorCode::kInput, "{}: made with other options ({}; now {}); use them or another folder", path.string(),
                  made_for, fingerprint());
    optimiser_->step = steps;
    rms_ = torch::tensor(values[0]).to(device_);
    Tensor* const targets[] = {&denoiser_->flat_parameters, &optimiser_->first, &optimiser_->second, &optimiser_->average};
    torch::NoGradGuard no_grad;
    for (int i = 0; i < 4; ++i) {
      if (std::int64_t(values[i + 1].size()) != targets[i]->numel())
        return fail(ErrorCode::kInput, "{}: {} values where the network has {}", path.string(), values[i + 1].size(),
                    targets[i]->numel());
      targets[i]->copy_(torch::tensor(values[i + 1]));
    }
    return {};
  }

  std::string fingerprint() const {
    return fmt::format("resolution {}, width {}, seed {}", options_.resolution, options_.width, options_.seed);
  }

  static Result<void> append_curve(const std::filesystem::path& folder, const TrainingReport& report) {
    const std::filesystem::path path = folder / "loss.csv";
    std::string curve = "step,seconds,loss,samples_per_second,people\n";
    if (std::filesystem::exists(path)) {
      MP4D_TRY(before, read_file(path));
      curve = before;
    }
    curve += fmt::format("{},{:.1f},{:.6f},{:.1f},{}\n", report.step, report.seconds, report.loss,
                         report.samples_per_second, report.bodies);
    return write_atomically(path, curve);
  }

  inline static const std::string kState = "human training state 1";

  const BodyGenerator& generator_;
  const HumanTrainOptions options_;
  const torch::Device device_;
  const Wardrobe wardrobe_;
  DenoiserConfig config_;
  Denoiser denoiser_{nullptr};
  std::unique_ptr<Optimiser> optimiser_;
  Tensor slot_attribute_, rms_;
  RestJointModel rest_joints_;
  double seconds_ = 0;
  std::uint64_t next_body_ = 0;
};

}  // namespace

Result<void> train_human_model(const BodyGenerator& generator, const HumanTrainOptions& options,
                               const std::filesystem::path& run, JobContext* job,
                               const std::function<void(const TrainingReport&)>& on_report) {
  MP4D_TRY(device, chosen_device(options.device));
  MP4D_CHECK(make_folder(run));
  if (device.is_cuda()) at::globalContext().setBenchmarkCuDNN(true);
  return Trainer(generator, options, device).run(run, job, on_report);
}

}  // namespace mp4d::human
