#include "app/cli/field_path.h"
#include "app/cli/files.h"
#include "app/cli/render_options.h"
#include "io/camera_set.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

Vec3 vector_from(const nlohmann::json& json) { return {json[0].get<float>(), json[1].get<float>(), json[2].get<float>()}; }

/// `camera`'s opening, in a picture of another shape: what was seen across the shorter side still is.
Camera with_size(const Camera& camera, const PictureSize& size) {
  const float scale = static_cast<float>(std::min(size.width, size.height)) / static_cast<float>(std::min(camera.width, camera.height));
  Camera out = camera;
  out.width = size.width;
  out.height = size.height;
  out.fx *= scale;
  out.fy *= scale;
  out.cx = 0.5f * static_cast<float>(size.width);
  out.cy = 0.5f * static_cast<float>(size.height);
  return out;
}

std::vector<Camera> orbit(const nlohmann::json& about, const std::vector<Camera>& cameras, const Camera& like, double azimuth,
                          int count) {
  const Vec3 centre = vector_from(about["centre"]), up = vector_from(about["up"]);
  const bool inside = about["inside"].get<bool>();
  const Vec3 side = Quat::FromTwoVectors(Vec3::UnitY(), up) * Vec3::UnitZ();
  float height = 0, radius = 0;
  Vec3 middle = Vec3::Zero();
  for (const Camera& camera : cameras) {
    const Vec3 eye = eye_of(camera), off = eye - centre;
    middle += eye / static_cast<float>(cameras.size());
    height += off.dot(up) / static_cast<float>(cameras.size());
    radius += (off - off.dot(up) * up).norm() / static_cast<float>(cameras.size());
  }
  std::vector<Camera> out;
  for (int i = 0; i < count; ++i) {
    const auto turn = static_cast<float>((azimuth / 180 + 2.0 * i / count) * M_PI);
    const Vec3 off = Eigen::AngleAxisf(turn, up) * side;
    Camera camera = like;
    camera.camera_from_world = inside ? look_at(middle, middle + off, up) : look_at(centre + height * up + radius * off, centre, up);
    out.push_back(camera);
  }
  return out;
}

/// Positions by Catmull and Rom, rotations by slerp, evenly over the cameras in their order.
std::vector<Camera> through(const std::vector<Camera>& cameras, const Camera& like, int count) {
  const int n = static_cast<int>(cameras.size());
  const auto eye = [&](int i) { return eye_of(cameras[static_cast<std::size_t>(std::clamp(i, 0, n - 1))]); };
  std::vector<Camera> out;
  for (int i = 0; i < count; ++i) {
    const float at = static_cast<float>(i) * static_cast<float>(n - 1) / static_cast<float>(std::max(1, count - 1));
    const int k = std::min(static_cast<int>(at), n - 2);
    const float t = at - static_cast<float>(k);
    const Vec3 a = eye(k - 1), b = eye(k), c = eye(k + 1), d = eye(k + 2);
    const Vec3 position = b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
    const Quat from(cameras[static_cast<std::size_t>(k)].camera_from_world.linear()), to(cameras[static_cast<std::size_t>(k) + 1].camera_from_world.linear());
    Camera camera = like;
    camera.camera_from_world.linear() = from.slerp(t, to).toRotationMatrix();
    camera.camera_from_world.translation() = -(camera.camera_from_world.linear() * position);
    out.push_back(camera);
  }
  return out;
}

}  // namespace

const OptionTable<FieldRenderOptions>& field_render_options() {
  static const OptionTable<FieldRenderOptions> table = [] {
    OptionTable<FieldRenderOptions> t;
    using R = FieldRenderOptions;
    t.add("path", &R::path, {},
          "orbit = once round (inside-out scenes: a turn on the spot); cameras = through the scene's own; or a cameras.json");
    t.add("what", &R::what, {"colour", "depth"}, "depth: the nearer the brighter, in inverse proportion");
    t.add("size", &R::size, {}, "picture size WxH in pixels, sides 16 to 4096; a cameras.json has its own");
    t.add("azimuth", &R::azimuth, -360, 360, "degrees at which the orbit begins, or the one picture is taken");
    t.add("fps", &R::fps, 1, 240, "pictures a second of the video");
    t.add("seconds", &R::seconds, 0.1, 600, "length of the video; a cameras.json has its own");
    return t;
  }();
  return table;
}

Result<std::vector<Camera>> field_path(const nlohmann::json& about, const FieldRenderOptions& options, int count) {
  if (options.path != "orbit" && options.path != "cameras") {
    MP4D_TRY(json, read_json(options.path));
    MP4D_TRY(set, cameras_from_json(json, options.path));
    if (set.cameras.empty()) return fail(ErrorCode::kInput, "{}: has no frames", options.path);
    return set.cameras;
  }
  MP4D_TRY(size, parse_size(options.size));
  MP4D_TRY(set, cameras_from_json(about["cameras"], "cameras of the field"));
  const Camera like = with_size(set.cameras.front(), size);
  return options.path == "orbit" ? orbit(about, set.cameras, like, options.azimuth, count) : through(set.cameras, like, count);
}

}  // namespace mp4d
