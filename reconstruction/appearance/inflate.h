#pragma once
#include "core/image.h"
#include "core/mesh.h"
#include <vector>

namespace mp4d {

/// A part of a silhouette and the plane it lies in.
struct InflateLayer {
  Mask mask;
  float z = 0;  ///< pixels, towards the viewer
};

/// A closed surface round the layers, all of one size, each inflated to both sides of its plane and blended where they
/// meet. Half the thickness is depth x sqrt(h) with h the solution of the Poisson equation -lap h = 2, h = 0 on the
/// outline: a circle's radius on a long limb, 0.7 of it on a disc, if depth is 1. Vertices in pixels, x right, y up
/// from the picture's lower edge, z towards the viewer; triangles about `cell` pixels wide. Empty if nothing is thicker
/// than a cell. Deterministic.
Mesh inflate(const std::vector<InflateLayer>& layers, float depth, float cell);

}  // namespace mp4d
