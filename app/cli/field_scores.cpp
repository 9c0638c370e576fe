#include "app/cli/field_scores.h"
#include "app/cli/field_job.h"
#include "core/json_file.h"
#include "io/camera_set.h"
#include "io/model_io.h"
#include "reconstruction/field/field_run.h"
#include <algorithm>
#include <optional>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

Vec3 background_for(const std::string& name, const PosedScene& scene) {
  const bool alpha = std::any_of(scene.views.begin(), scene.views.end(), [](const PosedView& view) { return view.image.channels == 4; });
  return name == "white" || (name == "auto" && alpha) ? Vec3(Vec3::Ones()) : Vec3(Vec3::Zero());
}

/// Of the mesh that is given, else of the field's own.
Result<json> surface_scores(const FieldEvalFiles& files, const FieldCheckpoint* saved, const std::vector<Camera>& cameras,
                            const SurfaceScoreOptions& options, JobContext& job) {
  MP4D_TRY(truth, read_model(files.mesh_truth, &job));
  Mesh mesh;
  if (files.mesh.empty()) {
    MP4D_TRY(made, mesh_of_field(*saved, {}, &job));
    mesh = std::move(made);
  } else {
    MP4D_TRY(given, read_model(files.mesh, &job));
    mesh = std::move(given.mesh);
  }
  MP4D_TRY(score, score_surface(mesh, truth.mesh, cameras, options, &job));
  json out = score.to_json();
  out["threshold"] = options.threshold;
  return out;
}

void print_table(const FieldScores& scores, const std::string& metric) {
  const auto line = [&](const std::string& name, double psnr, double u8, double ssim, double torchmetrics, double lpips) {
    fmt::print("{:<32} {:>7.2f} {:>7.2f} {:>7.4f} {:>7.4f}", name, psnr, u8, ssim, torchmetrics);
    fmt::print("{}\n", metric.empty() ? "" : fmt::format(" {:>7.4f}", lpips));
  };
  fmt::print("{:<32} {:>7} {:>7} {:>7} {:>7}{}\n", "view", "PSNR", "u8", "SSIM", "SSIM-tm", metric.empty() ? "" : " " + metric);
  for (const json& v : scores.views)
    line(v["name"].get<std::string>(), v["psnr"].get<double>(), v["psnr_u8"].get<double>(), v["ssim"].get<double>(),
         v["ssim_torchmetrics"].get<double>(), v.value("lpips", 0.0));
  line("mean", scores.psnr, scores.psnr_u8, scores.ssim_mip_nerf, scores.ssim_torchmetrics, scores.lpips);
}

}  // namespace

const OptionTable<FieldSceneReading>& field_scene_reading() {
  static const OptionTable<FieldSceneReading> table = [] {
    OptionTable<FieldSceneReading> t;
    using S = FieldSceneReading;
    t.add("hold-out", &S::hold_out, 1, 1000,
          "--images of a scene: every so many-th picture is a view to score where the scene has no split; a run knows its own");
    t.add("max-side", &S::max_side, 0, 65536, "--images of a scene: the truth is shrunk to this longer side; 0 = as it is");
    t.add("background", &S::background, {"auto", "black", "white"},
          "--images of a scene: what alpha is blended onto; auto = white where pictures have alpha");
    return t;
  }();
  return table;
}

