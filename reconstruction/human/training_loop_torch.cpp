#include "reconstruction/human/training_loop_torch.h"
#include "core/file_checks.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/rng.h"
#include "reconstruction/human/tensor_blob_torch.h"
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

namespace mp4d::human {
namespace {

using torch::Tensor;
using Clock = std::chrono::steady_clock;

constexpr int kFirstPeople = 1024;     // before the first step
constexpr int kStepsPerDelivery = 16;  // each delivery of new people makes the device wait for the host
constexpr int kNewPeoplePerSample = 4;  // of a training by steps: one new person for so many samples
const std::string kState = "human training state 3";

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// What must be equal for a state to be gone on with; for people to read, too.
Result<std::string> fingerprint_of(const TrainingStage& stage, const HumanTrainOptions& options) {
  constexpr std::size_t kDigits = 8;  // of a hash, for a text that can be read
  std::string text = fmt::format("{}, batch {}, pool {}, learning rate {:g}", stage.fingerprint(), options.batch, options.pool, options.learning_rate);
  if (!options.data.empty()) text += ", data " + options.data.substr(0, kDigits);
  for (const auto& [name, path] : {std::pair("model", &options.model), std::pair("autoencoder", &options.autoencoder)}) {
    if (path->empty()) continue;
    ContentHash hash;
    MP4D_CHECK(hash.path(*path));
    text += fmt::format(", {} {}", name, hash.hex().substr(0, kDigits));
  }
  return text;
}

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

class Loop {
 public:
  Loop(TrainingStage& stage, const HumanTrainOptions& options, torch::Device device)
      : stage_(stage), options_(options), device_(device), optimiser_(stage.network().flat_parameters) {}

  Result<void> run(const BodyGenerator& generator, const std::filesystem::path& folder, JobContext* job,
                   const TrainingCallbacks& callbacks) {
    std::error_code ignored;
    if (std::filesystem::equivalent(std::filesystem::path(options_.model).parent_path(), folder, ignored))
      return fail(ErrorCode::kUsage, "{}: the run writes its own model over it; copy it elsewhere, or use another folder", options_.model);
    MP4D_TRY(fingerprint, fingerprint_of(stage_, options_));
    fingerprint_ = fingerprint;
    MP4D_CHECK(resume(folder / "state.blob"));
    begin_phase(job, "train", options_.steps);
    const bool by_steps = options_.steps > 0;
    const Wardrobe wardrobe = wardrobe_of(generator);
    BodyStore store(options_.pool, options_.resolution, wardrobe.code_size(), device_);
    // A training by steps repeats bit by bit, so it goes on with the very people it stopped with; one by minutes takes new ones.
    const auto first_people = std::uint64_t(std::min(options_.pool, kFirstPeople));
    std::uint64_t first = next_body_, until = next_body_ + first_people;
    if (by_steps && next_body_ > 0) {
      first = next_body_ - std::min(next_body_, std::uint64_t(options_.pool));
      until = next_body_;
      store.start_at(first);
    }
    BodyFactory factory(generator, wardrobe, options_.resolution, std::uint64_t(options_.seed), first, options_.makers,
                        std::size_t(options_.batch * kStepsPerDelivery));
    while (factory.next_index() < until) {
      MP4D_CHECK(check(job));
      store.add(factory.take(1));
    }
    next_body_ = until;
    stage_.begin(store);

    const double before = seconds_;
    const Clock::time_point start = Clock::now();
    Clock::time_point saved = start, reported = start;
    Tensor loss_sum = torch::zeros({}, device_);
    std::int64_t reported_step = optimiser_.step;
    for (;;) {
      seconds_ = before + seconds_since(start);
      const double done = by_steps ? double(optimiser_.step) / options_.steps : seconds_ / (60 * options_.minutes);
      if (done >= 1) break;
      if (optimiser_.step % kStepsPerDelivery == 0) {
        store.add(by_steps ? factory.take(std::size_t(options_.batch * kStepsPerDelivery / kNewPeoplePerSample)) : factory.take_ready());
        next_body_ = factory.next_index();
      }
      loss_sum += one_step(store, done);
      step(job, int(optimiser_.step));
      if (cancelled(job)) {
        MP4D_CHECK(save(folder));
        return check(job);
      }
      const double since = seconds_since(reported);
      if (since > 10 || optimiser_.step == 1) {
        const std::int64_t steps = optimiser_.step - reported_step;
        const TrainingReport report{int(optimiser_.step), seconds_, loss_sum.item<double>() / double(steps),
                                    double(steps * options_.batch) / std::max(since, 1e-3), std::int64_t(factory.next_index())};
        MP4D_CHECK(append_curve(folder, report));
        if (callbacks.on_report) callbacks.on_report(report);
        loss_sum.zero_();
        reported = Clock::now();
        reported_step = optimiser_.step;
      }
      if (seconds_since(saved) > 60 * options_.checkpoint_minutes) {
        MP4D_CHECK(save(folder));
        if (callbacks.on_checkpoint) MP4D_CHECK(callbacks.on_checkpoint(int(optimiser_.step)));
        saved = Clock::now();
      }
    }
    MP4D_CHECK(save(folder));
    return callbacks.on_checkpoint ? callbacks.on_checkpoint(int(optimiser_.step)) : Result<void>{};
  }

