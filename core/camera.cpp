#include "core/camera.h"
#include <cmath>

namespace mp4d {

Camera make_camera(int width, int height, float vertical_fov) {
  Camera camera;
  camera.width = width;
  camera.height = height;
  camera.fx = camera.fy = 0.5f * static_cast<float>(height) / std::tan(0.5f * vertical_fov);
  camera.cx = 0.5f * static_cast<float>(width);
  camera.cy = 0.5f * static_cast<float>(height);
  return camera;
}

Iso3 look_at(const Vec3& eye, const Vec3& target, const Vec3& up) {
  Vec3 forward = target - eye;
  forward = forward.norm() > 0 ? forward.normalized() : Vec3::UnitZ();
  Vec3 right = forward.cross(up.normalized());
  if (right.norm() < 1e-6f) right = forward.cross(std::abs(forward.x()) < 0.5f ? Vec3::UnitX() : Vec3::UnitZ());
  right.normalize();
  Iso3 camera_from_world = Iso3::Identity();
  camera_from_world.linear().row(0) = right.transpose();
  camera_from_world.linear().row(1) = forward.cross(right).transpose();
  camera_from_world.linear().row(2) = forward.transpose();
  camera_from_world.translation() = camera_from_world.linear() * -eye;
  return camera_from_world;
}

Camera resized(const Camera& camera, int width, int height) {
  const float factor = static_cast<float>(width) / static_cast<float>(camera.width);
  Camera other = camera;
  other.width = width;
  other.height = height;
  other.fx *= factor;
  other.fy *= factor;
  other.cx *= factor;
  other.cy *= factor;
  return other;
}

}  // namespace mp4d
