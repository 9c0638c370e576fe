#include "io/camera_set.h"
#include "io/internal/opengl_pose.h"
#include <cmath>

namespace mp4d {
namespace {

constexpr const char* kPoseField = "world_from_camera_opengl";

bool same_intrinsics(const Camera& a, const Camera& b) {
  return a.fx == b.fx && a.fy == b.fy && a.cx == b.cx && a.cy == b.cy;
}

void put_intrinsics(nlohmann::json& json, const Camera& camera) {
  json["fx"] = camera.fx;
  json["fy"] = camera.fy;
  json["cx"] = camera.cx;
  json["cy"] = camera.cy;
}

Result<void> take_number(const nlohmann::json& json, const char* key, const std::string& where, float& value) {
  const auto found = json.find(key);
  if (found == json.end()) return {};
  if (!found->is_number()) return fail(ErrorCode::kInput, "{}: '{}' must be a number, not {}", where, key, found->dump());
  value = found->get<float>();
  return {};
}

Result<void> take_intrinsics(const nlohmann::json& json, const std::string& where, Camera& camera) {
  MP4D_CHECK(take_number(json, "fx", where, camera.fx));
  MP4D_CHECK(take_number(json, "fy", where, camera.fy));
  MP4D_CHECK(take_number(json, "cx", where, camera.cx));
  MP4D_CHECK(take_number(json, "cy", where, camera.cy));
  if (!(camera.fx > 0 && camera.fy > 0))
    return fail(ErrorCode::kInput, "{}: 'fx' and 'fy' are needed and must be above 0 pixels", where);
  for (const float value : {camera.fx, camera.fy, camera.cx, camera.cy})
    if (!std::isfinite(value))
      return fail(ErrorCode::kInput, "{}: 'fx', 'fy', 'cx' and 'cy' must be numbers of pixels, not {}", where, value);
  return {};
}

}  // namespace

nlohmann::json cameras_to_json(const CameraSet& set) {
  nlohmann::json json{{"up", "y"}, {"frames", nlohmann::json::array()}};
  if (set.fps > 0) json["fps"] = set.fps;
  if (set.cameras.empty()) return json;
  const Camera& first = set.cameras.front();
  json["width"] = first.width;
  json["height"] = first.height;
  put_intrinsics(json, first);
  for (std::size_t i = 0; i < set.cameras.size(); ++i) {
    nlohmann::json frame{{"frame", i}, {kPoseField, internal::opengl_rows(set.cameras[i].camera_from_world)}};
    if (!same_intrinsics(first, set.cameras[i])) put_intrinsics(frame, set.cameras[i]);
    json["frames"].push_back(std::move(frame));
  }
  return json;
}

Result<CameraSet> cameras_from_json(const nlohmann::json& json, const std::string& where) {
  if (!json.is_object() || !json.contains("frames") || !json["frames"].is_array())
    return fail(ErrorCode::kInput, "{}: no cameras; there must be an object with a list 'frames'", where);
  CameraSet set;
  if (json["frames"].empty()) return set;
  float width = 0, height = 0, fps = 0;
  MP4D_CHECK(take_number(json, "width", where, width));
  MP4D_CHECK(take_number(json, "height", where, height));
  MP4D_CHECK(take_number(json, "fps", where, fps));
  if (!(width >= 1 && height >= 1 && width <= 65536 && height <= 65536))
    return fail(ErrorCode::kInput, "{}: 'width' and 'height' are needed, between 1 and 65536 pixels", where);
  if (!(fps >= 0 && fps <= 1e6f)) return fail(ErrorCode::kInput, "{}: 'fps' must be between 0 and 1000000", where);
  Camera shared;
  shared.width = static_cast<int>(width);
  shared.height = static_cast<int>(height);
  shared.cx = width / 2;
  shared.cy = height / 2;
  MP4D_CHECK(take_intrinsics(json, where, shared));
  set.fps = fps;
  for (const nlohmann::json& frame : json["frames"]) {
    const std::string where_frame = fmt::format("{}: frame {}", where, set.cameras.size());
    if (!frame.is_object()) return fail(ErrorCode::kInput, "{}: must be an object", where_frame);
    Camera camera = shared;
    MP4D_CHECK(take_intrinsics(frame, where_frame, camera));
    const nlohmann::json rows = frame.value(kPoseField, nlohmann::json());
    MP4D_TRY(camera_from_world, internal::camera_from_opengl_rows(rows, where_frame, kPoseField));
    camera.camera_from_world = camera_from_world;
    set.cameras.push_back(camera);
  }
  return set;
}

}  // namespace mp4d
