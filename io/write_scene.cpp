#include "core/files.h"
#include "core/json_file.h"
#include "io/frames.h"
#include "io/internal/opengl_pose.h"
#include "io/point_cloud.h"
#include "io/posed_scene.h"

namespace mp4d {
namespace {

namespace fs = std::filesystem;

std::string picture_name(const PosedView& view) { return fs::path(view.name).stem().string() + ".png"; }

Result<void> write_pictures(const fs::path& folder, const PosedScene& scene) {
  MP4D_CHECK(make_folder(folder));
  for (const PosedView& view : scene.views)
    if (!view.image.empty()) MP4D_CHECK(write_image(folder / picture_name(view), view.image));
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
  MP4D_CHECK(write_pictures(folder / "images", scene));
  nlohmann::json json{{"frames", nlohmann::json::array()}};
  nlohmann::json train = nlohmann::json::array(), test = nlohmann::json::array();
  for (const PosedView& view : scene.views) {
    const Camera& c = view.camera;
    const Lens& l = view.lens;
    if (l.d != std::array<double, 3>{})
      return fail(ErrorCode::kInput, "{}: transforms.json has no lens with a divisor; write COLMAP", view.name);
    const std::string file = "images/" + picture_name(view);
    const bool fisheye = l.kind == Lens::Kind::kFisheye;
    nlohmann::json frame{{"file_path", file},
                         {"transform_matrix", internal::opengl_rows(c.camera_from_world)},
                         {"camera_model", fisheye ? "OPENCV_FISHEYE" : "OPENCV"},
                         {"w", c.width},   {"h", c.height}, {"fl_x", c.fx},   {"fl_y", c.fy},   {"cx", c.cx},
                         {"cy", c.cy},     {"k1", l.k[0]},  {"k2", l.k[1]},   {"k3", l.k[2]},   {"k4", l.k[3]},
                         {"p1", l.p1},     {"p2", l.p2}};
    if (view.time != 0) frame["time"] = view.time;
    if (!view.mask.empty()) {
      const std::string mask = "masks/" + picture_name(view);
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
  MP4D_CHECK(write_pictures(folder / "images", scene));
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
    images.content += picture_name(view);
    images.put('\0').put(std::uint64_t(0));
    images_text += fmt::format("{} {} {} {} {} {} {} {} {} {}\n\n", id, q.w(), q.x(), q.y(), q.z(), t.x(), t.y(), t.z(),
                               id, picture_name(view));
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