Result<void> evaluate_field(const FieldEvalFiles& files, const FieldSceneReading& options, const SurfaceScoreOptions& surface_options,
                            Session& session) {
  if (!files.mesh.empty() && files.mesh_truth.empty())
    return fail(ErrorCode::kUsage, "--mesh: a mesh is scored against a true one; give --mesh-truth, too");
  std::error_code error;
  const bool of_others = !files.images.empty() || !files.mesh.empty();
  const bool run = !of_others || fs::exists(field_file(files.input), error);
  const bool views = run || !files.images.empty();
  FieldCheckpoint saved;
  std::string path = files.input;
  PosedSceneOptions reading;
  reading.hold_out = options.hold_out;
  reading.max_side = options.max_side;
  if (run) {
    MP4D_CHECK(field_scene_reading().refuse_changed(&options, {"hold-out", "max-side", "background"}, "the run has its own; leave it out"));
    MP4D_TRY(loaded, load_trained_field(field_file(files.input)));
    saved = std::move(loaded);
    const json& noted = saved.about["scene"];
    path = files.scene.empty() ? noted["path"].get<std::string>() : files.scene;
    const fs::path own = fs::path(files.input) / "colmap";  // goes where the run goes
    if (files.scene.empty() && fs::path(path).filename() == own.filename() && fs::exists(own, error)) path = own.string();
    reading.hold_out = noted["hold-out"].get<int>();
    reading.max_side = noted["max-side"].get<int>();
  } else {
    if (!files.scene.empty()) return fail(ErrorCode::kUsage, "--scene: {} is a scene itself; leave it out", files.input);
    if (!files.mesh_truth.empty() && files.mesh.empty())
      return fail(ErrorCode::kUsage, "--mesh-truth: a scene has no mesh; give the one to score with --mesh, too");
  }
  std::vector<JobContext::Phase> phases{{"read", 1}};
  if (views) phases.push_back({"score", 1});
  if (!files.mesh_truth.empty()) {
    if (files.mesh.empty()) phases.insert(phases.end(), {{"look", 1}, {"surface", 1}});
    phases.push_back({"compare", 2});
  }
  std::optional<PerceptualMetric> metric;
  if (!files.lpips.empty()) {
    if (!views) return fail(ErrorCode::kUsage, "--lpips: scores pictures; give --images, too");
    MP4D_TRY(opened, PerceptualMetric::open(files.lpips));
    metric = std::move(opened);
  }
  JobContext job = session.console.job(phases, session.cancel);
  job.begin_phase("read");
  MP4D_TRY(scene, read_posed_scene(path, reading, &job));
  const Vec3 background = run ? background_of(saved.about) : background_for(options.background, scene);
  const PerceptualMetric* by = metric ? &*metric : nullptr;
  FieldScores scores;
  if (views) {
    job.begin_phase("score");
    MP4D_TRY(found, files.images.empty() ? score_field(saved.field, scene, march_of(saved.about), background, &job, by)
                                         : score_pictures(files.images, scene, background, &job, by));
    scores = std::move(found);
  }
  json surface;
  if (!files.mesh_truth.empty()) {
    std::vector<Camera> cameras;
    for (const PosedView& view : scene.views) cameras.push_back(view.camera);
    if (run) {
      MP4D_TRY(set, cameras_from_json(saved.about["cameras"], "cameras of the field"));
      cameras = std::move(set.cameras);
    }
    MP4D_TRY(found, surface_scores(files, &saved, cameras, surface_options, job));
    surface = std::move(found);
  }
  job.finish();
  if (files.as_json) {
    json out{{"scene", path}};
    if (views) {
      out["mean"] = {{"psnr", scores.psnr}, {"psnr_u8", scores.psnr_u8}, {"ssim", scores.ssim_mip_nerf},
                     {"ssim_torchmetrics", scores.ssim_torchmetrics}};
      out["views"] = scores.views;
    }
    if (!files.images.empty()) out["images"] = files.images;
    if (files.images.empty() && run) out["s3im_weight"] = saved.about["s3im_weight"];
    if (metric) out["mean"]["lpips"] = scores.lpips;
    if (!surface.empty()) out["mesh"] = surface;
    fmt::print("{}\n", json_text(out, 2));
    return {};
  }
  if (views) print_table(scores, metric ? fs::path(files.lpips).stem().string() : "");
  for (const auto& [name, value] : surface.items()) fmt::print("{:<32} {:>7.4g}\n", "mesh " + name, value.get<double>());
  return {};
}

}  // namespace mp4d
