#pragma once
#include "core/geometry.h"
#include "core/result.h"
#include "reconstruction/field/colour_network.h"
#include "reconstruction/field/contraction.h"
#include "reconstruction/field/plane_factors.h"
#include "reconstruction/field/position_network.h"
#include "reconstruction/field/sparse_lines.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace mp4d {

/// What a voxel's first float says of the space: a density, or a distance to the surface, metres, above 0 in the free
/// space (NeuS: Wang et al. 2021).
enum class Geometry : std::int32_t { kDensity, kDistance };

/// Radiance on a dense grid of samples: density (or signed distance) and colour as spherical harmonics of the view direction, both before
/// their activation, interpolated trilinearly (DVGO: Sun et al. 2022, eq. 5-9, with Plenoxels' harmonics in place of
/// its network). Samples lie at `origin` + cell * (x, y, z), x fastest; in a contracted field these are places of the
/// contraction's image.
///
/// A voxel is one line (degree 1) or two (degree 2) of floats: density, (degree + 1)^2 coefficients of red, green and
/// blue, and the optimiser's state (see grid_optimiser.h) in three of the places that are left. With a network, degree is
/// 1 and the 12 coefficients are the features that the network turns into a colour (DVGO).
///
/// Voxels lie in bricks of 4 x 4 x 4, x fastest within a brick and from brick to brick; their place there is their slot. Bricks
/// in which nothing was learnt take no memory, and their voxels are 0.
struct GridField {
  static constexpr int kBrick = 4, kBrickVoxels = kBrick * kBrick * kBrick;

  int degree = 1;  ///< 1 or 2
  Eigen::Vector3i size = Eigen::Vector3i::Zero();
  Vec3 origin = Vec3::Zero();
  float cell = 1;
  float unit = 1;   ///< length along a ray to which `shift` refers, the same at every resolution
  float shift = 0;  ///< added to the density before its activation
  Geometry geometry = Geometry::kDensity;
  float sharpness = 0;  ///< of a surface, 1 / metre: space at distance d lets sigmoid(sharpness * d) of the light pass
  Contraction contraction;
  SparseLines voxels;  ///< a brick a block
  ColourNetwork network;  ///< empty: harmonics
  PlaneFactors factors;   ///< if not empty, they take the place of the voxels, and the network reads their features
  PositionNetwork position_network;  ///< if not empty, it takes the place of the voxels, and the network reads its features
  std::vector<std::uint32_t> occupied;  ///< a bit a voxel: the cell from it to its upper neighbours may hold something

  int coefficients() const { return (degree + 1) * (degree + 1); }
  int lines() const { return degree; }
  Eigen::Vector3i bricks() const { return (size.array() + (kBrick - 1)) / kBrick; }
  std::size_t brick_count() const { return static_cast<std::size_t>(bricks()[0]) * bricks()[1] * bricks()[2]; }
  std::uint32_t slot(int x, int y, int z) const {
    const Eigen::Vector3i b = bricks();
    return static_cast<std::uint32_t>(((z / kBrick * b.y() + y / kBrick) * b.x() + x / kBrick) * kBrickVoxels +
                                      (z % kBrick * kBrick + y % kBrick) * kBrick + x % kBrick);
  }
  /// From a slot to those of its upper neighbours.
  struct Steps {
    std::uint32_t x, y, z;
  };
  Steps steps(std::uint32_t slot) const {
    const auto row = static_cast<std::uint32_t>(kBrickVoxels * bricks().x()), layer = row * static_cast<std::uint32_t>(bricks().y());
    return steps(slot, row, layer);
  }
  static Steps steps(std::uint32_t slot, std::uint32_t row, std::uint32_t layer) {
    return {(slot & 3) == 3 ? 64u - 3 : 1u, (slot & 12) == 12 ? row - 12 : 4u, (slot & 48) == 48 ? layer - 48 : 16u};
  }
  GridPlace place(std::uint32_t base, std::uint32_t plane, const Vec3& in_cell, float time) const {
    const auto across = static_cast<std::uint32_t>(bricks().x());
    const std::uint32_t brick = base / kBrickVoxels, row = brick / across;
    return {{static_cast<int>((brick - row * across) * kBrick + (base & 3)),
             (static_cast<int>(row) - static_cast<int>(plane) / kBrick * bricks().y()) * kBrick + static_cast<int>(base >> 2 & 3), static_cast<int>(plane)},
            in_cell, time};
  }
  bool has_voxels() const { return factors.empty() && position_network.empty(); }
  /// A place of the grid, from -1 to 1 along each axis.
  Vec3 normed(const GridPlace& at) const {
    return (2 * (at.cell.cast<float>() + at.place)).cwiseQuotient((size - Eigen::Vector3i::Ones()).cast<float>()) - Vec3::Ones();
  }
  std::size_t count() const { return static_cast<std::size_t>(size[0]) * size[1] * size[2]; }
  /// Sample `i` of the grid, x fastest.
  Eigen::Vector3i sample(std::size_t i) const {
    const auto nx = static_cast<std::size_t>(size.x()), ny = static_cast<std::size_t>(size.y());
    return {static_cast<int>(i % nx), static_cast<int>(i / nx % ny), static_cast<int>(i / (nx * ny))};
  }
  const float* in_slot(std::size_t slot) const { return voxels[slot * static_cast<std::size_t>(lines())].v; }
  const float* voxel(std::size_t i) const {
    const Eigen::Vector3i at = sample(i);
    return in_slot(slot(at.x(), at.y(), at.z()));
  }
  float* voxel(std::size_t i) {
    const Eigen::Vector3i at = sample(i);
    const std::size_t to = slot(at.x(), at.y(), at.z());
    voxels.store(to / kBrickVoxels);
    return voxels.data()[to * static_cast<std::size_t>(lines())].v;
  }
  Aabb box() const { return {origin, origin + cell * (size.cast<float>() - Vec3::Ones())}; }
};

