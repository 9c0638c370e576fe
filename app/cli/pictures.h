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

/// The camera of each shot: all at one distance, at which `box` fills the picture but for a margin in the shot where
/// it is largest (times options.distance), at options.elevation.
std::vector<Camera> shot_cameras(const Aabb& box, const std::vector<Shot>& shots, const RenderOptions& options,
                                 const PictureSize& size);

}  // namespace mp4d
