#include "app/cli/files.h"
#include "app/cli/pictures.h"
#include "app/cli/preview.h"
#include "app/cli/reconstruct_job.h"
#include "app/cli/session.h"
#include "app/cli/table_flags.h"
#include "core/json_file.h"
#include "core/runtime.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include <chrono>
#include <numeric>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

struct ReconstructCommand {
  std::string config;
  bool print_config = false;
  std::unique_ptr<TableFlags> files;
  std::unique_ptr<TableFlags> options;
  std::unique_ptr<TableFlags> format;
};

Result<ReconstructJob> effective_job(const ReconstructCommand& command) {
  ReconstructJob job;
  if (!command.config.empty()) MP4D_CHECK(read_job(command.config, job));
  MP4D_CHECK(command.files->apply(&job.files));
  MP4D_CHECK(command.options->apply(&job.options));
  MP4D_CHECK(command.format->apply(&job.format));
  return job;
}

Result<void> check_is_folder(const char* flag, const std::string& path) {
  std::error_code error;
  if (path.empty() || fs::is_directory(path, error)) return {};
  return fail(ErrorCode::kInput, "{} {}: no such folder; check the name", flag, path);
}

ReconstructInput input_of(const ReconstructFiles& files) { return {files.clip, files.masks, files.guess, files.work}; }

/// Everything that can be known to be wrong before the long work.
Result<void> check_job(const ReconstructJob& job, const std::string& config) {
  const ReconstructFiles& files = job.files;
  if (files.clip.empty())
    return fail(ErrorCode::kUsage, "no CLIP; name a video, e.g. magicpose4d reconstruct walk.mp4");
  if (files.out.empty()) return fail(ErrorCode::kUsage, "no output; give -o FILE.glb");
  MP4D_CHECK(check_export("-o", files.out, job.format));
  MP4D_CHECK(check_output("-o", report_path(files.out), {".json"}));
  if (!files.preview.empty()) MP4D_CHECK(check_output("--preview", files.preview, {".mp4", ".gif"}));
  if (!files.turntable.empty()) MP4D_CHECK(check_output("--turntable", files.turntable, {".mp4", ".gif"}));
  std::error_code error;
  if (!config.empty() && fs::equivalent(config, report_path(files.out), error))
    return fail(ErrorCode::kUsage, "{}: the report would replace the job file; choose another name for -o", config);
  MP4D_CHECK(check_is_folder("--masks", files.masks));
  if (!files.work.empty() && fs::exists(files.work, error)) MP4D_CHECK(check_is_folder("--work", files.work));
  MP4D_TRY(kind, check_reconstruction(input_of(files), job.options));
  if (!files.preview.empty() && kind != InputKind::kClip)
    return fail(ErrorCode::kUsage, "--preview: {} has no pictures to show; use --turntable", files.clip);
  return {};
}

constexpr const char* kWritePhase = "write";
constexpr const char* kPreviewPhase = "preview";
constexpr const char* kTurntablePhase = "turntable";

std::vector<JobContext::Phase> phases_of(const ReconstructFiles& files) {
  std::vector<JobContext::Phase> phases = reconstruct_phases();
  const double weight = std::accumulate(phases.begin(), phases.end(), 0.0,
                                        [](double sum, const JobContext::Phase& phase) { return sum + phase.weight; });
  phases.push_back({kWritePhase, 0.01 * weight});
  if (!files.preview.empty()) phases.push_back({kPreviewPhase, 0.2 * weight});
  if (!files.turntable.empty()) phases.push_back({kTurntablePhase, 0.2 * weight});
  return phases;
}

Result<void> write_preview(const ReconstructJob& job, const ReconstructResult& result, JobContext* context) {
  const ReconstructOptions& o = job.options;
  MP4D_TRY(frames, read_frames(job.files.clip, {o.start, o.end, o.step, o.fps, o.max_frames}));
  const nlohmann::json& used = result.report["frames"];
  keep_frames(frames, used["first"].get<std::size_t>(), used["count"].get<std::size_t>());
  begin_phase(context, kPreviewPhase, static_cast<int>(frames.images.size()));
  MP4D_TRY(pictures, preview_pictures(frames, result, context));
  return write_video(job.files.preview, pictures, frames.fps);
}

