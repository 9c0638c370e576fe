#include "core/files.h"
#include "core/json_file.h"
#include "io/frames.h"
#include "io/internal/opengl_pose.h"
#include "io/point_cloud.h"
#include "io/posed_scene.h"
#include <algorithm>
#include <set>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

/// The last `folders` folders of its name and the stem, joined by "_".
std::string flat_name(const fs::path& name, std::size_t folders) {
  std::vector<std::string> parts;
  for (const fs::path& part : name.parent_path())
    if (part.has_filename() && part != "." && part != "..") parts.push_back(part.string());
  std::string out;
  for (std::size_t i = parts.size() - std::min(folders, parts.size()); i < parts.size(); ++i) out += parts[i] + "_";
  return out + name.stem().string() + ".png";
}

/// A file name a view, all different: their stems, with as many folders before them as that takes, or numbers.
std::vector<std::string> picture_names(const PosedScene& scene) {
  constexpr std::size_t kMostFolders = 8;
  std::vector<std::string> names;
  for (std::size_t folders = 0; folders <= kMostFolders; ++folders) {
    names.clear();
    for (const PosedView& view : scene.views) names.push_back(flat_name(view.name, folders));
    if (std::set<std::string>(names.begin(), names.end()).size() == names.size()) return names;
  }
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = fmt::format("{:06}_{}", i, flat_name(scene.views[i].name, 0));
  return names;
}

Result<void> write_pictures(const fs::path& folder, const PosedScene& scene, const std::vector<std::string>& names) {
  MP4D_CHECK(make_folder(folder));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!scene.views[i].image.empty()) MP4D_CHECK(write_image(folder / names[i], scene.views[i].image));
  return {};
}

struct ColmapModel {
  std::int32_t number;
  const char* name;
  std::vector<double> parameters;
};

Result<ColmapModel> colmap_model(const PosedView& view) {
  const Camera& c = view.camera;
  const Lens& l = view.lens;
  std::vector<double> p{c.fx, c.fy, c.cx, c.cy};
  const auto add = [&p](std::initializer_list<double> more) { p.insert(p.end(), more); };
  if (l.kind == Lens::Kind::kPinhole) return ColmapModel{1, "PINHOLE", p};
  if (l.kind == Lens::Kind::kFisheye) {
    add({l.k[0], l.k[1], l.k[2], l.k[3]});
    return ColmapModel{5, "OPENCV_FISHEYE", p};
  }
  if (l.k[3] != 0)
    return fail(ErrorCode::kInput, "{}: COLMAP has no lens with a term of radius to the 8th power; write transforms",
                view.name);
  add({l.k[0], l.k[1], l.p1, l.p2, l.k[2], l.d[0], l.d[1], l.d[2]});
  return ColmapModel{6, "FULL_OPENCV", p};
}

class Bytes {
 public:
  template <class T>
  Bytes& put(T value) {
    content.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  std::string content;
};

}  // namespace

