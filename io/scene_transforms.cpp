// NeRF-synthetic, nerfstudio and instant-ngp: cameras in JSON with OpenGL axes.
#include "core/file_checks.h"
#include "core/files.h"
#include "core/json_file.h"
#include "core/path_below.h"
#include "io/internal/opengl_pose.h"
#include "io/internal/scene_readers.h"
#include "io/point_cloud.h"
#include <algorithm>
#include <cmath>
#include <set>

namespace mp4d::internal {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kPoseField = "transform_matrix";

Result<json> parse(const fs::path& file) {
  MP4D_TRY(text, read_regular_file(file));
  MP4D_TRY(parsed, parse_json(text, file.string(), true));
  if (!parsed.is_object() || !parsed.contains("frames") || !parsed["frames"].is_array())
    return fail(ErrorCode::kInput, "{}: no cameras; there must be an object with a list 'frames'", file.string());
  return std::move(parsed);
}

/// A number of the frame, else of the file, else `otherwise`.
Result<double> number(const json& frame, const json& file, const char* key, double otherwise, const std::string& where) {
  for (const json* from : {&frame, &file}) {
    const auto found = from->find(key);
    if (found == from->end() || found->is_null()) continue;
    if (!found->is_number()) return fail(ErrorCode::kInput, "{}: '{}' must be a number, not {}", where, key, found->dump());
    return found->get<double>();
  }
  return otherwise;
}

Result<std::string> text_of(const json& from, const char* key, const std::string& where) {
  const auto found = from.find(key);
  if (found == from.end()) return std::string();
  if (!found->is_string()) return fail(ErrorCode::kInput, "{}: '{}' must be text, not {}", where, key, found->dump());
  std::string text = found->get<std::string>();
  std::replace(text.begin(), text.end(), '\\', '/');
  return text;
}

/// The picture that `name` stands for: as it is, or with an ending.
Result<fs::path> find_picture(const fs::path& folder, const std::string& name, const std::string& where) {
  std::error_code error;
  for (const char* ending : {"", ".png", ".jpg", ".jpeg", ".JPG"}) {
    MP4D_TRY(candidate, path_below(folder, name + ending, where));
    if (fs::is_regular_file(candidate, error)) return candidate;
  }
  return fail(ErrorCode::kInput, "{}: the picture {} is missing; copy it there or take the frame out", where,
              (folder / name).string());
}

Result<void> read_lens(const json& frame, const json& file, const std::string& where, Lens& lens) {
  std::string model;
  for (const json* from : {&file, &frame}) {
    MP4D_TRY(name, text_of(*from, "camera_model", where));
    if (!name.empty()) model = name;
  }
  static const std::set<std::string> kBrown{"", "OPENCV", "PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL"};
  bool fisheye = model == "OPENCV_FISHEYE";
  if (const auto flag = file.find("is_fisheye"); flag != file.end() && flag->is_boolean()) fisheye |= flag->get<bool>();
  if (!fisheye && !kBrown.contains(model))
    return fail(ErrorCode::kInput, "{}: camera model '{}' is not known here; undistort the pictures, or use OPENCV or "
                "OPENCV_FISHEYE", where, model);
  static constexpr const char* kRadial[4] = {"k1", "k2", "k3", "k4"};
  bool any = false;
  for (std::size_t i = 0; i < 4; ++i) {
    MP4D_TRY(value, number(frame, file, kRadial[i], 0, where));
    lens.k[i] = value;
    any |= value != 0;
  }
  MP4D_TRY(p1, number(frame, file, "p1", 0, where));
  MP4D_TRY(p2, number(frame, file, "p2", 0, where));
  if (fisheye) {
    lens.kind = Lens::Kind::kFisheye;
    return {};
  }
  lens.p1 = p1, lens.p2 = p2;
  if (any || p1 != 0 || p2 != 0) lens.kind = Lens::Kind::kBrown;
  return {};
}

Result<ViewSource> read_frame(const json& frame, const json& file, const fs::path& folder, const std::string& where) {
  ViewSource source;
  MP4D_TRY(name, text_of(frame, "file_path", where));
  if (name.empty()) return fail(ErrorCode::kInput, "{}: no 'file_path'", where);
  source.view.name = fs::path(name).lexically_normal().string();
  MP4D_TRY(picture, find_picture(folder, name, where));
  source.image = picture;
  MP4D_TRY(mask, text_of(frame, "mask_path", where));
  if (!mask.empty()) {
    MP4D_TRY(file_of_mask, path_below(folder, mask, where));
    source.mask = file_of_mask;
  }
  MP4D_TRY(time, number(frame, json(), "time", 0, where));
  source.view.time = static_cast<float>(time);
  if (!std::isfinite(source.view.time)) return fail(ErrorCode::kInput, "{}: 'time' must be a finite number", where);
  const json rows = frame.value(kPoseField, json());
  MP4D_TRY(pose, camera_from_opengl_rows(rows, where, kPoseField));
  Camera& camera = source.view.camera;
  camera.camera_from_world = pose;
  MP4D_CHECK(read_lens(frame, file, where, source.view.lens));
  MP4D_TRY(w, number(frame, file, "w", 0, where));
  MP4D_TRY(h, number(frame, file, "h", 0, where));
  MP4D_TRY(fx, number(frame, file, "fl_x", 0, where));
  MP4D_TRY(fy, number(frame, file, "fl_y", 0, where));
  MP4D_TRY(cx, number(frame, file, "cx", NAN, where));
  MP4D_TRY(cy, number(frame, file, "cy", NAN, where));
  MP4D_TRY(angle_x, number(frame, file, "camera_angle_x", 0, where));
  MP4D_TRY(angle_y, number(frame, file, "camera_angle_y", 0, where));
  const auto opens = [](double angle) { return angle > 0 && angle < M_PI; };
  if (!(fx > 0) && !opens(angle_x))
    return fail(ErrorCode::kInput, "{}: neither 'fl_x' (pixels) nor 'camera_angle_x' (radians, below pi) is there and "
                "above 0", where);
  if (w < 0 || h < 0 || w > 65536 || h > 65536)
    return fail(ErrorCode::kInput, "{}: 'w' and 'h' must be between 1 and 65536 pixels", where);
  camera.width = static_cast<int>(w);
  camera.height = static_cast<int>(h);
  camera.fx = static_cast<float>(fx);
  camera.fy = static_cast<float>(fy);
  camera.cx = static_cast<float>(cx);
  camera.cy = static_cast<float>(cy);
  if (!(fx > 0)) source.angle_x = angle_x;
  if (!(fy > 0) && opens(angle_y)) source.angle_y = angle_y;
  return source;
}

Result<void> append_frames(const fs::path& path, SceneSource& source, bool held_out) {
  MP4D_TRY(file, parse(path));
  int index = 0;
  for (const json& frame : file["frames"]) {
    const std::string where = fmt::format("{}: frame {}", path.string(), index++);
    if (!frame.is_object()) return fail(ErrorCode::kInput, "{}: must be an object", where);
    MP4D_TRY(view, read_frame(frame, file, path.parent_path(), where));
    view.view.held_out = held_out;
    source.views.push_back(std::move(view));
  }
  return {};
}

/// The names of a list of the file. `given`: set if it is there, be it empty.
Result<std::set<std::string>> names_in(const json& file, const char* key, const std::string& where, bool& given) {
  std::set<std::string> out;
  const auto list = file.find(key);
  if (list == file.end()) return out;
  if (!list->is_array()) return fail(ErrorCode::kInput, "{}: '{}' must be a list of file names", where, key);
  given = true;
  for (const json& name : *list)
    if (name.is_string()) out.insert(fs::path(name.get<std::string>()).lexically_normal().string());
  return out;
}

/// Views that are to be trained on are, whatever else they are for; those that are for nothing are left out.
Result<void> read_split(const json& file, const std::string& where, SceneSource& source) {
  bool train_given = false;
  MP4D_TRY(train, names_in(file, "train_filenames", where, train_given));
  MP4D_TRY(test, names_in(file, "test_filenames", where, source.split_given));
  MP4D_TRY(validation, names_in(file, "val_filenames", where, source.split_given));
  for (ViewSource& view : source.views)
    view.view.held_out = !train.contains(view.view.name) && (test.contains(view.view.name) || validation.contains(view.view.name));
  if (!train_given) return {};
  source.split_given = true;
  if (source.views.size() < 2) return {};  // too few, whatever they are for
  std::erase_if(source.views, [&](const ViewSource& view) { return !view.view.held_out && !train.contains(view.view.name); });
  if (std::all_of(source.views.begin(), source.views.end(), [](const ViewSource& view) { return view.view.held_out; }))
    return fail(ErrorCode::kInput, "{}: 'train_filenames' names no frame; name them as their 'file_path' does, or take the list out", where);
  return {};
}

/// What is added after "scale" where instant-ngp puts the scene into its cube.
Result<Vec3> read_offset(const json& file, const std::string& where) {
  const auto found = file.find("offset");
  if (found == file.end()) return Vec3(Vec3::Constant(0.5f));
  Vec3 out;
  bool good = found->is_array() && found->size() == 3;
  for (std::size_t i = 0; good && i < 3; ++i) {
    good = (*found)[i].is_number() && std::isfinite((*found)[i].get<float>());
    if (good) out[Eigen::Index(i)] = (*found)[i].get<float>();
  }
  if (!good) return fail(ErrorCode::kInput, "{}: 'offset' must be 3 finite numbers, not {}", where, found->dump());
  return out;
}

}  // namespace

