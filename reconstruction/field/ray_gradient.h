#pragma once
#include "reconstruction/field/grid_march.h"

namespace mp4d {

/// d(loss) / d(origin) and d(loss) / d(direction) of a ray.
struct RayGradient {
  Vec3 origin = Vec3::Zero();
  Vec3 direction = Vec3::Zero();
};

/// Of every ray of the last GridMarch::backward() of the same field: how the loss changes as its samples move with it. The
/// directions of the harmonics and the network stay. For fields with voxels. Multi-threaded, the same for any number of threads.
std::vector<RayGradient> ray_gradients(const GridField& field, std::span<const Ray> rays, const GridMarch& march);

}  // namespace mp4d
