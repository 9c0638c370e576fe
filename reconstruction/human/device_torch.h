#pragma once
#include "core/result.h"
#include <omp.h>
#include <torch/torch.h>

namespace mp4d::human {

/// "cpu", "cuda" or "auto" (CUDA where there is one); on the CPU with as many threads as OpenMP has, which LibTorch does not
/// take of itself. Error (kUsage) if CUDA is asked for and not there.
inline Result<torch::Device> chosen_device(const std::string& name) {
  const bool cuda = torch::cuda::is_available();
  if (name == "cuda" && !cuda)
    return fail(ErrorCode::kUsage, "--device cuda: LibTorch finds no CUDA device; use cpu or auto");
  torch::set_num_threads(omp_get_max_threads());
  return torch::Device(cuda && name != "cpu" ? torch::kCUDA : torch::kCPU);
}

}  // namespace mp4d::human
