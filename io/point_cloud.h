#pragma once
#include "core/geometry.h"
#include "core/result.h"
#include <filesystem>

namespace mp4d {

/// Positions of a PLY's vertices (ASCII or binary little endian), N x 3. Errors (kInput) name the file.
Result<Points> read_ply_points(const std::filesystem::path& path);

/// `points`, or an error (kInput) that begins with `where` and names the first that is not finite.
Result<Points> finite_points(Points points, const std::string& where);

/// Binary PLY of positions alone.
Result<void> write_ply_points(const std::filesystem::path& path, const Points& points);

}  // namespace mp4d
