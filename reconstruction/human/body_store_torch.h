#pragma once
#include "reconstruction/human/training_pool.h"
#include <torch/torch.h>

namespace mp4d::human {

/// A batch as the trainer needs it.
struct BodyBatch {
  /// B x (bands + kPartChannels) x R x R: coefficients, then for each part but skin 1 where it is seen from the front, then
  /// likewise from the back.
  torch::Tensor fields;
  torch::Tensor joints;  ///< B x 24 x 3
  torch::Tensor codes;   ///< B x code_size
};

constexpr int kPartChannels = 2 * (kBodyPartCount - 1);

/// A ring of training bodies in the device's memory: newcomers take the places of the oldest.
class BodyStore {
 public:
  BodyStore(int capacity, int resolution, int code_size, torch::Device device);

  /// As if `count` bodies had been added and replaced already: where in the ring the next one goes. For an empty store.
  void start_at(std::uint64_t count) { added_ = static_cast<int64_t>(count); }
  void add(const std::vector<TrainingBody>& bodies);
  int64_t size() const { return std::min(added_, capacity_); }

  /// Bodies `indices` (B, of 0..size-1, long, on the device); those with `mirrored` (B, bool) as their mirror images, in
  /// which left and right joints change places.
  BodyBatch batch(const torch::Tensor& indices, const torch::Tensor& mirrored, int bands) const;

  /// RMS of each channel of the fields over covered pixels of the first `count` bodies.
  torch::Tensor channel_rms(int count, int bands) const;

 private:
  int64_t capacity_, added_ = 0;
  int resolution_;
  torch::Tensor intervals_, joints_, codes_, swap_, flip_;  // swap_, flip_: what mirroring does to joints
};

}  // namespace mp4d::human
