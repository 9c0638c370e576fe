#pragma once
#include "app/cli/render_options.h"
#include "core/job_context.h"
#include <filesystem>

namespace mp4d {

/// Renders a clip with exact truth into `folder` (made if absent): video.mp4; masks/%04d.png (255 = subject);
/// cameras.json (io/camera_set.h); gt.anime, vertices in the cameras' world. The model stands on a textured ground
/// inside a textured round wall. Shots and camera are those of a video (video_shots). A step of `job` a frame.
/// On failure `folder` holds what it held before; else an earlier data set in it is gone, and all other files stay.
/// Errors: a model whose topology changes, or that cannot be written where asked.
Result<void> write_dataset(const std::filesystem::path& folder, const Player& player, const RenderOptions& options,
                           JobContext* job = nullptr);

}  // namespace mp4d
