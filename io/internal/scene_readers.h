#pragma once
#include "io/posed_scene.h"

namespace mp4d::internal {

/// What a reader finds out before any picture is read.
struct ViewSource {
  PosedView view;  ///< name and pose; intrinsics for pictures of `camera.width` x `camera.height`, 0 = of any size
  std::filesystem::path image, mask;  ///< mask "" = none
  double angle_x = 0, angle_y = 0;  ///< opening angles, radians, where no focal length is given; 0 = neither
};

struct SceneSource {
  PosedScene scene;
  std::vector<ViewSource> views;
  bool split_given = false;
  int hold_out = 0;  ///< every so many-th view, as methods for this format do; 0 = as others
};

Result<SceneSource> read_synthetic(const std::filesystem::path& folder);
Result<SceneSource> read_transforms(const std::filesystem::path& file);
/// `model`: where cameras.bin or .txt lies.
Result<SceneSource> read_colmap(const std::filesystem::path& model, const std::filesystem::path& images);
Result<SceneSource> read_llff(const std::filesystem::path& folder);
Result<SceneSource> read_nsvf(const std::filesystem::path& folder);
Result<SceneSource> read_nerfpp(const std::filesystem::path& folder);
Result<SceneSource> read_sdfstudio(const std::filesystem::path& folder);
/// `file`: cameras.npz or cameras_sphere.npz.
Result<SceneSource> read_idr(const std::filesystem::path& file);

/// The box between two corners. Error (kInput): "WHERE: ...", numbers that are not finite or absurdly large, or no room between them.
Result<Aabb> checked_bounds(const Eigen::Vector3d& low, const Eigen::Vector3d& high, const std::string& where);

/// camera_from_world of a pose with OpenCV axes. Error (kInput): "WHERE: ...", no rotation and a finite shift.
Result<Iso3> camera_from_opencv(const Eigen::Matrix4d& world_from_camera, const std::string& where);

}  // namespace mp4d::internal
