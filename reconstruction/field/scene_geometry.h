#pragma once
#include "io/posed_scene.h"

namespace mp4d {

/// What training has to know of how the cameras stand.
struct SceneGeometry {
  Aabb box;             ///< of the content, scene units
  std::string source;   ///< where the box is from, for the log
  bool inside = false;  ///< most cameras stand in the box: an inside-out scene
  Vec3 centre = Vec3::Zero();  ///< what they look at: nearest to all their axes; for inside-out scenes their mean
  Vec3 up = Vec3::UnitY();     ///< mean of the pictures' up, unit length
};

/// `bounds`: "auto" or "x0,y0,z0,x1,y1,z1". auto takes, in this order: the sparse points (without the outermost 1 %, 5 %
/// more room, and the cameras if they stand among them), the box that the format states, and for cameras that look at
/// one place what all see there. Errors: kUsage for a text that is no box; kInput, with the remedy, if none of these can be had.
Result<SceneGeometry> scene_geometry(const PosedScene& scene, const std::string& bounds);

/// Where a camera is, in the world.
inline Vec3 eye_of(const Camera& camera) {
  return -(camera.camera_from_world.linear().transpose() * camera.camera_from_world.translation());
}

}  // namespace mp4d