Result<void> write_transforms_scene(const fs::path& folder, const PosedScene& scene) {
  const std::vector<std::string> names = picture_names(scene);
  MP4D_CHECK(write_pictures(folder / "images", scene, names));
  nlohmann::json json{{"frames", nlohmann::json::array()}};
  nlohmann::json train = nlohmann::json::array(), test = nlohmann::json::array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const PosedView& view = scene.views[i];
    const Camera& c = view.camera;
    const Lens& l = view.lens;
    if (l.d != std::array<double, 3>{})
      return fail(ErrorCode::kInput, "{}: transforms.json has no lens with a divisor; write COLMAP", view.name);
    const std::string file = "images/" + names[i];
    const bool fisheye = l.kind == Lens::Kind::kFisheye;
    nlohmann::json frame{{"file_path", file},
                         {"transform_matrix", internal::opengl_rows(c.camera_from_world)},
                         {"camera_model", fisheye ? "OPENCV_FISHEYE" : "OPENCV"},
                         {"w", c.width},   {"h", c.height}, {"fl_x", c.fx},   {"fl_y", c.fy},   {"cx", c.cx},
                         {"cy", c.cy},     {"k1", l.k[0]},  {"k2", l.k[1]},   {"k3", l.k[2]},   {"k4", l.k[3]},
                         {"p1", l.p1},     {"p2", l.p2}};
    if (view.time != 0) frame["time"] = view.time;
    if (!view.mask.empty()) {
      const std::string mask = "masks/" + names[i];
      MP4D_CHECK(make_folder(folder / "masks"));
      MP4D_CHECK(write_image(folder / mask, view.mask));
      frame["mask_path"] = mask;
    }
    json["frames"].push_back(std::move(frame));
    (view.held_out ? test : train).push_back(file);
  }
  json["train_filenames"] = std::move(train);
  json["test_filenames"] = std::move(test);
  if (scene.points.rows() > 0) {
    MP4D_CHECK(write_ply_points(folder / "points.ply", scene.points));
    json["ply_file_path"] = "points.ply";
  }
  return write_atomically(folder / "transforms.json", json_text(json, 1) + "\n");
}

Result<void> write_colmap_scene(const fs::path& folder, const PosedScene& scene, bool binary) {
  const std::vector<std::string> names = picture_names(scene);
  MP4D_CHECK(write_pictures(folder / "images", scene, names));
  const fs::path model = folder / "sparse" / "0";
  MP4D_CHECK(make_folder(model));
  Bytes cameras, images, points;
  std::string cameras_text, images_text, points_text;
  cameras.put(std::uint64_t(scene.views.size()));
  images.put(std::uint64_t(scene.views.size()));
  points.put(std::uint64_t(scene.points.rows()));
  std::uint32_t id = 0;
  for (const PosedView& view : scene.views) {
    ++id;
    MP4D_TRY(lens, colmap_model(view));
    const Camera& c = view.camera;
    const Eigen::Quaterniond q(c.camera_from_world.linear().cast<double>());
    const Eigen::Vector3d t = c.camera_from_world.translation().cast<double>();
    cameras.put(id).put(lens.number).put(std::uint64_t(c.width)).put(std::uint64_t(c.height));
    for (const double p : lens.parameters) cameras.put(p);
    cameras_text += fmt::format("{} {} {} {} {}\n", id, lens.name, c.width, c.height, fmt::join(lens.parameters, " "));
    images.put(id);
    for (const double v : {q.w(), q.x(), q.y(), q.z(), t.x(), t.y(), t.z()}) images.put(v);
    images.put(id);
    const std::string& name = names[id - 1];
    images.content += name;
    images.put('\0').put(std::uint64_t(0));
    images_text += fmt::format("{} {} {} {} {} {} {} {} {} {}\n\n", id, q.w(), q.x(), q.y(), q.z(), t.x(), t.y(), t.z(),
                               id, name);
  }
  for (Eigen::Index i = 0; i < scene.points.rows(); ++i) {
    const auto p = scene.points.row(i);
    points.put(std::uint64_t(i + 1));
    for (int axis = 0; axis < 3; ++axis) points.put(double(p[axis]));
    points.put(std::uint8_t(128)).put(std::uint8_t(128)).put(std::uint8_t(128)).put(0.0).put(std::uint64_t(0));
    points_text += fmt::format("{} {} {} {} 128 128 128 0\n", i + 1, p[0], p[1], p[2]);
  }
  const char* ending = binary ? ".bin" : ".txt";
  MP4D_CHECK(write_atomically(model / (std::string("cameras") + ending), binary ? cameras.content : cameras_text));
  MP4D_CHECK(write_atomically(model / (std::string("images") + ending), binary ? images.content : images_text));
  return write_atomically(model / (std::string("points3D") + ending), binary ? points.content : points_text);
}

}  // namespace mp4d
