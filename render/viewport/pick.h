#pragma once
#include "render/viewport/view_frame.h"
#include <optional>

namespace mp4d {

/// What lies under a pixel.
struct Pick {
  int face = -1;
  int joint = -1;  ///< the one that holds the place most, -1 without a skin
  Vec3 point = Vec3::Zero();  ///< posed, metres
};

/// The surface at pixel (x, y), nothing where there is none.
std::optional<Pick> pick_surface(const ViewFrame& frame, float x, float y);

/// The joint nearest to pixel (x, y) among those at most `reach` pixels away and before the camera, or -1.
int pick_joint(const ViewFrame& frame, float x, float y, float reach);

}  // namespace mp4d
