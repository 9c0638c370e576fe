#pragma once
#include "core/job_context.h"
#include "core/preview.h"
#include "reconstruction/field/field_checkpoint.h"
#include "reconstruction/field/field_trainer.h"
#include "reconstruction/field/view_scores.h"

namespace mp4d {

inline constexpr const char* kFieldFile = "scene.field";  ///< in the folder of a run
inline constexpr const char* kFieldLog = "train.json";
inline constexpr const char* kTrainPhase = "train";

/// The field in the folder of a run: kFieldFile, or under the name that earlier versions gave it.
std::filesystem::path field_file(const std::filesystem::path& folder);

/// Trains until the steps, the minutes or the held-out PSNR of the options are reached, and writes kFieldFile and
/// kFieldLog (options, weight of S3IM, curves) into `folder`, which is made. Every tenth of the way, on a cancel and at
/// the end the field is saved. The viewer sees the figures "seconds" of training, "loss" and "psnr" (dB) of the batches since the last, "held-out psnr" as last
/// measured, and now and then a picture from the first view that is held out, else of the first. A folder with a field of the same scene and options is gone on with; with --steps the
/// result is then, bit by bit, that of a training in one go. `scene_path` is noted for later commands.
/// Errors: those of FieldTrainer, a PSNR to reach without a view that is held out (kUsage), a folder with a field of other options (kUsage), kCancelled, disk full.
Result<nlohmann::json> train_field(const PosedScene& scene, const std::string& scene_path,
                                   const FieldTrainOptions& options, const S3imOptions& s3im,
                                   const std::filesystem::path& folder, JobContext* job = nullptr, Viewer* viewer = nullptr);

}  // namespace mp4d
