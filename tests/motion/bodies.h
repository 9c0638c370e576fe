#pragma once
#include "motion/voxels.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace mp4d::testing {

/// A rounded cone from `a` to `b`.
struct Capsule {
  Vec3 a, b;
  float radius_a, radius_b;
};

inline float distance_to(const Capsule& c, const Vec3& p) {
  const Vec3 ab = c.b - c.a;
  const float t = std::clamp((p - c.a).dot(ab) / std::max(ab.squaredNorm(), 1e-12f), 0.0f, 1.0f);
  return (p - c.a - t * ab).norm() - (c.radius_a + t * (c.radius_b - c.radius_a));
}

/// Distance (negative inside) to the union of capsules, blended over `blend` metres.
inline float smooth_union(const std::vector<Capsule>& capsules, const Vec3& p, float blend) {
  float d = 1e9f;
  for (const Capsule& c : capsules) {
    const float e = distance_to(c, p);
    const float h = std::max(blend - std::abs(d - e), 0.0f) / blend;
    d = std::min(d, e) - 0.25f * blend * h * h;
  }
  return d;
}

inline VoxelGrid sample_function(const Aabb& box, int resolution, const std::function<float(const Vec3&)>& f) {
  VoxelGrid grid = make_grid(box, resolution, 0.0f);
  for (int z = 0; z < grid.nz; ++z)
    for (int y = 0; y < grid.ny; ++y)
      for (int x = 0; x < grid.nx; ++x) grid.at(x, y, z) = f(grid.position(x, y, z));
  return grid;
}

/// Surface of a smooth union of capsules.
inline Mesh capsule_mesh(const std::vector<Capsule>& capsules, float blend, int resolution) {
  Aabb box;
  for (const Capsule& c : capsules) {
    box.extend(c.a - Vec3::Constant(c.radius_a)).extend(c.a + Vec3::Constant(c.radius_a));
    box.extend(c.b - Vec3::Constant(c.radius_b)).extend(c.b + Vec3::Constant(c.radius_b));
  }
  const float margin = 0.03f * box.sizes().maxCoeff() + blend;
  box.min().array() -= margin;
  box.max().array() += margin;
  return extract_surface(sample_function(box, resolution, [&](const Vec3& p) { return smooth_union(capsules, p, blend); }));
}

}  // namespace mp4d::testing
