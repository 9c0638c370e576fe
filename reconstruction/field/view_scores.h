#pragma once
#include "io/perceptual_metric.h"
#include "io/posed_scene.h"
#include "reconstruction/field/grid_march.h"
#include <nlohmann/json.hpp>

namespace mp4d {

/// Scores of the views that are held out; see score_image(). Pixels that are masked do not count, nor do views that are masked
/// as a whole.
struct FieldScores {
  double psnr = 0, psnr_u8 = 0, ssim_mip_nerf = 0, ssim_torchmetrics = 0;  ///< means over views
  double lpips = 0;                                ///< if a metric was given; masked pixels show the truth
  nlohmann::json views = nlohmann::json::array();  ///< the same with "name", one a view
};

/// Whether it is held out and has a pixel that is not masked.
bool can_be_scored(const PosedView& view);

/// FieldScores::psnr alone. Error (kInput): no view can be scored.
Result<double> held_out_psnr(const GridField& field, const PosedScene& scene, const MarchOptions& options, const Vec3& background);

/// Draws every held-out view of `scene` and scores it, with `metric`, too, if there is one. Errors: none is held out (kInput),
/// those of the metric.
Result<FieldScores> score_field(const GridField& field, const PosedScene& scene, const MarchOptions& options,
                                const Vec3& background, JobContext* job = nullptr, const PerceptualMetric* metric = nullptr);

/// The same of pictures in `folder` that any program made of the held-out views: of a view "images/a.png" images/a or a there,
/// ending in .png, .jpg or .webp. Alpha, in pictures and truth, is blended onto `background`. Errors (kInput), besides, that name the
/// file: a picture that is missing, of another size than its view's, or not to be told from that of another view.
Result<FieldScores> score_pictures(const std::filesystem::path& folder, const PosedScene& scene, const Vec3& background,
                                   JobContext* job = nullptr, const PerceptualMetric* metric = nullptr);

}  // namespace mp4d
