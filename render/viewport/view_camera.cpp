#include "render/viewport/view_camera.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kSteepest = 1.5607963f;  // just short of straight up and down, where "up" would flip
constexpr float kFilled = 0.86f;  // of the picture's half height or width
constexpr float kNearest = 1e-4f, kFarthest = 1e5f;

Vec3 backward(float azimuth, float elevation) {
  return {std::cos(elevation) * std::sin(azimuth), std::sin(elevation), std::cos(elevation) * std::cos(azimuth)};
}

}  // namespace

Camera ViewCamera::camera(int width, int height) const {
  Camera camera = make_camera(std::max(width, 1), std::max(height, 1), vertical_fov);
  camera.camera_from_world = look_at(target + distance * backward(azimuth, elevation), target);
  return camera;
}

void ViewCamera::orbit(float turn, float rise) {
  azimuth = std::remainder(azimuth + turn, 2 * static_cast<float>(M_PI));
  elevation = std::clamp(elevation + rise, -kSteepest, kSteepest);
}

void ViewCamera::pan(float right_px, float down_px, int height) {
  const float metres = 2 * distance * std::tan(vertical_fov / 2) / static_cast<float>(std::max(height, 1));
  const Mat3 world_from_camera = camera(1, 1).camera_from_world.rotation().transpose();
  target -= metres * (right_px * world_from_camera.col(0) + down_px * world_from_camera.col(1));
}

void ViewCamera::zoom(float factor) { distance = std::clamp(distance * factor, kNearest, kFarthest); }

void ViewCamera::look_at_box(const Aabb& box, double aspect) {
  if (box.isEmpty()) return;
  target = box.center();
  const Mat3 camera_from_world = camera(1, 1).camera_from_world.rotation();
  const float tall = kFilled * std::tan(vertical_fov / 2), wide = tall * static_cast<float>(aspect);
  float needed = 0;
  for (int k = 0; k < 8; ++k) {
    const Vec3 corner = camera_from_world * (box.corner(static_cast<Aabb::CornerType>(k)) - target);
    needed = std::max({needed, std::abs(corner.x()) / wide - corner.z(), std::abs(corner.y()) / tall - corner.z()});
  }
  distance = std::clamp(needed, std::max(kNearest, 1e-3f * box.diagonal().norm()), kFarthest);
}

}  // namespace mp4d
