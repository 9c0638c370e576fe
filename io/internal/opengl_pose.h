#pragma once
#include "core/geometry.h"
#include "core/result.h"
#include <nlohmann/json.hpp>

namespace mp4d::internal {

/// Cameras stand nearer to the origin: squares of their distances are finite.
inline constexpr float kFarthestCamera = 1e12f;

/// OpenCV camera axes from OpenGL ones (x right, y up, z backward); its own inverse.
Iso3 flip_y_and_z();

/// camera_from_world with OpenCV axes from world_from_camera with OpenGL axes: 3 or 4 rows of 4 numbers, a rotation and
/// a shift. Error (kInput): "WHERE: 'FIELD' must be ...".
Result<Iso3> camera_from_opengl_rows(const nlohmann::json& rows, const std::string& where, const std::string& field);

/// The inverse: 4 rows of 4.
nlohmann::json opengl_rows(const Iso3& camera_from_world);

}  // namespace mp4d::internal
