#pragma once
#include "reconstruction/human/body_generator.h"
#include "reconstruction/human/human_model.h"
#include <nlohmann/json_fwd.hpp>

namespace mp4d::human {

struct HumanEvaluateOptions {
  int count = 50;
  int pairs = 12;
  int points = 1024;
  int batch = 1;
  int seed = 1000;
};
const OptionTable<HumanEvaluateOptions>& human_evaluate_options();

/// Scores a model against people of the generator's that it has not seen: person i of `seed`, in random poses, made by the
/// model from the same attributes and joints. JSON object:
///   count; joints_inside and truth_joints_inside (share of the 24 joints where the occupancy exceeds the level, of the
///   model's people and of the generator's own cut to as many bands); one_piece (share of people whose surface is one
///   component, crumbs below 0.5 % of its vertices aside); iou (mean, of the volumes, with the generator's own person);
///   surface_error_m and normal_error_degrees (mean, from points of the made surface to the nearest of the generator's
///   person, kept with 128 bands on twice the pixels);
///   sides_right (share of people that are nearer to the generator's person than to its mirror image, among poses
///   that differ from theirs) with sides_judged; seconds (a person, sampling alone);
///   pairs: for "height", "weight", "sex" the share of `pairs` pairs, alike but for it, whose measure (height; volume over height
///   cubed; width of the shoulders over that of the hips) moves the way it does for the generator's own, and the same of
///   the generator;
///   distribution: 1-NNA, coverage and MMD by Chamfer distance on `points` surface points (Yang et al. 2019), of `count`
///   people each, the generator's being others in other poses; 1-NNA is 0.5 for indistinguishable sets.
/// Phase "evaluate" of the job is entered. Errors: kCancelled.
Result<nlohmann::json> evaluate_human_model(const HumanModel& model, const BodyGenerator& generator,
                                            const HumanSampling& sampling, const HumanEvaluateOptions& options,
                                            JobContext* job = nullptr);

}  // namespace mp4d::human
