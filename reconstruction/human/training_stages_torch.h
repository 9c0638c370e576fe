#pragma once
#include "reconstruction/human/training_loop_torch.h"

namespace mp4d::human {

/// The networks of a model, each trained on its own. Errors: kInput or kUsage for the files that the options name.

/// Diffusion: clean fields from noisy ones. Saves model.human.
Result<std::unique_ptr<TrainingStage>> denoiser_stage(const BodyGenerator& generator, const HumanTrainOptions& options, torch::Device device);

/// High bands from the low ones, as a model's denoiser gives these. Saves model.human: that model with the enhancer.
Result<std::unique_ptr<TrainingStage>> enhancer_stage(const BodyGenerator& generator, const HumanTrainOptions& options, torch::Device device);

/// A latent for large fields. Saves autoencoder.human; its facts tell "held_out_iou", of eight people it was not trained on.
Result<std::unique_ptr<TrainingStage>> autoencoder_stage(const BodyGenerator& generator, const HumanTrainOptions& options,
                                                         torch::Device device);

/// Weights of the channels of scaled fields in a squared error, 1 x channels patch^2 x 1 x 1 for fields folded by `patch`: half of the bands' is spread
/// evenly (detail), half by energy (Parseval: the error of the occupancy itself); parts count half.
torch::Tensor channel_weights(const torch::Tensor& rms, int bands, int patch);

/// What networks compute in while they train.
torch::ScalarType training_type(torch::Device device);

}  // namespace mp4d::human
