// COLMAP's sparse models, text and binary: cameras with OpenCV axes, camera_from_world.
#include "core/file_checks.h"
#include "core/files.h"
#include "core/path_below.h"
#include "io/internal/scene_readers.h"
#include "io/point_cloud.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <sstream>

namespace mp4d::internal {
namespace {

namespace fs = std::filesystem;

struct Model {
  const char* name;
  std::size_t parameters;
};
// By COLMAP's numbers.
constexpr Model kModels[] = {{"SIMPLE_PINHOLE", 3}, {"PINHOLE", 4},      {"SIMPLE_RADIAL", 4},
                             {"RADIAL", 5},         {"OPENCV", 8},       {"OPENCV_FISHEYE", 8},
                             {"FULL_OPENCV", 12},   {"FOV", 5},          {"SIMPLE_RADIAL_FISHEYE", 4},
                             {"RADIAL_FISHEYE", 5}, {"THIN_PRISM_FISHEYE", 12}};

struct Intrinsics {
  Camera camera;
  Lens lens;
};
using Cameras = std::map<std::uint32_t, Intrinsics>;

Result<Intrinsics> intrinsics(const std::string& model, const std::vector<double>& p, double width, double height,
                              const std::string& where) {
  if (!(width >= 1 && height >= 1 && width <= 65536 && height <= 65536))
    return fail(ErrorCode::kInput, "{}: a camera of {} x {} pixels; sides are between 1 and 65536", where, width, height);
  Intrinsics out;
  out.camera.width = static_cast<int>(width);
  out.camera.height = static_cast<int>(height);
  const bool one_focal = model.starts_with("SIMPLE") || model.starts_with("RADIAL");
  std::size_t next = one_focal ? 1 : 2;
  out.camera.fx = static_cast<float>(p[0]);
  out.camera.fy = static_cast<float>(one_focal ? p[0] : p[1]);
  out.camera.cx = static_cast<float>(p[next++]);
  out.camera.cy = static_cast<float>(p[next++]);
  Lens& lens = out.lens;
  if (model.ends_with("PINHOLE")) return out;
  if (model == "SIMPLE_RADIAL" || model == "RADIAL" || model == "OPENCV" || model == "FULL_OPENCV") {
    lens.kind = Lens::Kind::kBrown;
    lens.k[0] = p[next];
    if (model != "SIMPLE_RADIAL") lens.k[1] = p[next + 1];
    if (model.ends_with("OPENCV")) lens.p1 = p[next + 2], lens.p2 = p[next + 3];
    if (model == "FULL_OPENCV") {
      lens.k[2] = p[next + 4];
      for (std::size_t i = 0; i < 3; ++i) lens.d[i] = p[next + 5 + i];
    }
    return out;
  }
  if (model == "OPENCV_FISHEYE" || model.ends_with("RADIAL_FISHEYE")) {
    lens.kind = Lens::Kind::kFisheye;
    for (std::size_t i = 0; next < p.size() && i < 4; ++i) lens.k[i] = p[next++];
    return out;
  }
  return fail(ErrorCode::kInput, "{}: camera model {} is not known here; run 'colmap image_undistorter' first", where,
              model);
}

Result<Iso3> pose(const Eigen::Vector4d& wxyz, const Eigen::Vector3d& t, const std::string& where) {
  if (!wxyz.allFinite() || !t.allFinite() || std::abs(wxyz.norm() - 1) > 1e-3)
    return fail(ErrorCode::kInput, "{}: its pose is not a unit quaternion and a finite shift; leave the picture out",
                where);
  const Eigen::Quaterniond q = Eigen::Quaterniond(wxyz[0], wxyz[1], wxyz[2], wxyz[3]).normalized();
  Iso3 camera_from_world = Iso3::Identity();
  camera_from_world.linear() = q.toRotationMatrix().cast<float>();
  camera_from_world.translation() = t.cast<float>();
  return camera_from_world;
}

Result<ViewSource> view(const std::string& name, const Iso3& camera_from_world, std::uint32_t camera,
                        const Cameras& cameras, const fs::path& images, const std::string& where) {
  const auto found = cameras.find(camera);
  if (found == cameras.end())
    return fail(ErrorCode::kInput, "{}: camera {} is not in the file of cameras; export the model again", where, camera);
  ViewSource source;
  source.view.name = name;
  source.view.camera = found->second.camera;
  source.view.lens = found->second.lens;
  source.view.camera.camera_from_world = camera_from_world;
  MP4D_TRY(picture, path_below(images, name, where));
  source.image = picture;
  std::error_code error;
  if (!fs::is_regular_file(source.image, error))
    return fail(ErrorCode::kInput, "{}: the picture {} is missing; put the pictures of the model into images/", where,
                source.image.string());
  return source;
}

// Little-endian values one after the other; `good` turns false at the end of the file.
class Bytes {
 public:
  explicit Bytes(const std::string& content) : content_(content) {}
  template <class T>
  T get() {
    T value{};
    good = good && content_.size() - at_ >= sizeof value;
    if (!good) return value;
    std::memcpy(&value, content_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string text() {
    std::string out;
    for (char c = get<char>(); good && c != 0; c = get<char>()) out += c;
    return out;
  }
  void skip(std::uint64_t count, std::size_t size) {
    good = good && count <= (content_.size() - at_) / size;
    if (good) at_ += count * size;
  }
  bool good = true;

 private:
  const std::string& content_;
  std::size_t at_ = 0;
};

tl::unexpected<Error> cut_short(const fs::path& file) {
  return fail(ErrorCode::kInput, "{}: ends before its last entry; export the model again", file.string());
}

Result<Cameras> cameras_binary(const fs::path& file) {
  MP4D_TRY(content, read_regular_file(file));
  Bytes bytes(content);
  Cameras cameras;
  for (std::uint64_t n = bytes.get<std::uint64_t>(); n > 0 && bytes.good; --n) {
    const auto id = bytes.get<std::uint32_t>();
    const auto model = bytes.get<std::int32_t>();
    const double width = static_cast<double>(bytes.get<std::uint64_t>());
    const double height = static_cast<double>(bytes.get<std::uint64_t>());
    if (!bytes.good) break;
    if (model < 0 || model >= static_cast<std::int32_t>(std::size(kModels)))
      return fail(ErrorCode::kInput, "{}: camera {} has model number {}, which is not known here; run 'colmap "
                  "image_undistorter' first", file.string(), id, model);
    std::vector<double> parameters(kModels[model].parameters);
    for (double& p : parameters) p = bytes.get<double>();
    MP4D_TRY(camera, intrinsics(kModels[model].name, parameters, width, height,
                                fmt::format("{}: camera {}", file.string(), id)));
    cameras[id] = camera;
  }
  if (!bytes.good) return cut_short(file);
  return cameras;
}

Result<void> images_binary(const fs::path& file, const Cameras& cameras, const fs::path& images, SceneSource& source) {
  MP4D_TRY(content, read_regular_file(file));
  Bytes bytes(content);
  for (std::uint64_t n = bytes.get<std::uint64_t>(); n > 0 && bytes.good; --n) {
    bytes.get<std::uint32_t>();
    Eigen::Vector4d q;
    Eigen::Vector3d t;
    for (double& v : q) v = bytes.get<double>();
    for (double& v : t) v = bytes.get<double>();
    const auto camera = bytes.get<std::uint32_t>();
    const std::string name = bytes.text();
    bytes.skip(bytes.get<std::uint64_t>(), 24);
    if (!bytes.good) break;
    const std::string where = fmt::format("{}: {}", file.string(), name);
    MP4D_TRY(camera_from_world, pose(q, t, where));
    MP4D_TRY(one, view(name, camera_from_world, camera, cameras, images, where));
    source.views.push_back(std::move(one));
  }
  if (!bytes.good) return cut_short(file);
  return {};
}

Points to_points(const std::vector<Vec3>& list) {
  Points points(static_cast<Eigen::Index>(list.size()), 3);
  for (std::size_t i = 0; i < list.size(); ++i) points.row(static_cast<Eigen::Index>(i)) = list[i].transpose();
  return points;
}

Result<Points> points_binary(const fs::path& file) {
  MP4D_TRY(content, read_regular_file(file));
  Bytes bytes(content);
  std::vector<Vec3> points;
  for (std::uint64_t n = bytes.get<std::uint64_t>(); n > 0 && bytes.good; --n) {
    bytes.get<std::uint64_t>();
    Eigen::Vector3d p;
    for (double& v : p) v = bytes.get<double>();
    bytes.skip(3, 1);
    bytes.get<double>();
    bytes.skip(bytes.get<std::uint64_t>(), 8);
    if (bytes.good) points.push_back(p.cast<float>());
  }
  if (!bytes.good) return cut_short(file);
  return finite_points(to_points(points), file.string());
}

/// Lines without comments; `keep_empty` for images.txt, whose every second line may be empty.
std::vector<std::string> lines_of(const std::string& text, bool keep_empty) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with('#') || (line.empty() && !keep_empty)) continue;
    lines.push_back(line);
  }
  return lines;
}

Result<Cameras> cameras_text(const fs::path& file) {
  MP4D_TRY(content, read_regular_file(file));
  Cameras cameras;
  for (const std::string& line : lines_of(content, false)) {
    std::istringstream words(line);
    std::uint32_t id = 0;
    std::string model;
    double width = 0, height = 0;
    words >> id >> model >> width >> height;
    const std::string where = fmt::format("{}: camera {}", file.string(), id);
    const auto* known = std::find_if(std::begin(kModels), std::end(kModels), [&](const Model& m) { return model == m.name; });
    if (known == std::end(kModels))
      return fail(ErrorCode::kInput, "{}: camera model '{}' is not known here; run 'colmap image_undistorter' first",
                  where, model);
    std::vector<double> parameters(known->parameters);
    for (double& p : parameters) words >> p;
    if (!words) return fail(ErrorCode::kInput, "{}: {} needs {} parameters", where, model, known->parameters);
    MP4D_TRY(camera, intrinsics(model, parameters, width, height, where));
    cameras[id] = camera;
  }
  return cameras;
}

Result<void> images_text(const fs::path& file, const Cameras& cameras, const fs::path& images, SceneSource& source) {
  MP4D_TRY(content, read_regular_file(file));
  const std::vector<std::string> lines = lines_of(content, true);
  for (std::size_t i = 0; i < lines.size(); i += 2) {
    if (lines[i].empty()) continue;
    std::istringstream words(lines[i]);
    std::uint32_t id = 0, camera = 0;
    Eigen::Vector4d q;
    Eigen::Vector3d t;
    words >> id;
    for (double& v : q) words >> v;
    for (double& v : t) words >> v;
    words >> camera >> std::ws;
    std::string name;
    std::getline(words, name);
    const std::string where = fmt::format("{}: image {} {}", file.string(), id, name);
    if (name.empty() || words.bad())
      return fail(ErrorCode::kInput, "{}: line {} is not id, quaternion, shift, camera and name", file.string(), lines[i]);
    MP4D_TRY(camera_from_world, pose(q, t, where));
    MP4D_TRY(one, view(name, camera_from_world, camera, cameras, images, where));
    source.views.push_back(std::move(one));
  }
  return {};
}

Result<Points> points_text(const fs::path& file) {
  MP4D_TRY(content, read_regular_file(file));
  std::vector<Vec3> points;
  for (const std::string& line : lines_of(content, false)) {
    std::istringstream words(line);
    std::uint64_t id = 0;
    Vec3 p;
    if (!(words >> id >> p.x() >> p.y() >> p.z()))
      return fail(ErrorCode::kInput, "{}: line '{}' is not an id and a position", file.string(), line.substr(0, 60));
    points.push_back(p);
  }
  return finite_points(to_points(points), file.string());
}

}  // namespace

Result<SceneSource> read_colmap(const fs::path& model, const fs::path& images) {
  SceneSource source;
  source.scene.format = "colmap";
  MP4D_TRY(binary, is_there(model / "cameras.bin"));
  MP4D_TRY(cameras, binary ? cameras_binary(model / "cameras.bin") : cameras_text(model / "cameras.txt"));
  MP4D_CHECK(binary ? images_binary(model / "images.bin", cameras, images, source)
                    : images_text(model / "images.txt", cameras, images, source));
  const fs::path points = model / (binary ? "points3D.bin" : "points3D.txt");
  MP4D_TRY(has_points, is_there(points));
  if (has_points) {
    MP4D_TRY(read, binary ? points_binary(points) : points_text(points));
    source.scene.points = std::move(read);
  }
  return source;
}

}  // namespace mp4d::internal
