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

struct SolidOptions {
  int resolution = 128;  ///< cells along the longest side of the mesh, 8..512
  float thicken = 0;     ///< cells by which the surface is grown: sheets get a thickness, gaps up to twice this close
};

/// A mesh as a solid: signed distances, and what had to be repaired.
struct Solid {
  VoxelGrid distance;       ///< metres, negative inside; errors below a fifth of a cell
  int components = 0;       ///< connected pieces of the (welded) mesh
  int open_edges = 0;       ///< edges that are not shared by two faces of opposite direction
  double inside_share = 0;  ///< part of the grid's samples that lie inside
};

/// Turns any triangle mesh - open, in several pieces, self-intersecting, partly inverted - into a solid. A sample is
/// inside if the surface walls it off from the border of the grid, or if most of six axis rays (both ways along x, y
/// and z) count a positive winding number; surfaces within the solid are ignored. Distances: triangles next to the
/// boundary, an exact Euclidean feature transform (Felzenszwalb and Huttenlocher 2012) beyond.
/// Errors: kInput for no faces, positions that are not finite, no extent, or nothing inside (with the remedy);
/// kCancelled. Multi-threaded, deterministic.
Result<Solid> voxelise(const Mesh& mesh, const SolidOptions& options = {}, JobContext* job = nullptr);

/// The closed surface of `mesh` made solid: voxelise() and extract_surface(). Attributes are not carried over.
Result<Mesh> make_watertight(const Mesh& mesh, const SolidOptions& options = {}, JobContext* job = nullptr);

}  // namespace mp4d