Result<SceneSource> read_synthetic(const fs::path& folder) {
  SceneSource source;
  source.scene.format = "nerf-synthetic";
  source.scene.bounds = Aabb(Vec3::Constant(-1.5f), Vec3::Constant(1.5f));
  source.split_given = true;
  MP4D_CHECK(append_frames(folder / "transforms_train.json", source, false));
  for (const char* name : {"transforms_test.json", "transforms_val.json"}) {
    MP4D_TRY(given, is_there(folder / name));
    if (!given) continue;
    MP4D_CHECK(append_frames(folder / name, source, true));
    break;
  }
  return source;
}

Result<SceneSource> read_transforms(const fs::path& path) {
  SceneSource source;
  source.scene.format = "transforms";
  MP4D_CHECK(append_frames(path, source, false));
  MP4D_TRY(file, parse(path));
  MP4D_CHECK(read_split(file, path.string(), source));
  MP4D_TRY(points, text_of(file, "ply_file_path", path.string()));
  if (!points.empty()) {
    MP4D_TRY(cloud, path_below(path.parent_path(), points, path.string()));
    MP4D_TRY(read, read_ply_points(cloud));
    source.scene.points = std::move(read);
  }
  if (file.contains("aabb_scale")) {  // instant-ngp: a cube of this side about (0.5, 0.5, 0.5) after scale and offset
    MP4D_TRY(side, number(json(), file, "aabb_scale", 1, path.string()));
    MP4D_TRY(scale, number(json(), file, "scale", 0.33, path.string()));
    if (!(side > 0 && scale > 0)) return fail(ErrorCode::kInput, "{}: 'aabb_scale' and 'scale' must be above 0", path.string());
    MP4D_TRY(offset, read_offset(file, path.string()));
    const float half = static_cast<float>(0.5 * side / scale);
    const Vec3 centre = (Vec3::Constant(0.5f) - offset) / static_cast<float>(scale);
    if (!std::isfinite(half) || !centre.allFinite())
      return fail(ErrorCode::kInput, "{}: 'aabb_scale' over 'scale' is no usable size", path.string());
    source.scene.bounds = Aabb(centre - Vec3::Constant(half), centre + Vec3::Constant(half));
  }
  return source;
}

}  // namespace mp4d::internal
