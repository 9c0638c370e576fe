#pragma once
#include "core/camera.h"
#include "core/result.h"
#include <nlohmann/json.hpp>
#include <vector>

namespace mp4d {

/// Cameras of a clip, one a frame.
struct CameraSet {
  std::vector<Camera> cameras;
  double fps = 0;  ///< 0 = not stated
};

/// {"width", "height", "fx", "fy", "cx", "cy", "fps", "up": "y", "frames": [{"frame": 0,
/// "world_from_camera_opengl": 4 rows of 4}, ...]}. Pixels; OpenGL camera axes (x right, y up, z backward). A frame
/// whose intrinsics differ from the first one's carries its own "fx", "fy", "cx", "cy". All of one picture size.
nlohmann::json cameras_to_json(const CameraSet& set);

/// Reads the same. `where` (a file's name) begins every error; errors name the field and, for a frame, its number.
Result<CameraSet> cameras_from_json(const nlohmann::json& json, const std::string& where);

}  // namespace mp4d
