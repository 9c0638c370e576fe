#pragma once
#include "core/job_context.h"
#include "core/preview.h"
#include "io/perceptual_metric.h"
#include "reconstruction/field/field_checkpoint.h"
#include "reconstruction/field/field_trainer.h"

namespace mp4d {

inline constexpr const char* kFieldFile = "scene.field";  ///< in the folder of a run
inline constexpr const char* kFieldLog = "train.json";
inline constexpr const char* kTrainPhase = "train";

/// The field in the folder of a run: kFieldFile, or under the name that earlier versions gave it.
std::filesystem::path field_file(const std::filesystem::path& folder);

/// Scores of the views that are held out.
struct FieldScores {
  double psnr = 0, psnr_u8 = 0, ssim_mip_nerf = 0, ssim_torchmetrics = 0;  ///< means over views
  double lpips = 0;  ///< if a metric was given
  nlohmann::json views = nlohmann::json::array();                        ///< the same with "name", one a view
};

/// Draws every held-out view of `scene` and scores it, with `metric`, too, if there is one. Errors: none is held out (kInput),
/// those of the metric.
Result<FieldScores> score_field(const GridField& field, const PosedScene& scene, const MarchOptions& options,
                                const Vec3& background, JobContext* job = nullptr, const PerceptualMetric* metric = nullptr);

/// Trains until the steps, the minutes or the held-out PSNR of the options are reached, and writes kFieldFile and
/// kFieldLog (options, weight of S3IM, curves) into `folder`, which is made. Every tenth of the way, on a cancel and at
/// the end the field is saved. The viewer sees the figures "seconds" of training, "loss" and "psnr" (dB) of the batches since the last, "held-out psnr" as last
/// measured, and now and then a picture from the first view that is held out, else of the first. A folder with a field of the same scene and options is gone on with; with --steps the
/// result is then, bit by bit, that of a training in one go. `scene_path` is noted for later commands.
/// Errors: those of FieldTrainer, a folder with a field of other options (kUsage), kCancelled, disk full.
Result<nlohmann::json> train_field(const PosedScene& scene, const std::string& scene_path,
                                   const FieldTrainOptions& options, const S3imOptions& s3im,
                                   const std::filesystem::path& folder, JobContext* job = nullptr, Viewer* viewer = nullptr);

}  // namespace mp4d
