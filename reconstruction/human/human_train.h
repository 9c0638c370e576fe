#pragma once
#include "core/job_context.h"
#include "core/options.h"
#include "reconstruction/human/body_generator.h"
#include <filesystem>
#include <functional>

namespace mp4d::human {

struct HumanTrainOptions {
  std::string network = "denoiser";
  std::string model, autoencoder;  ///< paths
  double minutes = 60;
  int steps = 0;
  int batch = 8;
  double learning_rate = 6e-4;
  int resolution = 128;
  int width = 96;
  int pool = 8192;
  int makers = 1;
  double checkpoint_minutes = 5;
  int samples = 6;
  int seed = 1;
  std::string device = "auto";
  std::string data;  ///< makehuman_content() of what the people are made from; no row
};
const OptionTable<HumanTrainOptions>& human_train_options();

/// One line of the loss curve.
struct TrainingReport {
  int step = 0;
  double seconds = 0;
  double loss = 0;              ///< mean since the last report
  double samples_per_second = 0;
  std::int64_t bodies = 0;      ///< made so far
};

/// What the caller hears of; each may be empty.
struct TrainingCallbacks {
  std::function<void(const TrainingReport&)> on_report;
  std::function<Result<void>(int step)> on_checkpoint;  ///< after one has been written
};

/// Trains a network of the model on people made on the fly. `run` gets model.human (or autoencoder.human; mean weights, half
/// precision: what generation reads), state.blob (all that is needed to go on) and loss.csv; a run that has a state goes on where it stopped. The
/// learning rate falls to zero over the minutes (or steps, if given). Errors: kInput for a damaged or foreign state or model, kUsage
/// for a device that is not there or files that do not fit the options, kCancelled (after a checkpoint).
Result<void> train_human_model(const BodyGenerator& generator, const HumanTrainOptions& options,
                               const std::filesystem::path& run, JobContext* job, const TrainingCallbacks& callbacks = {});

}  // namespace mp4d::human
