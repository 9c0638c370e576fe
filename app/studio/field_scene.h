#pragma once
#include "core/camera.h"
#include "core/geometry.h"
#include "core/job_context.h"
#include "core/result.h"
#include "io/posed_scene.h"
#include <filesystem>
#include <string>
#include <vector>

namespace mp4d {

/// What a scene of posed pictures looks like from outside, turned so that its up is +y.
struct FieldScene {
  struct View {
    Camera camera;
    bool held_out = false;
  };
  std::filesystem::path path;
  std::string format;  ///< as PosedScene has it
  std::vector<View> views;
  Points points;  ///< some of its sparse points
  Aabb box;       ///< of the content
  Quat upright;   ///< from the scene's axes
  PosedScene posed;  ///< as it was read, without pictures
};

/// Reads a scene's cameras, with its pictures shrunk. `bounds`: as scene_geometry() has it; if the content's size cannot be told from
/// that, there is a warning, and the box is the cameras'. Steps of `job`: one a picture. Errors: those of read_posed_scene() and, but for
/// that, of scene_geometry().
Result<FieldScene> look_at_scene(const std::filesystem::path& path, const std::string& bounds, JobContext* job);

/// Other bounds of the same scene; it stays as it is if they are wrong. Errors: those of scene_geometry().
Result<void> set_bounds(FieldScene& scene, const std::string& bounds);

/// Corners of a picture in front of a camera, `depth` scene units away: left to right, top to bottom.
std::array<Vec3, 4> picture_corners(const Camera& camera, float depth);

}  // namespace mp4d
