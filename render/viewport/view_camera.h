#pragma once
#include "core/camera.h"

namespace mp4d {

/// A camera that a hand turns about what it looks at. Angles in radians, lengths in metres.
struct ViewCamera {
  Vec3 target = Vec3::Zero();
  float azimuth = 0.6f;     ///< about +y, 0 = from +z
  float elevation = 0.25f;  ///< -pi/2 .. pi/2
  float distance = 3;
  float vertical_fov = 0.6f;

  Camera camera(int width, int height) const;
  void orbit(float turn, float rise);
  /// Moves the target so that it follows the hand: pixels of a picture of `height`.
  void pan(float right_px, float down_px, int height);
  /// `factor` > 1 goes away.
  void zoom(float factor);
  /// So near that the whole box is in the picture, seen from where it is seen now.
  void look_at_box(const Aabb& box, double aspect);
};

}  // namespace mp4d
