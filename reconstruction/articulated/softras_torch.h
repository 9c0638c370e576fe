#pragma once
#include "render/soft_raster.h"
#include <torch/torch.h>

namespace mp4d {

struct SoftRasTensors {
  torch::Tensor silhouette;  ///< B x H x W
  torch::Tensor attributes;  ///< B x H x W x C
};

/// SoftRasteriser (see render/soft_raster.h for the formulas) as a differentiable function of a batch of pictures.
/// `screen_verts` B x V x 3 float: pixels and depth. `faces` F x 3 integers, shared by the batch. `attributes` B x V x C
/// float, C >= 0. On the CPU the pictures of the batch run in parallel, the same bits for any number of threads. Tensors on
/// other devices go through soft_rasterise_plain(). Thread-safe.
SoftRasTensors soft_rasterise(const SoftRasterOptions& options, const torch::Tensor& screen_verts,
                              const torch::Tensor& faces, const torch::Tensor& attributes);

/// The same formulas in plain torch operations, for any device and floating type: first lists all (pixel, triangle)
/// pairs within the cutoff, then blends them. Autograd keeps about 0.3 kB a pair, some 100 MB for a picture of 256 x 256
/// and 2,560 triangles. Weights below e^-30 are kept; sums on CUDA depend on the order of atomic additions.
SoftRasTensors soft_rasterise_plain(const SoftRasterOptions& options, const torch::Tensor& screen_verts,
                                    const torch::Tensor& faces, const torch::Tensor& attributes);

}  // namespace mp4d
