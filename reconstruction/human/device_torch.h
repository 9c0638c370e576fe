#pragma once
#include "core/result.h"
#include <torch/torch.h>

namespace mp4d::human {

/// "cpu", "cuda" or "auto" (CUDA where there is one). Error (kUsage) if CUDA is asked for and not there.
inline Result<torch::Device> chosen_device(const std::string& name) {
  const bool cuda = torch::cuda::is_available();
  if (name == "cuda" && !cuda)
    return fail(ErrorCode::kUsage, "--device cuda: LibTorch finds no CUDA device; use cpu or auto");
  return torch::Device(cuda && name != "cpu" ? torch::kCUDA : torch::kCPU);
}

}  // namespace mp4d::human
