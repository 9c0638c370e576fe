#include "core/files.h"
#include "reconstruction/human/device_torch.h"
#include "reconstruction/human/training_stages_torch.h"

namespace mp4d::human {

torch::Tensor channel_weights(const torch::Tensor& rms, int bands, int patch) {
  const torch::Tensor energy = rms.narrow(0, 0, bands).square();
  const torch::Tensor of_bands = 0.5 + 0.5 * energy / energy.mean();
  const torch::Tensor of_parts = torch::full({rms.numel() - bands}, 0.5, rms.options());
  return torch::cat({of_bands, of_parts}).repeat_interleave(patch * patch).view({1, -1, 1, 1});
}

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
  MP4D_CHECK(make_folder(run));
  return run_training(*stage, generator, options, device, run, job, callbacks);
}

}  // namespace mp4d::human
