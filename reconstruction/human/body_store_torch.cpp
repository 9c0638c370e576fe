#include "reconstruction/human/body_store_torch.h"
#include <numbers>

namespace mp4d::human {

using torch::Tensor;
using torch::indexing::Slice;

BodyStore::BodyStore(int capacity, int resolution, int code_size, torch::Device device)
    : capacity_(capacity),
      resolution_(resolution),
      intervals_(torch::zeros({capacity, max_intervals(resolution), 5}, torch::dtype(torch::kShort).device(device))),
      joints_(torch::zeros({capacity, kJointCount, 3}, device)),
      codes_(torch::zeros({capacity, code_size}, device)),
      swap_(torch::tensor(std::vector<int64_t>(kMirroredJoints.begin(), kMirroredJoints.end())).to(device)),
      flip_(torch::tensor({-1.0f, 1.0f, 1.0f}).to(device)) {}

void BodyStore::add(const std::vector<TrainingBody>& bodies) {
  constexpr std::size_t kChunk = 512;
  for (std::size_t start = 0; start < bodies.size();) {
    const int64_t at = added_ % capacity_;
    const int64_t count = std::min({int64_t(kChunk), int64_t(bodies.size() - start), capacity_ - at});
    const Tensor intervals = torch::zeros({count, max_intervals(resolution_), 5}, torch::kShort);
    const Tensor joints = torch::zeros({count, kJointCount, 3}), codes = torch::zeros({count, codes_.size(1)});
    for (int64_t i = 0; i < count; ++i) {
      const TrainingBody& body = bodies[start + std::size_t(i)];
      std::copy_n(body.intervals.data()->data(), body.intervals.size() * 5, intervals[i].data_ptr<std::int16_t>());
      std::copy_n(body.joints.data(), kJointCount * 3, joints[i].data_ptr<float>());
      std::copy_n(body.code.data(), body.code.size(), codes[i].data_ptr<float>());
    }
    intervals_.narrow(0, at, count).copy_(intervals);
    joints_.narrow(0, at, count).copy_(joints);
    codes_.narrow(0, at, count).copy_(codes);
    added_ += count;
    start += std::size_t(count);
  }
}

BodyBatch BodyStore::batch(const Tensor& indices, const Tensor& mirrored, int bands) const {
  const int64_t count = indices.size(0), pixels = int64_t(resolution_) * resolution_;
  const Tensor packed = intervals_.index_select(0, indices);
  const Tensor row = packed.index({Slice(), Slice(), 0}).to(torch::kLong), column = packed.index({Slice(), Slice(), 1}).to(torch::kLong);
  const Tensor pixel = row * resolution_ + torch::where(mirrored.unsqueeze(1), resolution_ - 1 - column, column) +
                       torch::arange(count, row.options()).unsqueeze(1) * pixels;
  const Tensor ends = packed.index({Slice(), Slice(), Slice(2, 4)}).to(torch::kFloat) * (2.0 / 32767);
  const Tensor in = ends.index({Slice(), Slice(), Slice(0, 1)}), out = ends.index({Slice(), Slice(), Slice(1, 2)});
  const Tensor w = torch::arange(1, bands, in.options()) * (std::numbers::pi / 2);
  const Tensor seen = packed.index({Slice(), Slice(), Slice(4)});
  const Tensor parts = torch::arange(2, kBodyPartCount + 1, seen.options());
  const Tensor front = (torch::remainder(seen, 16) == parts).to(torch::kFloat);
  const Tensor back = (torch::floor_divide(seen, 16) == parts).to(torch::kFloat);
  const Tensor values = torch::cat({out - in, (torch::sin(out * w) - torch::sin(in * w)) / w, front, back}, 2);
  const int64_t channels = bands + kPartChannels;
  Tensor fields = torch::zeros({count * pixels, channels}, in.options());
  fields.index_add_(0, pixel.flatten(), values.flatten(0, 1));

  const Tensor joints = joints_.index_select(0, indices);
  const Tensor twins = joints.index_select(1, swap_) * flip_;
  return {fields.view({count, resolution_, resolution_, channels}).permute({0, 3, 1, 2}),
          torch::where(mirrored.view({-1, 1, 1}), twins, joints), codes_.index_select(0, indices)};
}

Tensor BodyStore::channel_rms(int count, int bands) const {
  constexpr int kChunk = 64;
  count = int(std::min<int64_t>(count, size()));
  Tensor squares = torch::zeros({bands + kPartChannels}, joints_.options()), covered = torch::zeros({}, joints_.options());
  for (int start = 0; start < count; start += kChunk) {
    const Tensor indices = torch::arange(start, std::min(count, start + kChunk), joints_.options().dtype(torch::kLong));
    const Tensor fields = batch(indices, torch::zeros_like(indices).to(torch::kBool), bands).fields;
    squares += fields.square().sum({0, 2, 3});
    covered += (fields.index({Slice(), 0}) != 0).sum();
  }
  return (squares / covered).sqrt().clamp_min(1e-3);
}

}  // namespace mp4d::human
