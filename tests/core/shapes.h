#pragma once
#include "core/mesh.h"
#include <cmath>

namespace mp4d::test {

/// Axis-aligned cube [0, side]^3 of 12 outward triangles.
inline Mesh cube(float side) {
  Mesh mesh;
  mesh.verts.resize(8, 3);
  for (int v = 0; v < 8; ++v) mesh.verts.row(v) << (v & 1) * side, (v >> 1 & 1) * side, (v >> 2 & 1) * side;
  mesh.faces.resize(12, 3);
  mesh.faces << 0, 2, 3, 0, 3, 1, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4,  //
      2, 6, 7, 2, 7, 3, 0, 4, 6, 0, 6, 2, 1, 3, 7, 1, 7, 5;
  return mesh;
}

/// Unit sphere of `rings` x 2 `rings` quads with poles, outward.
inline Mesh sphere(int rings) {
  const int segments = 2 * rings;
  const float pi = std::acos(-1.0f);
  Mesh mesh;
  mesh.verts.resize((rings - 1) * segments + 2, 3);
  const auto index = [&](int ring, int segment) { return (ring - 1) * segments + segment % segments; };
  for (int r = 1; r < rings; ++r) {
    for (int s = 0; s < segments; ++s) {
      const float theta = pi * r / rings, phi = 2 * pi * s / segments;
      mesh.verts.row(index(r, s)) << std::sin(theta) * std::sin(phi), std::cos(theta), std::sin(theta) * std::cos(phi);
    }
  }
  const int top = (rings - 1) * segments, bottom = top + 1;
  mesh.verts.row(top) << 0, 1, 0;
  mesh.verts.row(bottom) << 0, -1, 0;
  std::vector<Eigen::Vector3i> faces;
  for (int s = 0; s < segments; ++s) {
    faces.emplace_back(top, index(1, s), index(1, s + 1));
    faces.emplace_back(bottom, index(rings - 1, s + 1), index(rings - 1, s));
    for (int r = 1; r + 1 < rings; ++r) {
      faces.emplace_back(index(r, s), index(r + 1, s), index(r + 1, s + 1));
      faces.emplace_back(index(r, s), index(r + 1, s + 1), index(r, s + 1));
    }
  }
  mesh.faces.resize(static_cast<Eigen::Index>(faces.size()), 3);
  for (std::size_t f = 0; f < faces.size(); ++f) mesh.faces.row(static_cast<Eigen::Index>(f)) = faces[f].transpose();
  return mesh;
}

}  // namespace mp4d::test