struct GridLayout {
  Aabb box;
  int resolution = 128;        ///< cells along the longest side at the finest level
  int degree = 1;
  float start_opacity = 1e-4f;  ///< of half a finest cell, everywhere
  Geometry geometry = Geometry::kDensity;
  bool inside = false;  ///< the cameras stand in the box; where distances start from
  bool network = false;  ///< colours come from a network
  bool factored = false;  ///< planes and lines take the place of voxels; with a network
  bool by_network = false;  ///< a network of the place takes the place of voxels; with a network
  int times = 1;          ///< samples along time of planes and lines, at the finest level
  std::uint64_t seed = 1;  ///< of the network
  Contraction contraction = {};  ///< with its image as the box, or none
  Points surface_points = Points(0, 3);  ///< known points of the surface, which distances start from, too; or 0 rows

  /// Half as many with each level of detail that is missing: what stands still is found first.
  int times_at(int level) const { return std::max(1, times >> level); }
  float finest_cell() const { return box.sizes().maxCoeff() / static_cast<float>(resolution); }
};

/// A grey field, everything occupied. Density 0 (that is, start_opacity), or the distance to a start surface: for
/// cameras inside the walls of the box, 5 % of its shortest side within it; else a ball of half that side; and small balls
/// round the surface's known points. `level` 0 is the finest, each further one has half as many cells a side.
GridField make_grid_field(const GridLayout& layout, int level);

/// The field on the samples of level `level`: trilinear, optimiser state cleared, all occupied that was before. Of densities,
/// bricks without a corner of an occupied cell stay empty.
GridField resampled(const GridField& field, const GridLayout& layout, int level);

/// Bytes that its voxels take at most.
std::uint64_t resampled_bytes(const GridField& field, const GridLayout& layout, int level);
/// Whether fields of this layout leave bricks empty. Of distances all are needed, and an empty voxel has the opacity of the start,
/// which must not look like content.
bool leaves_empty(const GridLayout& layout);

/// Opacity of a ray that goes `unit` metres through density `density`.
float unit_opacity(const GridField& field, float density);

/// Marks the cells of which a corner has a unit opacity above `threshold`, or, for distances, is so near a surface that
/// it dims a ray by more than 0.1 %; returns their share.
double update_occupancy(GridField& field, float threshold);

/// Densities or distances at all samples.
std::vector<float> first_values(const GridField& field);

/// Most floats that sample_field() writes.
inline constexpr int kMostValues = 1 + PlaneFactors::kInputs;

/// Value at a point of the box (of a contracted field: of the image), before activations: density and the coefficients, 1 + 3 * coefficients() floats, or
/// the features of factors.
void sample_field(const GridField& field, const Vec3& point, float* values);

/// Features at a point that a network reads.
inline constexpr int kGridFeatures = 12;

/// Harmonics up to `degree` of a unit direction, coefficients() of them, each scaled so that the constant is 1.
void direction_basis(int degree, const Vec3& direction, float* basis);

}  // namespace mp4d
