#pragma once
#include "core/job_context.h"
#include "core/mesh.h"
#include <vector>

namespace mp4d {

/// Scalar samples at the points of a regular grid, x fastest. For signed distances: metres, negative inside.
struct VoxelGrid {
  Vec3 origin = Vec3::Zero();  ///< position of sample (0, 0, 0)
  float cell = 1;              ///< spacing, metres
  int nx = 0, ny = 0, nz = 0;
  std::vector<float> values;  ///< nx * ny * nz

  std::size_t size() const { return static_cast<std::size_t>(nx) * ny * nz; }
  std::size_t index(int x, int y, int z) const { return (static_cast<std::size_t>(z) * ny + y) * nx + x; }
  float& at(int x, int y, int z) { return values[index(x, y, z)]; }
  float at(int x, int y, int z) const { return values[index(x, y, z)]; }
  Vec3 position(int x, int y, int z) const { return origin + cell * Vec3(float(x), float(y), float(z)); }
  /// Trilinear value; points outside the grid take the value of the nearest point of its box.
  float sample(const Vec3& point) const;
  /// Gradient of the trilinear interpolation, per metre.
  Vec3 gradient(const Vec3& point) const;
};

/// A grid whose samples cover `box` grown by `margin` metres on every side, `resolution` cells along the longest
/// side, values 0.
VoxelGrid make_grid(const Aabb& box, int resolution, float margin);

/// Surface { value = iso } of the grid with the inside at lower values: a closed, oriented 2-manifold with outward
/// faces and well-shaped triangles; vertices lie on the trilinear surface. Samples beyond the grid count as outside,
/// so a solid that is cut by the grid's border is capped there. Where the sampled signs touch only along an edge or
/// at a corner (not a manifold), the nearest outside sample joins the inside. Empty mesh when nothing is inside.
/// Surface nets (Gibson 1998) on a well-composed grid (Latecki 1997). Deterministic, thread-safe.
Mesh extract_surface(const VoxelGrid& grid, float iso = 0);

}  // namespace mp4d
