#include "app/studio/field_scene.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>

namespace mp4d {
namespace {

constexpr int kPictureSide = 64;  // the pictures themselves are not looked at
constexpr Eigen::Index kMostPoints = 3000;

void put_box(FieldScene& scene, const Aabb& box) {
  scene.box.setEmpty();
  for (int corner = 0; corner < 8; ++corner) scene.box.extend(scene.upright * box.corner(static_cast<Aabb::CornerType>(corner)));
}

/// For a scene whose content might be anywhere: bounds that say nothing else than where its cameras stand.
std::string bounds_of_cameras(const PosedScene& scene) {
  Aabb box;
  for (const PosedView& view : scene.views) box.extend(eye_of(view.camera));
  const Vec3 room = Vec3::Constant(0.25f * box.diagonal().norm());
  const Vec3 low = box.min() - room, high = box.max() + room;
  return fmt::format("{},{},{},{},{},{}", low.x(), low.y(), low.z(), high.x(), high.y(), high.z());
}

}  // namespace

Result<FieldScene> look_at_scene(const std::filesystem::path& path, const std::string& bounds, JobContext* job) {
  PosedSceneOptions reading;
  reading.max_side = kPictureSide;
  reading.held_out_images = false;
  MP4D_TRY(scene, read_posed_scene(path, reading, job));
  auto geometry = scene_geometry(scene, bounds);
  if (!geometry) {
    const Error error = geometry.error();
    geometry = scene_geometry(scene, bounds_of_cameras(scene));
    if (!geometry) return tl::unexpected(error);
    warn(job, error.message);
  }
  FieldScene seen;
  seen.path = std::filesystem::absolute(path).lexically_normal();
  seen.format = scene.format;
  seen.upright = Quat::FromTwoVectors(geometry->up, Vec3::UnitY());
  for (PosedView& view : scene.views) {
    view.image = {};
    view.mask = {};
    seen.views.push_back({view.camera, view.held_out});
    seen.views.back().camera.camera_from_world = view.camera.camera_from_world * seen.upright.inverse();
  }
  const Eigen::Index stride = std::max<Eigen::Index>(1, (scene.points.rows() + kMostPoints - 1) / kMostPoints);
  seen.points.resize((scene.points.rows() + stride - 1) / stride, 3);
  for (Eigen::Index i = 0; i < seen.points.rows(); ++i)
    seen.points.row(i) = (seen.upright * Vec3(scene.points.row(i * stride).transpose())).transpose();
  put_box(seen, geometry->box);
  seen.posed = std::move(scene);
  return seen;
}

Result<void> set_bounds(FieldScene& scene, const std::string& bounds) {
  MP4D_TRY(geometry, scene_geometry(scene.posed, bounds));
  put_box(scene, geometry.box);
  return {};
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
