#include "io/posed_scene.h"
#include "core/file_checks.h"
#include "core/runtime.h"
#include "io/frames.h"
#include "io/internal/opengl_pose.h"
#include "io/internal/scene_readers.h"
#include "io/internal/stored_image.h"
#include "io/resize.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using internal::SceneSource;
using internal::ViewSource;

Result<bool> has_model(const fs::path& folder) {
  MP4D_TRY(binary, is_there(folder / "cameras.bin"));
  if (binary) return true;
  return is_there(folder / "cameras.txt");
}

Result<SceneSource> read_source(const fs::path& path) {
  MP4D_TRY(there, is_there(path));
  if (!there) return fail(ErrorCode::kInput, "{}: no such file or folder; check the name", path.string());
  std::error_code error;
  if (!fs::is_directory(path, error)) return internal::read_transforms(path);
  MP4D_TRY(synthetic, is_there(path / "transforms_train.json"));
  if (synthetic) return internal::read_synthetic(path);
  MP4D_TRY(transforms, is_there(path / "transforms.json"));
  if (transforms) return internal::read_transforms(path / "transforms.json");
  for (const char* below : {"sparse/0", "sparse", "colmap/sparse/0", "."}) {
    const fs::path folder = (path / below).lexically_normal();
    MP4D_TRY(model, has_model(folder));
    if (!model) continue;
    return internal::read_colmap(folder,
                                 fs::is_directory(path / "images", error) ? path / "images" : path);
  }
  if (fs::exists(path / "poses_bounds.npy", error)) return internal::read_llff(path);
  if (fs::exists(path / "meta_data.json", error)) return internal::read_sdfstudio(path);
  for (const char* name : {"cameras.npz", "cameras_sphere.npz"})
    if (fs::exists(path / name, error)) return internal::read_idr(path / name);
  if (fs::exists(path / "intrinsics.txt", error) && fs::is_directory(path / "pose", error)) return internal::read_nsvf(path);
  if (fs::is_directory(path / "train" / "pose", error)) return internal::read_nerfpp(path);
  return fail(ErrorCode::kInput,
              "{}: no posed pictures; there must be transforms.json, transforms_train.json, a COLMAP model in sparse/0 with "
              "the pictures in images/, or one of the layouts of docs/fields.md. For plain photos run 'field colmap' first",
              path.string());
}

/// Intrinsics for the picture that is really there.
Result<void> fit_camera(ViewSource& source, const std::string& where) {
  Camera& camera = source.view.camera;
  const Image& image = source.view.image;
  if (camera.width == 0) camera.width = image.width;
  if (camera.height == 0) camera.height = image.height;
  if (source.angle_x > 0) camera.fx = static_cast<float>(0.5 * camera.width / std::tan(0.5 * source.angle_x));
  if (source.angle_y > 0) camera.fy = static_cast<float>(0.5 * camera.height / std::tan(0.5 * source.angle_y));
  if (!(camera.fx > 0)) camera.fx = camera.fy;
  if (!(camera.fy > 0)) camera.fy = camera.fx;
  if (std::isnan(camera.cx)) camera.cx = 0.5f * static_cast<float>(camera.width);
  if (std::isnan(camera.cy)) camera.cy = 0.5f * static_cast<float>(camera.height);
  const double ratio = static_cast<double>(image.width) / camera.width;
  if (std::abs(image.height - ratio * camera.height) > 1.5)
    return fail(ErrorCode::kInput,
                "{}: the picture has {} x {} pixels, its camera {} x {}: not the same shape; give the pictures the "
                "cameras were made for",
                where, image.width, image.height, camera.width, camera.height);
  camera = resized(camera, image.width, image.height);
  const bool sane = std::isfinite(camera.fx) && std::isfinite(camera.fy) && camera.fx > 0.05f * image.width &&
                    camera.fy > 0.05f * image.width && camera.cx > -image.width && camera.cx < 2 * image.width &&
                    camera.cy > -image.height && camera.cy < 2 * image.height;
  if (!sane)
    return fail(ErrorCode::kInput,
                "{}: focal lengths {} and {}, principal point {}, {} are no camera of {} x {} pixels; check the "
                "intrinsics",
                where, camera.fx, camera.fy, camera.cx, camera.cy, image.width, image.height);
  return {};
}

Result<Image> read_picture(const fs::path& path, bool upright) { return upright ? read_image(path) : internal::read_stored_image(path); }

Result<void> load_view(ViewSource& source, const PosedSceneOptions& options, bool upright) {
  PosedView& view = source.view;
  MP4D_TRY(image, read_picture(source.image, upright));
  view.image = std::move(image);
  if (view.image.channels == 1) {
    Image rgb(view.image.width, view.image.height, 3);
    for (std::size_t i = 0; i < rgb.data.size(); ++i) rgb.data[i] = view.image.data[i / 3];
    view.image = std::move(rgb);
  }
  MP4D_CHECK(fit_camera(source, source.image.string()));
  if (!source.mask.empty()) {
    MP4D_TRY(mask, read_picture(source.mask, upright));
    if (mask.width != view.image.width || mask.height != view.image.height)
      return fail(ErrorCode::kInput, "{}: the mask has {} x {} pixels, its picture {} x {}; make them the same size",
                  source.mask.string(), mask.width, mask.height, view.image.width, view.image.height);
    view.mask = Mask(mask.width, mask.height, 1);
    for (std::size_t i = 0; i < view.mask.data.size(); ++i)
      view.mask.data[i] = mask.data[i * static_cast<std::size_t>(mask.channels)] > 127 ? 255 : 0;
  }
  if (options.max_side > 0 && std::max(view.image.width, view.image.height) > options.max_side) {
    view.image = shrink(view.image, options.max_side);
    if (!view.mask.empty()) view.mask = shrink_mask(view.mask, options.max_side);
    view.camera = resized(view.camera, view.image.width, view.image.height);
  }
  return {};
}

