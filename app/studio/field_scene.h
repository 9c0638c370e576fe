#pragma once
#include "core/camera.h"
#include "core/geometry.h"
#include "core/job_context.h"
#include "core/result.h"
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
};

/// Reads a scene's cameras, with its pictures shrunk. Steps of `job`: one a picture. Errors: those of read_posed_scene() and
/// scene_geometry().
Result<FieldScene> look_at_scene(const std::filesystem::path& path, JobContext* job);

/// Corners of a picture in front of a camera, `depth` scene units away: left to right, top to bottom.
std::array<Vec3, 4> picture_corners(const Camera& camera, float depth);

}  // namespace mp4d
