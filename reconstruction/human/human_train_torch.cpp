#include "core/files.h"
#include "core/runtime.h"
#include "reconstruction/human/device_torch.h"
#include "reconstruction/human/training_stages_torch.h"

namespace mp4d::human {

torch::Tensor channel_weights(const torch::Tensor& rms, int bands, int patch) {
  const torch::Tensor energy = rms.narrow(0, 0, bands).square();
  const torch::Tensor of_bands = 0.5 + 0.5 * energy / energy.mean();
  const torch::Tensor of_parts = torch::full({rms.numel() - bands}, 0.5, rms.options());
  return torch::cat({of_bands, of_parts}).repeat_interleave(patch * patch).view({1, -1, 1, 1});
}

namespace {

/// What is sure to be needed in this machine's memory beside network and gradients, which are there (not what a batch takes, which
/// depends on the network).
Result<void> check_memory(const HumanTrainOptions& options, std::int64_t parameters, bool on_cpu) {
  constexpr double kCheckpoint = 4 * 4, kOptimiser = 3 * 4;  // bytes a parameter: copies of four states; Adam's two and the mean of weights
  const double pool = 10.0 * options.pool * max_intervals(options.resolution);
  const double need = (kCheckpoint + (on_cpu ? kOptimiser : 0)) * static_cast<double>(parameters) + (on_cpu ? pool : 0);
  if (const auto free = static_cast<double>(available_memory()); need > free)
    return fail(ErrorCode::kResource,
                "this training needs {:.1f} GB of memory and what a batch takes, {:.1f} GB are free; lower --width, --pool or "
                "--resolution, or raise --memory",
                need / 1e9, free / 1e9);
  return {};
}

}  // namespace

torch::ScalarType training_type(torch::Device device) { return device.is_cuda() ? torch::kBFloat16 : torch::kFloat; }

Result<void> train_human_model(const BodyGenerator& generator, const HumanTrainOptions& options,
                               const std::filesystem::path& run, JobContext* job, const TrainingCallbacks& callbacks) {
  const int multiple = options.network == "autoencoder" || !options.autoencoder.empty() ? 32 : 16;  // three halvings of the patches' grid
  if (options.resolution % multiple != 0)
    return fail(ErrorCode::kUsage, "--resolution {}: it must be a multiple of {}; choose one", options.resolution, multiple);
  MP4D_TRY(device, chosen_device(options.device));
  if (device.is_cuda()) at::globalContext().setBenchmarkCuDNN(true);
  torch::manual_seed(options.seed);
  const auto make = options.network == "enhancer" ? enhancer_stage : options.network == "autoencoder" ? autoencoder_stage : denoiser_stage;
  MP4D_TRY(stage, make(generator, options, device));
  MP4D_CHECK(check_memory(options, stage->network().flat_parameters.numel(), device.is_cpu()));
  MP4D_CHECK(make_folder(run));
  return run_training(*stage, generator, options, device, run, job, callbacks);
}

}  // namespace mp4d::human
