// Cameras as a text file a picture: NSVF (rgb/, pose/, intrinsics.txt, bbox.txt) and NeRF++ (train/ and test/ with rgb/,
// pose/, intrinsics/). Axes are OpenCV's.
#include "core/files.h"
#include "io/internal/scene_readers.h"
#include "io/internal/opencv.h"
#include "io/listing.h"
#include <algorithm>
#include <cmath>
#include <sstream>

namespace mp4d::internal {
namespace {

namespace fs = std::filesystem;

Result<std::vector<double>> numbers(const fs::path& file, std::size_t least) {
  MP4D_TRY(text, read_regular_file(file));
  std::istringstream stream(text);
  std::vector<double> out;
  for (double value; stream >> value;) out.push_back(value);
  if (out.size() < least) return fail(ErrorCode::kInput, "{}: {} numbers, {} are needed", file.string(), out.size(), least);
  return out;
}

Result<void> read_pose(const fs::path& file, ViewSource& view) {
  MP4D_TRY(values, numbers(file, 12));
  Eigen::Matrix4d world_from_camera = Eigen::Matrix4d::Identity();
  for (int i = 0; i < 12; ++i) world_from_camera(i / 4, i % 4) = values[static_cast<std::size_t>(i)];
  MP4D_TRY(pose, camera_from_opencv(world_from_camera, file.string()));
  view.view.camera.camera_from_world = pose;
  return {};
}

/// 16 numbers are a 4 x 4 matrix, else focal length and, where there are, the principal point come first.
Result<void> read_intrinsics(const fs::path& file, Camera& camera) {
  MP4D_TRY(k, numbers(file, 1));
  const bool matrix = k.size() == 16;
  camera.fx = static_cast<float>(k[0]);
  camera.fy = static_cast<float>(matrix ? k[5] : k[0]);
  const bool centre = matrix || k.size() >= 3;
  camera.cx = centre ? static_cast<float>(matrix ? k[2] : k[1]) : NAN;
  camera.cy = centre ? static_cast<float>(matrix ? k[6] : k[2]) : NAN;
  return {};
}

fs::path text_of(const fs::path& folder, const fs::path& picture) { return folder / (picture.stem().string() + ".txt"); }

}  // namespace

Result<SceneSource> read_nsvf(const fs::path& folder) {
  SceneSource source;
  source.scene.format = "nsvf";
  source.split_given = true;
  Camera camera;
  MP4D_CHECK(read_intrinsics(folder / "intrinsics.txt", camera));
  const std::vector<fs::path> pictures = list_files(folder / "rgb", image_extensions());
  const bool tests = std::any_of(pictures.begin(), pictures.end(), [](const fs::path& p) { return p.filename().string().starts_with("2_"); });
  for (const fs::path& picture : pictures) {
    const std::string name = picture.filename().string();
    if (tests && name.starts_with("1_")) continue;  // for choosing settings
    ViewSource view;
    view.image = picture;
    view.view.name = "rgb/" + name;
    view.view.camera = camera;
    view.view.held_out = name.starts_with(tests ? "2_" : "1_");
    MP4D_CHECK(read_pose(text_of(folder / "pose", picture), view));
    source.views.push_back(std::move(view));
  }
  std::error_code error;
  if (fs::exists(folder / "bbox.txt", error)) {
    MP4D_TRY(box, numbers(folder / "bbox.txt", 6));
    const Eigen::Map<const Eigen::Matrix<double, 6, 1>> v(box.data());
    MP4D_TRY(bounds, checked_bounds(v.head<3>(), v.tail<3>(), (folder / "bbox.txt").string() + ": must be xmin ymin zmin xmax ymax zmax"));
    source.scene.bounds = bounds;
  }
  return source;
}

Result<SceneSource> read_nerfpp(const fs::path& folder) {
  SceneSource source;
  source.scene.format = "nerf++";
  source.split_given = true;
  for (const char* part : {"train", "test"})
    for (const fs::path& picture : list_files(folder / part / "rgb", image_extensions())) {
      ViewSource view;
      view.image = picture;
      view.view.name = fmt::format("{}/rgb/{}", part, picture.filename().string());
      view.view.held_out = std::string_view(part) == "test";
      MP4D_CHECK(read_pose(text_of(folder / part / "pose", picture), view));
      MP4D_CHECK(read_intrinsics(text_of(folder / part / "intrinsics", picture), view.view.camera));
      source.views.push_back(std::move(view));
    }
  return source;
}

}  // namespace mp4d::internal
