#pragma once
#include "core/blob.h"
#include "core/job_context.h"
#include "reconstruction/human/body_store_torch.h"
#include "reconstruction/human/human_train.h"
#include "reconstruction/human/network_torch.h"
#include <nlohmann/json_fwd.hpp>

namespace mp4d::human {

/// A network to be trained and what it is trained to. The loop has people, optimiser, checkpoints and curve.
class TrainingStage {
 public:
  virtual ~TrainingStage() = default;
  /// What of the network must be equal for a state to be gone on with; text for the error.
  virtual std::string fingerprint() const = 0;
  virtual FlatModule& network() = 0;
  /// Of the fields it wants to see.
  virtual int bands() const = 0;
  /// Measures what it needs of the first people, unless get_state() has brought it.
  virtual void begin(const BodyStore& people) = 0;
  virtual void put_state(BlobWriter& blob) const = 0;
  virtual void get_state(BlobReader& blob) = 0;
  /// Of a batch; draws its random numbers from LibTorch's generator.
  virtual torch::Tensor loss(const BodyBatch& bodies) = 0;
  /// The result so far, with the mean weights.
  virtual Result<void> save(const std::filesystem::path& folder, const torch::Tensor& weights, nlohmann::json facts) = 0;
};

/// Trains until the minutes or steps of the options are over: people made beside, AdamW (Loshchilov and Hutter 2019), cosine decay,
/// mean of weights; `folder` gets what the stage saves, state.blob and loss.csv. Errors as train_human_model().
Result<void> run_training(TrainingStage& stage, const BodyGenerator& generator, const HumanTrainOptions& options,
                          torch::Device device, const std::filesystem::path& folder, JobContext* job,
                          const TrainingCallbacks& callbacks);

}  // namespace mp4d::human
