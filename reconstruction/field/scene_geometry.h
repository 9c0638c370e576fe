#pragma once
#include "io/posed_scene.h"
#include "reconstruction/field/contraction.h"

namespace mp4d {

/// What training has to know of how the cameras stand.
struct SceneGeometry {
  Aabb box;             ///< of the content, scene units; of an unbounded scene what lies near the cameras
  Contraction contraction;  ///< of the space beyond the box, or none
  std::string source;   ///< where the box is from, for the log
  float near = 0;       ///< before each camera, where nothing is: 2 % of the box's diagonal, or half of the nearest points' distance
  bool inside = false;  ///< most cameras stand in the box: an inside-out scene
  Vec3 centre = Vec3::Zero();  ///< what they look at: nearest to all their axes; for inside-out scenes their mean
  Vec3 up = Vec3::UnitY();     ///< mean of the pictures' up, unit length
};

/// `bounds`: "auto" or "x0,y0,z0,x1,y1,z1". auto takes, in this order: the sparse points (without the outermost 1 %, 5 %
/// more room, and the cameras if they stand among them), the box that the format states, and for cameras that look at
/// one place what all see there. `contract`: "on", "off", or "auto": on if the sparse points lie at very different distances
/// from the cameras, as those of a street do and those of a room do not; the box is then that of the cameras and the points near
/// them. Errors: kUsage for a text that is no box; kInput, with the remedy, if none of these can be had, or all cameras stand at one place.
Result<SceneGeometry> scene_geometry(const PosedScene& scene, const std::string& bounds, const std::string& contract = "off");

/// Where a camera is, in the world.
inline Vec3 eye_of(const Camera& camera) {
  return -(camera.camera_from_world.linear().transpose() * camera.camera_from_world.translation());
}

}  // namespace mp4d
