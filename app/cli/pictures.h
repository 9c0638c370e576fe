#pragma once
#include "app/cli/render_options.h"
#include "core/camera.h"
#include "core/image.h"
#include "core/job_context.h"

namespace mp4d {

/// One picture a shot, shaded, all of options.size; a step of `job` each. Error: cancelled, or a bad size.
Result<std::vector<Image>> draw_shots(const Player& player, const std::vector<Shot>& shots,
                                      const RenderOptions& options, JobContext* job = nullptr);

/// The pictures (all of one size) side by side, as square a grid as it gets, row by row; empty cells white.
Image contact_sheet(const std::vector<Image>& pictures);

/// The pictures (all of one height) from left to right.
Image side_by_side(const std::vector<Image>& pictures);

/// Camera that sees `box` whole from `azimuth` (radians), at options.elevation and distance.
Camera view_camera(const Aabb& box, float azimuth, const RenderOptions& options, const PictureSize& size);

}  // namespace mp4d
