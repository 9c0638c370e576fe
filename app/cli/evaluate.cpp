#include "app/cli/evaluate.h"
#include "app/cli/player.h"
#include "app/cli/truth_motion.h"
#include "core/json_file.h"
#include "core/memory_need.h"
#include "io/camera_set.h"
#include "io/input_kind.h"
#include "io/masks.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/metrics.h"
#include "reconstruction/articulated/motion_score.h"
#include "render/hard_raster.h"
#include <cmath>
#include <omp.h>

namespace mp4d {

using namespace nlohmann::literals;

namespace {

/// The result at every moment of the truth.
struct Shapes {
  std::vector<Points> verts;
  std::vector<Faces> faces;
};

/// The result at every moment, what the alignment keeps of each, and the samples that every thread draws of two surfaces.
Result<void> check_memory(const Mesh& mesh, std::size_t frames, int samples) {
  constexpr double kAligned = 150e3, kSample = 2 * 40;
  const double shape = 12.0 * static_cast<double>(mesh.verts.rows() + mesh.faces.rows());
  const auto lack = memory_lack(static_cast<double>(frames) * (shape + kAligned) + kSample * samples * omp_get_max_threads());
  if (!lack) return {};
  return fail(ErrorCode::kResource, "scoring {} frames of {} vertices with {} samples needs {}; lower --samples, give a shorter truth, or raise --memory",
              frames, mesh.verts.rows(), samples, *lack);
}

Result<Shapes> shapes_of(const Player& player, const MeshSequence& truth, const EvaluateInput& input,
                         nlohmann::json& scores) {
  const std::size_t count = truth.frames.size();
  const std::vector<double>& keys = player.key_times();
  const bool by_index = keys.size() == count;
  const double longer = player.duration() - (truth.times.back() - truth.times.front());
  const double frame_s = count > 1 ? (truth.times.back() - truth.times.front()) / (count - 1) : 1;
  if (player.animated() && !by_index && std::abs(longer) > 0.51 * frame_s)
    return fail(ErrorCode::kInput, "{}: {} keys over {:.3f} s, but {} has {} frames over {:.3f} s; score a result of "
                "the whole clip, or give the truth's rate with --fps", input.result.string(), keys.size(),
                player.duration(), input.truth.string(), count, truth.times.back() - truth.times.front());
  if (!player.animated()) scores["still"] = true;
  else if (!by_index) scores["resampled"] = true;
  Shapes shapes;
  for (std::size_t i = 0; i < count; ++i) {
    const Mesh mesh = player.at(by_index ? keys[i] : truth.times[i] - truth.times.front());
    shapes.verts.push_back(mesh.verts);
    shapes.faces.push_back(mesh.faces);
  }
  return shapes;
}

/// Frames of the right number and size without content, which is all that reading masks asks for.
Frames blank_frames(const std::vector<Camera>& cameras) {
  Frames frames;
  frames.images.assign(cameras.size(), Image(cameras.front().width, cameras.front().height, 1));
  for (std::size_t i = 0; i < cameras.size(); ++i) frames.names.push_back(fmt::format("{:04}", i));
  return frames;
}

Result<double> reprojection_iou(const Shapes& shapes, const EvaluateInput& input, const JobContext* job) {
  MP4D_TRY(json, read_json(input.cameras));
  MP4D_TRY(set, cameras_from_json(json.contains("cameras") ? json["cameras"] : json, input.cameras.string()));
  if (set.cameras.size() != shapes.verts.size())
    return fail(ErrorCode::kInput, "{}: {} cameras for {} frames; there must be one a frame", input.cameras.string(),
                set.cameras.size(), shapes.verts.size());
  MP4D_TRY(masks, read_masks(input.masks, blank_frames(set.cameras)));
  double sum = 0;
  for (std::size_t i = 0; i < set.cameras.size(); ++i) {
    MP4D_CHECK(check(job));
    sum += mask_iou(render_mask(set.cameras[i], shapes.verts[i], shapes.faces[i]), masks.masks[i]);
  }
  return sum / static_cast<double>(set.cameras.size());
}

/// Steadiness of the skeleton, where the result has one that moves.
Result<void> add_skeleton_figures(const std::filesystem::path& path, nlohmann::json& scores) {
  MP4D_TRY(kind, input_kind(path));
  if (kind != InputKind::kModel) return {};
  MP4D_TRY(model, read_model(path));
  if (model.clips.empty() || model.skeleton.size() < 2) return {};
  scores["bone_length_variation"] = bone_length_variation(model.skeleton, model.clips.front());
  scores["angular_acceleration"] = angular_acceleration(model.clips.front());
  return {};
}

/// The result's motion against the skeleton's that the truth was made of.
Result<nlohmann::json> motion_figures(const EvaluateInput& input, const MeshSequence& truth) {
  MP4D_TRY(kind, input_kind(input.result));
  if (kind != InputKind::kModel)
    return fail(ErrorCode::kUsage, "--truth-model: {} has no skeleton to compare; give a rigged model, or leave it out",
                input.result.string());
  MP4D_TRY(model, read_model(input.result));
  if (model.skeleton.size() < 2)
    return fail(ErrorCode::kUsage, "--truth-model: {} has no skeleton to compare; rig it first, or leave it out",
                input.result.string());
  MP4D_TRY(true_motion, find_truth_motion(input.truth_model, truth));
  std::vector<Pose> poses;
  for (const double time : truth.times) {
    if (model.clips.empty()) poses.push_back(rest_pose(model.skeleton));
    else if (model.clips.front().poses.size() == truth.times.size()) poses.push_back(model.clips.front().poses[poses.size()]);
    else poses.push_back(sample_clip(model.clips.front(), model.clips.front().times.front() + time - truth.times.front()));
  }
  nlohmann::json json = {{"clip", true_motion.clip}};
  const auto scored = score_motion(model, poses, true_motion.model, true_motion.poses);
  if (!scored) {  // e.g. a body plan that has nothing in common with the truth's: a poor result, not a wrong call
    json["not_compared"] = scored.error().message;
    return json;
  }
  const MotionScore& score = *scored;
  json.update({{"limbs_compared", score.limbs.size()},
               {"limbs_of_truth", score.limbs_of_truth},
               {"angle_error", score.angle_error},
               {"swing", score.swing}});
  if (score.period > 0) json["period_frames"] = score.period;
  if (score.phase_error) json["phase_error"] = *score.phase_error;
  if (score.swapped) json["swapped"] = *score.swapped;
  for (const LimbScore& limb : score.limbs) {
    nlohmann::json one = {{"limb", limb.limb}, {"angle_error", limb.angle_error}, {"swing", limb.swing}};
    if (limb.phase_error) one["phase_error"] = *limb.phase_error;
    json["limbs"].push_back(std::move(one));
  }
  return json;
}

void add_steadiness(const Shapes& shapes, const MeshSequence& truth, nlohmann::json& scores) {
  const double own = surface_acceleration(truth);
  scores["truth_surface_acceleration"] = own;
  for (std::size_t i = 1; i < shapes.faces.size(); ++i)
    if (shapes.verts[i].rows() != shapes.verts[0].rows() || shapes.faces[i].rows() != shapes.faces[0].rows()) return;
  const double result = surface_acceleration({shapes.faces.front(), shapes.verts, truth.times});
  scores["surface_acceleration"] = result;
  if (own > 0) scores["jitter_ratio"] = result / own;
}

nlohmann::json to_json(const FrameScore& score) {
  return {{"chamfer", score.chamfer}, {"f2", score.f2}, {"f5", score.f5}, {"f10", score.f10}};
}

}  // namespace

const OptionTable<EvaluateOptions>& evaluate_options() {
  static const OptionTable<EvaluateOptions> table = [] {
    OptionTable<EvaluateOptions> t;
    using E = EvaluateOptions;
    t.add("samples", &E::samples, 100, 1000000, "points drawn on each surface; 20000 is the published convention");
    t.add("icp-iterations", &E::icp_iterations, 1, 1000, "most steps of each rigid alignment");
    t.add("align", &E::align, "one scale for the clip and a rigid alignment a frame; off scores the shapes as they lie");
    t.add("seed", &E::seed, 0, 1000000, "draw of the points");
    t.add("fps", &E::fps, 0.1, 1000, "rate of the .anime files and mesh folders, which do not state theirs");
    return t;
  }();
  return table;
}

Result<nlohmann::json> evaluate(const EvaluateInput& input, const EvaluateOptions& options, JobContext* job) {
  if (input.masks.empty() != input.cameras.empty())
    return fail(ErrorCode::kUsage, "--masks and --cameras must be given together");
  begin_phase(job, "read");
  MP4D_TRY(truth, read_anime(input.truth, options.fps));
  MP4D_TRY(player, Player::open(input.result, "", options.fps));
  MP4D_CHECK(check_memory(player.at(0), truth.frames.size(), options.samples));
  nlohmann::json scores;
  MP4D_TRY(shapes, shapes_of(player, truth, input, scores));
  if (!input.masks.empty()) {
    MP4D_TRY(iou, reprojection_iou(shapes, input, job));
    scores["mask_iou"] = iou;
  }
  MP4D_CHECK(add_skeleton_figures(input.result, scores));
  if (!input.truth_model.empty()) {
    MP4D_TRY(motion, motion_figures(input, truth));
    scores["motion"] = std::move(motion);
  }
  add_steadiness(shapes, truth, scores);

  begin_phase(job, "score", static_cast<int>(truth.frames.size()));
  MetricOptions metric;
  metric.samples = options.samples;
  metric.icp_iterations = options.icp_iterations;
  metric.align = options.align;
  metric.seed = static_cast<unsigned>(options.seed);
  MP4D_TRY(score, score_sequence(shapes.verts, shapes.faces, truth, metric, job));
  scores.update(to_json(score.mean));
  scores["scale"] = score.scale;
  scores["frames"] = score.frames.size();
  for (const FrameScore& frame : score.frames) scores["per_frame"].push_back(to_json(frame));
  if (input.held_still) {
    begin_phase(job, "held still", static_cast<int>(truth.frames.size()));
    const std::vector<Points> still(truth.frames.size(), truth.frames.front());
    MP4D_TRY(held, score_sequence(still, {truth.faces}, truth, metric, job));
    scores["held_still"] = to_json(held.mean);
  }
  return scores;
}

std::string score_table(const nlohmann::json& scores) {
  struct Line {
    const char* key;
    const char* name;
    const char* unit;
    int digits;
  };
  static constexpr Line kLines[] = {
      {"chamfer", "Chamfer distance", "% of longest side", 2},
      {"f2", "F-score at 2 %", "%", 1},
      {"f5", "F-score at 5 %", "%", 1},
      {"f10", "F-score at 10 %", "%", 1},
      {"scale", "scale applied", "", 4},
      {"mask_iou", "mask IoU", "", 4},
      {"bone_length_variation", "bone length variation", "std/mean", 5},
      {"angular_acceleration", "joint acceleration", "rad/s^2", 2},
      {"surface_acceleration", "surface acceleration", "sizes/s^2", 3},
      {"truth_surface_acceleration", "  the truth's", "sizes/s^2", 3},
      {"jitter_ratio", "  ratio", "x", 2},
      {"motion/angle_error", "limb angle error", "degrees", 1},
      {"motion/swing", "  of one held still", "degrees", 1},
      {"motion/phase_error", "limb phase error", "degrees", 1},
      {"motion/swapped", "left/right swapped", "% of frames", 1},
      {"held_still/chamfer", "truth held still: CD", "% of longest side", 2},
      {"held_still/f2", "  F-score at 2 %", "%", 1},
      {"held_still/f5", "  F-score at 5 %", "%", 1},
  };
  std::string table = fmt::format("{:<24}{:>10}\n", "frames", scores.at("frames").get<int>());
  for (const Line& line : kLines) {
    const nlohmann::json::json_pointer key(fmt::format("/{}", line.key));
    if (scores.contains(key))
      table += fmt::format("{:<24}{:>10.{}f} {}\n", line.name, scores[key].get<double>(), line.digits, line.unit);
  }
  if (scores.contains("/motion/limbs_compared"_json_pointer))
    table += fmt::format("Limbs compared: {} of the truth's {}, clip {}.\n", scores["motion"]["limbs_compared"].get<int>(),
                         scores["motion"]["limbs_of_truth"].get<int>(), scores["motion"]["clip"].get<std::string>());
  else if (scores.contains("motion"))
    table += fmt::format("Not compared: {}.\n", scores["motion"]["not_compared"].get<std::string>());
  if (scores.contains("resampled")) table += "The clip was sampled at the truth's times, its keys are others.\n";
  if (scores.contains("still")) table += "The result does not move: it was held for the whole clip.\n";
  return table;
}

}  // namespace mp4d