Result<void> write_turntable(const ReconstructJob& job, const ReconstructResult& result, JobContext* context) {
  const Player player(result.model, result.model.clips.empty() ? -1 : 0);
  RenderOptions view;
  view.orbit = 360;
  view.seconds = std::max(4.0, player.duration());
  const std::vector<Shot> shots = video_shots(player, view);
  begin_phase(context, kTurntablePhase, static_cast<int>(shots.size()));
  MP4D_TRY(pictures, draw_shots(player, shots, view, context));
  return write_video(job.files.turntable, pictures, view.fps);
}

nlohmann::json full_report(const ReconstructJob& job, const ReconstructResult& result, double seconds) {
  nlohmann::json report = result.report;
  const std::vector<double> no_times;
  const std::vector<double>& times = result.model.clips.empty() ? no_times : result.model.clips.front().times;
  CameraSet set{result.cameras, times.size() > 1 ? (times.size() - 1) / (times.back() - times.front()) : 0};
  report["version"] = MP4D_VERSION;
  report["job"] = to_json(job);
  report["cameras"] = cameras_to_json(set);
  report["total_seconds"] = seconds;
  report["peak_memory_mb"] = static_cast<double>(peak_memory()) / 1e6;
  return report;
}

/// The model first: a video that fails must not cost the result.
Result<ExportReport> write_results(const ReconstructJob& job, const ReconstructResult& result, double seconds,
                                   JobContext* context) {
  context->begin_phase(kWritePhase);
  MP4D_TRY(written, export_model(job.files.out, result.model, job.format, context));
  MP4D_CHECK(write_json(report_path(job.files.out), full_report(job, result, seconds)));
  if (!job.files.preview.empty()) MP4D_CHECK(write_preview(job, result, context));
  if (!job.files.turntable.empty()) MP4D_CHECK(write_turntable(job, result, context));
  return std::move(written);
}

void print_summary(const ReconstructJob& job, const ReconstructResult& result, const ExportReport& written,
                   double seconds) {
  const RiggedModel& model = result.model;
  const std::size_t frames = model.clips.empty() ? 0 : model.clips.front().times.size();
  fmt::print("{}: {} vertices, {} joints, {} frames, {:.1f} s, peak memory {:.2f} GB\n", job.files.out,
             model.mesh.verts.rows(), model.skeleton.size(), frames, seconds, peak_memory() / 1e9);
  for (const std::string& line : describe(written)) fmt::print("{}\n", line);
  fmt::print("{}\n", report_path(job.files.out).string());
  for (const std::string& video : {job.files.preview, job.files.turntable})
    if (!video.empty()) fmt::print("{}\n", video);
}

Result<void> run_reconstruct(const ReconstructCommand& command, Session& session) {
  MP4D_TRY(job, effective_job(command));
  if (command.print_config) {
    fmt::print("{}\n", json_text(to_json(job), 2));
    return {};
  }
  MP4D_CHECK(check_job(job, command.config));

  JobContext context = session.console.job(phases_of(job.files), session.cancel);
  const auto start = std::chrono::steady_clock::now();
  MP4D_TRY(result, reconstruct(input_of(job.files), job.options, &context));
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  MP4D_TRY(written, write_results(job, result, seconds, &context));
  context.finish();
  print_summary(job, result, written, seconds);
  return {};
}

}  // namespace

void add_reconstruct(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("reconstruct", "Turn a video into a rigged, animated GLB.");
  const auto command = std::make_shared<ReconstructCommand>();
  command->files =
      std::make_unique<TableFlags>(*sub, reconstruct_files(), "Files",
                                   std::map<std::string, std::string>{{"clip", "CLIP,--clip"}, {"out", "-o,--out"}});
  command->options = std::make_unique<TableFlags>(*sub, reconstruct_options(), "Method");
  command->format = std::make_unique<TableFlags>(*sub, export_options(), "Written file");
  sub->add_option("--config", command->config,
                  "JSON object with any of the flags above as keys (without the dashes); flags win over it")
      ->type_name("FILE.json");
  sub->add_flag("--print-config", command->print_config, "print the effective configuration as JSON and stop");
  add_run_flags(*sub, session);
  sub->callback(
      [command, &session] { session.command = [command, &session] { return run_reconstruct(*command, session); }; });
}

}  // namespace mp4d
