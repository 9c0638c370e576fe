// LLFF and mip-NeRF 360: poses_bounds.npy (N x 17) beside images/.
#include "io/internal/scene_readers.h"
#include "io/internal/opencv.h"
#include "io/listing.h"
#include "io/numpy.h"
#include <cmath>

namespace mp4d::internal {

namespace fs = std::filesystem;

Result<SceneSource> read_llff(const fs::path& folder) {
  const fs::path file = folder / "poses_bounds.npy";
  MP4D_TRY(array, read_npy(file));
  if (array.shape.size() != 2 || array.shape[1] != 17)
    return fail(ErrorCode::kInput, "{}: must have 17 numbers a picture (3 x 5 of pose and size, nearest, farthest)", file.string());
  const std::vector<fs::path> pictures = list_files(folder / "images", image_extensions());
  if (pictures.size() != array.shape[0])
    return fail(ErrorCode::kInput, "{}: {} poses, but {} pictures in images/; the n-th pose is that of the n-th picture by name",
                file.string(), array.shape[0], pictures.size());
  SceneSource source;
  source.scene.format = "llff";
  Eigen::AlignedBox3d seen;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const double* row = array.values.data() + 17 * i;
    const auto column = [row](int c) { return Eigen::Vector3d(row[c], row[5 + c], row[10 + c]); };
    ViewSource view;
    view.image = pictures[i];
    view.view.name = "images/" + pictures[i].filename().string();
    // The file's axes are down, right, back; ours right, down, forward.
    Eigen::Matrix4d world_from_camera = Eigen::Matrix4d::Identity();
    world_from_camera.block<3, 1>(0, 0) = column(1);
    world_from_camera.block<3, 1>(0, 1) = column(0);
    world_from_camera.block<3, 1>(0, 2) = -column(2);
    world_from_camera.block<3, 1>(0, 3) = column(3);
    const std::string where = fmt::format("{}: picture {}", file.string(), i);
    MP4D_TRY(pose, camera_from_opencv(world_from_camera, where));
    Camera& camera = view.view.camera;
    camera.camera_from_world = pose;
    const Eigen::Vector3d size = column(4);  // height, width, focal length
    if (!size.allFinite() || size.minCoeff() < 1 || size.maxCoeff() > 1e6)
      return fail(ErrorCode::kInput, "{}: {} x {} pixels with a focal length of {} are no camera", where, size.y(), size.x(), size.z());
    camera.height = static_cast<int>(std::lround(size.x()));
    camera.width = static_cast<int>(std::lround(size.y()));
    camera.fx = camera.fy = static_cast<float>(size.z());
    camera.cx = camera.cy = NAN;
    const double half_x = 0.5 * size.y() / size.z(), half_y = 0.5 * size.x() / size.z();
    for (const int end : {15, 16})
      for (int k = 0; k < 4 && std::isfinite(row[end]); ++k) {
        const Eigen::Vector4d corner(row[end] * half_x * (k & 1 ? 1 : -1), row[end] * half_y * (k & 2 ? 1 : -1), row[end], 1);
        seen.extend(Eigen::Vector3d((world_from_camera * corner).head<3>()));
      }
    source.views.push_back(std::move(view));
  }
  if (seen.isEmpty() || (seen.sizes().array() <= 0).any()) return source;  // without distances
  MP4D_TRY(bounds, checked_bounds(seen.min(), seen.max(), file.string() + ": what the nearest and farthest distances enclose"));
  source.scene.bounds = bounds;
  return source;
}

}  // namespace mp4d::internal
