#pragma once
#include "core/blob.h"
#include <torch/torch.h>

namespace mp4d::human {

/// Tensors in a blob, flat, as floats or as halves (read back as floats); of any device, read to the CPU.
inline void put_floats(BlobWriter& blob, const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.to(torch::kCPU, torch::kFloat).contiguous();
  blob.put(std::vector<float>(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()));
}

inline void get_floats(BlobReader& blob, torch::Tensor& tensor) {
  std::vector<float> values;
  blob.get(values);
  tensor = torch::tensor(values);
}

inline void put_halves(BlobWriter& blob, const torch::Tensor& tensor) {
  const torch::Tensor halves = tensor.to(torch::kCPU, torch::kHalf).contiguous();
  const auto* first = static_cast<const std::uint16_t*>(halves.data_ptr());
  blob.put(std::vector<std::uint16_t>(first, first + halves.numel()));
}

inline void get_halves(BlobReader& blob, torch::Tensor& tensor) {
  std::vector<std::uint16_t> halves;
  blob.get(halves);
  tensor = torch::empty({int64_t(halves.size())}, torch::kHalf);
  std::copy(halves.begin(), halves.end(), static_cast<std::uint16_t*>(tensor.data_ptr()));
  tensor = tensor.to(torch::kFloat);
}

}  // namespace mp4d::human
