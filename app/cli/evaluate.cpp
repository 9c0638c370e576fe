#include "app/cli/evaluate.h"
#include "app/cli/files.h"
#include "app/cli/player.h"
#include "io/camera_set.h"
#include "io/input_kind.h"
#include "io/masks.h"
#include "io/model_io.h"
#include "reconstruction/articulated/metrics.h"
#include "render/hard_raster.h"
#include <cmath>

namespace mp4d {
namespace {

/// The result at every moment of the truth.
struct Shapes {
  std::vector<Points> verts;
  std::vector<Faces> faces;
};

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
  nlohmann::json scores;
  MP4D_TRY(shapes, shapes_of(player, truth, input, scores));
  if (!input.masks.empty()) {
    MP4D_TRY(iou, reprojection_iou(shapes, input, job));
    scores["mask_iou"] = iou;
  }
  MP4D_CHECK(add_skeleton_figures(input.result, scores));
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
  };
  std::string table = fmt::format("{:<24}{:>10}\n", "frames", scores.at("frames").get<int>());
  for (const Line& line : kLines)
    if (scores.contains(line.key))
      table += fmt::format("{:<24}{:>10.{}f} {}\n", line.name, scores[line.key].get<double>(), line.digits, line.unit);
  if (scores.contains("resampled")) table += "The clip was sampled at the truth's times, its keys are others.\n";
  if (scores.contains("still")) table += "The result does not move: it was held for the whole clip.\n";
  return table;
}

}  // namespace mp4d
