#pragma once
#include "render/hard_raster.h"

namespace mp4d {

/// Shadow of a mesh in a distant light, softer the farther the shadow lies from what casts it (Fernando 2005,
/// "Percentage-Closer Soft Shadows").
class SunShadow {
 public:
  /// `to_light` unit, world space.
  SunShadow(const Points& verts, const Faces& faces, const Vec3& to_light);
  /// Share of the light that reaches `point`, 0..1. `noise` in 0..1 turns the sample pattern.
  float visibility(const Vec3& point, float noise) const;

 private:
  Camera light_;
  GBuffer map_;
  float size_ = 0;  ///< radius of the mesh's bounding sphere
};

/// Darkening of the plane y = ground_y under and around what stands on it: the mesh seen from below, each point
/// counting less the higher it is, blurred.
class ContactShadow {
 public:
  ContactShadow(const Points& verts, const Faces& faces, float ground_y);
  /// 0 (open) to 1.
  float occlusion(float x, float z) const;

 private:
  float x_ = 0, z_ = 0, half_side_ = 0;
  ImageF map_;
};

/// Open share of the hemisphere at each covered pixel, 0..1, from the depth buffer within `radius` metres
/// (McGuire et al. 2012, "Scalable Ambient Obscurance"). 1 where nothing is drawn.
std::vector<float> ambient_visibility(const Camera& camera, const GBuffer& buffer, const Points& verts,
                                      const Faces& faces, float radius);

/// Point in camera space of pixel (x, y) at `depth`.
inline Vec3 unproject(const Camera& camera, float x, float y, float depth) {
  return {(x - camera.cx) / camera.fx * depth, (y - camera.cy) / camera.fy * depth, depth};
}

/// Fixed low-discrepancy noise of a pixel in 0..1 (Jimenez 2014, interleaved gradient noise).
inline float pixel_noise(int x, int y) {
  const float v = 0.06711056f * x + 0.00583715f * y;
  const float w = 52.9829189f * (v - std::floor(v));
  return w - std::floor(w);
}

}  // namespace mp4d
