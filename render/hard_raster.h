#pragma once
#include "core/camera.h"
#include "core/mesh.h"

namespace mp4d {

/// Per-pixel result of a z-buffer pass. Face -1 = nothing.
struct GBuffer {
  int width = 0, height = 0;
  std::vector<int> face;          ///< H*W
  std::vector<float> depth;       ///< H*W, metres along the optical axis, +inf where empty
  std::vector<Vec2> barycentric;  ///< H*W, perspective-correct weights of corners 1 and 2 (corner 0 = the rest)
};

/// Exact z-buffer of a triangle mesh, near plane clipped, two-sided. Multi-threaded, deterministic.
GBuffer rasterise(const Camera& camera, const Points& verts_in_world, const Faces& faces);

struct ShadeOptions {
  Vec3 background = Vec3(0.93f, 0.93f, 0.94f);  ///< sRGB 0..1
  bool transparent = false;                      ///< RGBA output with alpha 0 where empty
  int supersample = 2;                           ///< samples a pixel and side
  bool ground = false;                           ///< soft contact shadow and grid on the plane y = ground_y
  float ground_y = 0;
};

/// Shaded picture (key, fill and sky light, textures or vertex colours); needs no display. RGB or RGBA.
Image render_shaded(const Camera& camera, const Mesh& mesh, const ShadeOptions& options = {});

/// Coverage (0/255) at pixel centres.
Mask render_mask(const Camera& camera, const Points& verts_in_world, const Faces& faces);

/// Draws `mesh` over `picture` (e.g. the source frame), blended by `alpha`.
Image overlay(const Camera& camera, const Mesh& mesh, const Image& picture, float alpha = 0.6f);

/// Camera `distance_factor` x the size away that looks at the centre of `box` from `azimuth` about +y
/// (0 = from +z) and `elevation`, radians.
Camera orbit_camera(const Aabb& box, float azimuth, float elevation, int width, int height,
                    float distance_factor = 2.2f);

}  // namespace mp4d
