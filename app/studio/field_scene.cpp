#include "app/studio/field_scene.h"
#include "io/posed_scene.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>

namespace mp4d {
namespace {

constexpr int kPictureSide = 64;  // the pictures themselves are not looked at
constexpr Eigen::Index kMostPoints = 3000;

}  // namespace

Result<FieldScene> look_at_scene(const std::filesystem::path& path, JobContext* job) {
  PosedSceneOptions reading;
  reading.max_side = kPictureSide;
  reading.held_out_images = false;
  MP4D_TRY(scene, read_posed_scene(path, reading, job));
  MP4D_TRY(geometry, scene_geometry(scene, "auto"));
  FieldScene seen;
  seen.path = std::filesystem::absolute(path).lexically_normal();
  seen.format = scene.format;
  seen.upright = Quat::FromTwoVectors(geometry.up, Vec3::UnitY());
  for (const PosedView& view : scene.views) {
    seen.views.push_back({view.camera, view.held_out});
    seen.views.back().camera.camera_from_world = view.camera.camera_from_world * seen.upright.inverse();
  }
  const Eigen::Index stride = std::max<Eigen::Index>(1, (scene.points.rows() + kMostPoints - 1) / kMostPoints);
  seen.points.resize((scene.points.rows() + stride - 1) / stride, 3);
  for (Eigen::Index i = 0; i < seen.points.rows(); ++i)
    seen.points.row(i) = (seen.upright * Vec3(scene.points.row(i * stride).transpose())).transpose();
  for (int corner = 0; corner < 8; ++corner)
    seen.box.extend(seen.upright * geometry.box.corner(static_cast<Aabb::CornerType>(corner)));
  return seen;
}

std::array<Vec3, 4> picture_corners(const Camera& camera, float depth) {
  std::array<Vec3, 4> corners;
  const Iso3 world_from_camera = camera.camera_from_world.inverse();
  for (int k = 0; k < 4; ++k) {
    const auto x = static_cast<float>(k % 2 ? camera.width : 0), y = static_cast<float>(k / 2 ? camera.height : 0);
    corners[static_cast<std::size_t>(k)] =
        world_from_camera * (depth * Vec3((x - camera.cx) / camera.fx, (y - camera.cy) / camera.fy, 1));
  }
  return corners;
}

}  // namespace mp4d
