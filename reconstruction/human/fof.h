#pragma once
#include "core/mesh.h"
#include <cstdint>
#include <vector>

namespace mp4d::human {

/// Where rays along +z lie inside a solid. Image of R x R rays over [-1, 1]^2: pixel (row, column) looks through
/// y = 1 - (2 row + 1) / R, x = (2 column + 1) / R - 1. Depths are t = z + 1 in [0, 2].
struct RayIntervals {
  struct Interval {
    float in, out;                              ///< in < out
    std::uint8_t in_label = 0, out_label = 0;  ///< of the faces where the ray enters and leaves
  };
  int resolution = 0;
  std::vector<std::uint32_t> first;  ///< R * R + 1: intervals of pixel p are first[p] .. first[p + 1] - 1, ascending, disjoint
  std::vector<Interval> intervals;
};

/// Rasterises a mesh given in the cube [-1, 1]^3 (what lies outside is cut off). `closed_faces` is empty (found here) or F
/// flags that mark the faces of closed shells. A ray is inside where it has entered more closed shells than it has left; open
/// shells (garments, hair) are resolved by FOF-X's automaton: entry, then exit, further exits extend the interval, what has
/// no partner is dropped. The result is the union of both. `face_labels` is empty (all 0) or F labels. Threads: OpenMP
/// inside; the same result for any number.
RayIntervals ray_intervals(const Mesh& mesh, int resolution, const std::vector<std::uint8_t>& closed_faces = {},
                           const std::vector<std::uint8_t>& face_labels = {});

/// F flags: 1 for faces of connected components without a boundary edge.
std::vector<std::uint8_t> closed_shell_faces(const Faces& faces, Eigen::Index vertex_count);

/// Fourier occupancy field (Feng et al. 2022; cosine form of Joint2Human and FOF-X): occupancy f along each ray, extended
/// evenly to period 4, as c_0 / 2 + sum_k c_k cos(k pi t / 2), c_k = integral over [0, 2] of f(t) cos(k pi t / 2) dt.
struct FourierOccupancy {
  int resolution = 0;
  int bands = 0;
  std::vector<float> coefficients;  ///< bands x R x R, row-major, [k][row][column]
};

/// The coefficients in closed form.
FourierOccupancy fourier_occupancy(const RayIntervals& rays, int bands);

/// Occupancy at `depths` samples along each ray (t = 2 (d + 1/2) / depths), depth-major: [d][row][column]. Rays whose
/// coefficients are all zero stay 0.
std::vector<float> occupancy_volume(const FourierOccupancy& field, int depths);

/// The field at `factor` times as many pixels, bilinear between their centres: smooth outlines from few pixels.
FourierOccupancy upsampled(const FourierOccupancy& field, int factor);

/// The surface where the series crosses `level`, in the cube [-1, 1]^3, closed, outward. With `smooth`, the staircase of
/// the pixels is removed: vertices between samples along z are exact, those between pixels are moved to where the surface
/// is as flat as it can be (zero uniform Laplacian in the least-squares sense; FOF-X's z-edge smoothing), at most half a
/// pixel from where they were. With `largest_only`, the component with the most vertices alone.
Mesh field_surface(const FourierOccupancy& field, int depths, float level = 0.5f, bool smooth = true,
                   bool largest_only = false);

/// A mesh of an occupancy volume laid out as occupancy_volume() gives it, resolution x resolution pixels.
Mesh volume_surface(std::vector<float> volume, int resolution, int depths, float level, bool smooth,
                    bool largest_only);

}  // namespace mp4d::human