/// Whether the pictures that are left fit, if they are as large as those read so far, of which there must be some.
Result<void> check_memory(const fs::path& path, const Camera& last, std::size_t bytes, std::size_t read, std::size_t all) {
  constexpr double kNoMatter = 1 << 26;  // bytes that are not worth asking what memory there is
  if (static_cast<double>(bytes) < kNoMatter) return {};
  const double whole = static_cast<double>(bytes) / static_cast<double>(read) * static_cast<double>(all), left = whole - static_cast<double>(bytes);
  if (left < kNoMatter) return {};
  const double free = 0.9 * static_cast<double>(available_memory());  // what is made of them takes some, too
  if (left <= free) return {};
  return fail(ErrorCode::kResource,
              "{}: {} pictures such as the last of {} x {} pixels need {:.1f} GB of memory, {:.1f} GB are free; shrink them (field train: "
              "--max-side), close other programs, or raise --memory",
              path.string(), all, last.width, last.height, whole / 1e9, (free + static_cast<double>(bytes)) / 1e9);
}

}  // namespace

Result<Iso3> internal::camera_from_opencv(const Eigen::Matrix4d& world_from_camera, const std::string& where) {
  const Eigen::Matrix3d rotation = world_from_camera.topLeftCorner<3, 3>();
  const bool good = world_from_camera.allFinite() && (rotation * rotation.transpose() - Eigen::Matrix3d::Identity()).norm() < 1e-3 &&
                    rotation.determinant() > 0 && world_from_camera.col(3).cwiseAbs().maxCoeff() <= double{internal::kFarthestCamera};
  if (!good) return fail(ErrorCode::kInput, "{}: its pose is not a rotation and a finite shift; leave the picture out", where);
  Eigen::Isometry3d pose = Eigen::Isometry3d::Identity();
  pose.linear() = rotation;
  pose.translation() = world_from_camera.topRightCorner<3, 1>();
  return Iso3(pose.inverse().cast<float>());
}

Result<Aabb> internal::checked_bounds(const Eigen::Vector3d& low, const Eigen::Vector3d& high, const std::string& where) {
  const Aabb box(low.cast<float>(), high.cast<float>());
  constexpr double kFarthest{internal::kFarthestCamera};
  const bool near = (low.array().abs() <= kFarthest).all() && (high.array().abs() <= kFarthest).all();
  if (near && (box.sizes().array() > 0).all()) return box;
  return fail(ErrorCode::kInput,
              "{}: {:.4g},{:.4g},{:.4g} and {:.4g},{:.4g},{:.4g} are no opposite corners of a box, the lower first; correct them, or "
              "take them out and give --bounds", where, low.x(), low.y(), low.z(), high.x(), high.y(), high.z());
}

Result<PosedScene> read_posed_scene(const fs::path& path, const PosedSceneOptions& options, JobContext* job) {
  MP4D_TRY(source, read_source(path));
  std::vector<ViewSource>& views = source.views;
  if (views.size() < 2)
    return fail(ErrorCode::kInput, "{}: {} posed picture(s); at least 2 are needed, from different places",
                path.string(), views.size());
  for (const ViewSource& view : views)
    if (!view.view.camera.camera_from_world.matrix().allFinite())
      return fail(ErrorCode::kInput, "{}: the pose of {} is not finite; leave the picture out", path.string(),
                  view.view.name);
  std::stable_sort(views.begin(), views.end(),
                   [](const ViewSource& a, const ViewSource& b) { return a.view.name < b.view.name; });
  const int every = source.hold_out > 0 && options.hold_out == PosedSceneOptions().hold_out ? source.hold_out : options.hold_out;
  if (!source.split_given && every > 0)
    for (std::size_t i = 0; i < views.size(); i += static_cast<std::size_t>(every)) views[i].view.held_out = true;
  if (std::all_of(views.begin(), views.end(), [](const ViewSource& v) { return v.view.held_out; }))
    return fail(ErrorCode::kUsage, "{}: all {} views are held out and none is left to train on; hold out fewer",
                path.string(), views.size());
  const auto [first, last] = std::minmax_element(views.begin(), views.end(), [](const ViewSource& a, const ViewSource& b) { return a.view.time < b.view.time; });
  const double start = first->view.time, length = last->view.time - start;  // floats may be too far apart for a float
  for (ViewSource& view : views) view.view.time = length > 0 ? static_cast<float>((view.view.time - start) / length) : 0;
  PosedScene scene = std::move(source.scene);
  std::size_t bytes = 0;
  const bool upright = scene.format != "colmap";  // whose cameras are of the pixels as they are stored
  for (std::size_t i = 0; i < views.size(); ++i) {
    MP4D_CHECK(check(job));
    MP4D_CHECK(load_view(views[i], options, upright));
    if (views[i].view.held_out && !options.held_out_images) views[i].view.image = {};
    bytes += views[i].view.image.data.size() + views[i].view.mask.data.size();
    MP4D_CHECK(check_memory(path, views[i].view.camera, bytes, i + 1, views.size()));
    scene.views.push_back(std::move(views[i].view));
    step(job, static_cast<int>(i) + 1);
  }
  return scene;
}

}  // namespace mp4d
