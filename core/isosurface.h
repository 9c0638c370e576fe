#pragma once
#include "core/geometry.h"
#include <cstdint>
#include <vector>

namespace mp4d {

/// A regular grid of samples, x fastest: value(x, y, z) = values[(z * size[1] + y) * size[0] + x].
struct Volume {
  Eigen::Vector3i size = Eigen::Vector3i::Zero();
  std::vector<float> values;
};

/// Where a volume crosses a level: a triangle mesh in grid coordinates (sample i lies at i).
struct Isosurface {
  Points verts;                          ///< V x 3
  Faces faces;                           ///< F x 3, normals point from values above the level to those below
  std::vector<std::uint8_t> axis_of_vertex;  ///< V, the grid axis of the edge the vertex lies on: 0 x, 1 y, 2 z
};

/// Marching cubes (Lorensen and Cline 1987). On a face with two diagonal corners inside, the inside corners are kept
/// apart on both sides of it, so that the surface is closed wherever it does not leave the grid; samples outside the
/// grid count as below the level, hence it is closed there as well (its vertices then lie half a cell outside).
/// Deterministic; empty for a volume without a crossing. NaN counts as below.
Isosurface marching_cubes(const Volume& volume, float level);

}  // namespace mp4d
