#include "app/cli/field_path.h"
#include "app/cli/files.h"
#include "app/cli/render_options.h"
#include "io/camera_set.h"
#include "reconstruction/field/scene_geometry.h"
#include <algorithm>
#include <cmath>
#include <set>

namespace mp4d {
namespace {

constexpr float kSway = 0.15f;  // of the distance between neighbours

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

/// Whether the cameras cover most of the directions of a turn: those in which they look, or from which they look.
bool goes_round(const nlohmann::json& about, const std::vector<Camera>& cameras) {
  constexpr int kSectors = 12, kMost = 9;
  const Vec3 centre = vector_from(about["centre"]), up = vector_from(about["up"]);
  const bool inside = about["inside"].get<bool>();
  const Vec3 side = up.unitOrthogonal(), across = up.cross(side);
  std::set<int> sectors;
  for (const Camera& camera : cameras) {
    const Vec3 d = inside ? Vec3(camera.camera_from_world.linear().row(2).transpose()) : Vec3(eye_of(camera) - centre);
    const float turn = std::atan2(d.dot(across), d.dot(side)) / static_cast<float>(2 * M_PI) + 0.5f;
    sectors.insert(std::min(kSectors - 1, static_cast<int>(turn * kSectors)));
  }
  return static_cast<int>(sectors.size()) >= kMost;
}

float length_of(const std::vector<Camera>& path) {
  float sum = 0;
  for (std::size_t i = 1; i < path.size(); ++i) sum += (eye_of(path[i]) - eye_of(path[i - 1])).norm();
  return sum;
}

/// The cameras as one would walk past them: in their order, or from one end each to the nearest that is left, whichever is
/// shorter.
std::vector<Camera> as_walked(const std::vector<Camera>& cameras) {
  Vec3 mean = Vec3::Zero();
  for (const Camera& camera : cameras) mean += eye_of(camera) / static_cast<float>(cameras.size());
  std::vector<Camera> left = cameras, path;
  Vec3 from = mean;
  for (bool first = true; !left.empty(); first = false) {
    const auto nearer = [&](const Camera& a, const Camera& b) { return (eye_of(a) - from).norm() < (eye_of(b) - from).norm(); };
    const auto next = first ? std::max_element(left.begin(), left.end(), nearer) : std::min_element(left.begin(), left.end(), nearer);
    from = eye_of(*next);
    path.push_back(*next);
    left.erase(next);
  }
  return length_of(path) < length_of(cameras) ? path : cameras;
}

/// Mean rotation near camera `at` of a path, a fraction between two of them.
Quat smooth_rotation(const std::vector<Camera>& path, float at) {
  constexpr float kWidth = 1;  // cameras
  Vec4 sum = Vec4::Zero();
  for (std::size_t i = 0; i < path.size(); ++i) {
    const float off = (static_cast<float>(i) - at) / kWidth;
    const Vec4 q = Quat(path[i].camera_from_world.linear()).coeffs();
    sum += std::exp(-0.5f * off * off) * (sum.dot(q) < 0 ? Vec4(-q) : q);
  }
  return Quat(sum.normalized());
}

/// Along a spline of Catmull and Rom through the cameras' eyes at an even pace, rotations smoothed, swaying sideways by `sway`
/// of the mean distance between neighbours.
std::vector<Camera> through(const std::vector<Camera>& path, const Camera& like, float sway, int count) {
  const int n = static_cast<int>(path.size());
  const auto eye = [&](int i) { return eye_of(path[static_cast<std::size_t>(std::clamp(i, 0, n - 1))]); };
  const auto position = [&](float at) -> Vec3 {
    const int k = std::clamp(static_cast<int>(at), 0, std::max(0, n - 2));
    const float t = at - static_cast<float>(k);
    const Vec3 a = eye(k - 1), b = eye(k), c = eye(k + 1), d = eye(k + 2);
    return b + 0.5f * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  };
  constexpr int kPieces = 32;  // of a stretch between two cameras, to measure lengths
  std::vector<float> lengths{0};
  for (int i = 1; i <= kPieces * (n - 1); ++i)
    lengths.push_back(lengths.back() + (position(static_cast<float>(i) / kPieces) - position(static_cast<float>(i - 1) / kPieces)).norm());
  const float swing = sway * lengths.back() / static_cast<float>(std::max(1, n - 1));
  std::vector<Camera> out;
  for (int i = 0; i < count; ++i) {
    const float share = static_cast<float>(i) / static_cast<float>(std::max(1, count - 1)), wanted = share * lengths.back();
    const auto next = std::min(std::upper_bound(lengths.begin(), lengths.end(), wanted), lengths.end() - 1);
    const auto piece = std::max<std::ptrdiff_t>(0, next - lengths.begin() - 1);
    const float before = lengths[static_cast<std::size_t>(piece)], within = *next > before ? (wanted - before) / (*next - before) : 0;
    const float at = (static_cast<float>(piece) + within) / kPieces;
    Camera camera = like;
    camera.camera_from_world.linear() = smooth_rotation(path, at).toRotationMatrix();
    const Vec3 right = camera.camera_from_world.linear().row(0).transpose();
    const Vec3 place = position(at) + swing * std::sin(static_cast<float>(4 * M_PI) * share) * right;
    camera.camera_from_world.translation() = -(camera.camera_from_world.linear() * place);
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
          "orbit = once round (inside-out scenes: a turn on the spot); cameras = through the scene's own, swaying; auto = orbit "
          "if the pictures were taken all round, else cameras; or a cameras.json");
    t.add("spline", &R::spline, "the frames of a cameras.json are places to pass on a smooth way of --seconds, not the pictures themselves");
    t.add("what", &R::what, {"colour", "depth", "normal"},
          "depth: the nearer the brighter, in inverse proportion, and as .npy scene units along the optical axis; normal: of surfaces, (n + 1) / 2 "
          "in the scene's axes; black where nothing is");
    t.add("size", &R::size, {}, "picture size WxH in pixels, sides 16 to 4096; a cameras.json has its own");
    t.add("azimuth", &R::azimuth, -360, 360, "degrees at which the orbit begins, or the one picture is taken");
    t.add("time", &R::time, -1, 1,
          "hexplane: the moment, 0 = that of the first picture, 1 = that of the last; -1 = from first to last during the video");
    t.add("fps", &R::fps, 1, 240, "pictures a second of the video");
    t.add("seconds", &R::seconds, 0.1, 600, "length of the video; a cameras.json has its own");
    return t;
  }();
  return table;
}

std::vector<Camera> along_spline(const std::vector<Camera>& places, int count) { return through(places, places.front(), 0, count); }

Result<std::vector<Camera>> field_path(const nlohmann::json& about, const FieldRenderOptions& options, int count) {
  const bool named = options.path == "auto" || options.path == "orbit" || options.path == "cameras";
  if (named && options.spline)
    return fail(ErrorCode::kUsage, "--spline: is for the frames of a file; give --path cameras.json, or leave it out");
  if (!named) {
    MP4D_TRY(json, read_json(options.path));
    MP4D_TRY(set, cameras_from_json(json, options.path));
    if (set.cameras.empty()) return fail(ErrorCode::kInput, "{}: has no frames", options.path);
    return options.spline ? along_spline(set.cameras, count) : set.cameras;
  }
  MP4D_TRY(size, parse_size(options.size));
  MP4D_TRY(set, cameras_from_json(about["cameras"], "cameras of the field"));
  const Camera like = with_size(set.cameras.front(), size);
  if (options.path == "orbit" || (options.path == "auto" && goes_round(about, set.cameras)))
    return orbit(about, set.cameras, like, options.azimuth, count);
  return through(as_walked(set.cameras), like, kSway, count);
}

}  // namespace mp4d