 private:
  Tensor one_step(const BodyStore& store, double done) {
    FlatModule& network = stage_.network();
    torch::manual_seed(rng::mix(std::uint64_t(options_.seed) ^ rng::mix(std::uint64_t(optimiser_.step))));  // so that a step repeats
    const auto on_device = torch::TensorOptions().device(device_);
    const Tensor indices = torch::randint(store.size(), {options_.batch}, on_device.dtype(torch::kLong));
    const Tensor mirrored = torch::rand({options_.batch}, on_device) < 0.5;
    network.flat_gradients.zero_();
    const Tensor loss = stage_.loss(store.batch(indices, mirrored, stage_.bands()));
    loss.backward();
    torch::NoGradGuard no_grad;
    const double warm_up = std::min(1.0, double(optimiser_.step + 1) / 200);
    optimiser_.update(network.flat_parameters, network.flat_gradients,
                      options_.learning_rate * warm_up * 0.5 * (1 + std::cos(std::numbers::pi * done)));
    return loss.detach();
  }

  Result<void> save(const std::filesystem::path& folder) {
    nlohmann::json facts = {{"seed", options_.seed},
                            {"steps", optimiser_.step},
                            {"batch", options_.batch},
                            {"samples", optimiser_.step * options_.batch},
                            {"people", next_body_},
                            {"device", device_.is_cuda() ? "cuda" : "cpu"},
                            {"parameters", optimiser_.average.numel()}};
    if (options_.steps == 0) facts["hours"] = seconds_ / 3600;  // a model of so many steps is the same whatever they took
    MP4D_CHECK(stage_.save(folder, optimiser_.average, facts));
    BlobWriter blob;
    blob.put(kState).put(fingerprint_).put(optimiser_.step).put(seconds_).put(next_body_);
    for (const Tensor* t : tensors()) put_floats(blob, *t);
    stage_.put_state(blob);
    return blob.save(folder / "state.blob");
  }

  Result<void> resume(const std::filesystem::path& path) {
    MP4D_TRY(there, is_there(path));
    if (!there) return {};
    MP4D_TRY(blob, BlobReader::load(path));
    std::string kind, made_for;
    std::int64_t steps = 0;
    blob.get(kind).get(made_for);
    if (!blob.ok() || kind != kState) return fail(ErrorCode::kInput, "{}: not a training state of this version; use another folder", path.string());
    if (made_for != fingerprint_)
      return fail(ErrorCode::kInput, "{}: made with other options ({}; now {}); use them or another folder", path.string(),
                  made_for, fingerprint_);
    blob.get(steps).get(seconds_).get(next_body_);
    torch::NoGradGuard no_grad;
    for (Tensor* t : tensors()) {
      Tensor values;
      get_floats(blob, values);
      if (values.numel() != t->numel())
        return fail(ErrorCode::kInput, "{}: {} values where the network has {}", path.string(), values.numel(), t->numel());
      t->copy_(values);
    }
    stage_.get_state(blob);
    if (!blob.ok()) return fail(ErrorCode::kInput, "{}: damaged; use another folder", path.string());
    optimiser_.step = steps;
    return {};
  }

  std::array<Tensor*, 4> tensors() {
    return {&stage_.network().flat_parameters, &optimiser_.first, &optimiser_.second, &optimiser_.average};
  }

  static Result<void> append_curve(const std::filesystem::path& folder, const TrainingReport& report) {
    const std::filesystem::path path = folder / "loss.csv";
    std::string curve = "step,seconds,loss,samples_per_second,people\n";
    MP4D_TRY(there, is_there(path));
    if (there) {
      MP4D_TRY(before, read_file(path));
      curve = before;
    }
    curve += fmt::format("{},{:.1f},{:.6f},{:.1f},{}\n", report.step, report.seconds, report.loss,
                         report.samples_per_second, report.bodies);
    return write_atomically(path, curve);
  }

  TrainingStage& stage_;
  const HumanTrainOptions options_;
  const torch::Device device_;
  Optimiser optimiser_;
  std::string fingerprint_;
  double seconds_ = 0;
  std::uint64_t next_body_ = 0;
};

}  // namespace

Result<void> run_training(TrainingStage& stage, const BodyGenerator& generator, const HumanTrainOptions& options,
                          torch::Device device, const std::filesystem::path& folder, JobContext* job,
                          const TrainingCallbacks& callbacks) {
  return Loop(stage, options, device).run(generator, folder, job, callbacks);
}

}  // namespace mp4d::human
