#pragma once
#include "core/geometry.h"

namespace mp4d {

/// Pinhole camera, OpenCV axes (x right, y down, z forward); pixel centres at integer + 0.5.
struct Camera {
  int width = 0;
  int height = 0;
  float fx = 0, fy = 0;  ///< pixels
  float cx = 0, cy = 0;  ///< pixels
  Iso3 camera_from_world = Iso3::Identity();
};

/// Pixel position and depth (u, v, z) of a world point; z <= 0 means behind the camera.
inline Vec3 project(const Camera& camera, const Vec3& point_in_world) {
  const Vec3 p = camera.camera_from_world * point_in_world;
  return {camera.fx * p.x() / p.z() + camera.cx, camera.fy * p.y() / p.z() + camera.cy, p.z()};
}

/// Square-pixel camera with the principal point in the image centre. `vertical_fov` in radians.
Camera make_camera(int width, int height, float vertical_fov);

/// The same view in a picture of another size: focal lengths and principal point scaled by the ratio of the widths.
Camera resized(const Camera& camera, int width, int height);

/// camera_from_world of a camera at `eye` that looks at `target`, image top towards `up`.
Iso3 look_at(const Vec3& eye, const Vec3& target, const Vec3& up = Vec3::UnitY());

}  // namespace mp4d
