#pragma once
#include "core/job_context.h"
#include "core/options.h"
#include <filesystem>
#include <nlohmann/json.hpp>

namespace mp4d {

struct EvaluateOptions {
  int samples = 20000;
  int icp_iterations = 50;
  bool align = true;
  int seed = 1;
  double fps = 24;
};
const OptionTable<EvaluateOptions>& evaluate_options();

struct EvaluateInput {
  std::filesystem::path result;   ///< model with a clip (or a still), .anime, or folder of meshes
  std::filesystem::path truth;    ///< .anime
  std::filesystem::path masks;    ///< folder, or empty
  std::filesystem::path cameras;  ///< cameras.json or reconstruct's report, given with masks
  std::filesystem::path truth_model;  ///< the rigged model that the truth shows, or empty
  bool held_still = false;            ///< score the truth's first frame as a result that does not move, too
};

/// Scores a result against its truth: {"frames", "chamfer", "f2", "f5", "f10" (means, percent), "scale",
/// "surface_acceleration", "truth_surface_acceleration", "jitter_ratio", "per_frame": [...]}, for a model with a
/// clip also "bone_length_variation" and "angular_acceleration", with masks also "mask_iou", with the truth's model also
/// "motion" (motion_score.h, or "not_compared": why), with held_still also "held_still": {"chamfer", …}. A clip whose keys are
/// not the truth's frames is sampled at the truth's times and "resampled" is true; a still is held ("still": true).
/// Phases of `job`: read, score. Errors: lengths that differ, unreadable files, masks without cameras,
/// a truth's model that is not the truth's.
Result<nlohmann::json> evaluate(const EvaluateInput& input, const EvaluateOptions& options, JobContext* job = nullptr);

/// The figures as a table for people, one a line.
std::string score_table(const nlohmann::json& scores);

}  // namespace mp4d
