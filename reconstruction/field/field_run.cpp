#include "reconstruction/field/field_run.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/json_file.h"
#include "core/runtime.h"
#include "io/camera_set.h"
#include "reconstruction/field/field_view.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kProgressSteps = 1000;
constexpr double kReportEvery = 0.1;  // of the progress
// Of a training towards a PSNR, what looking whether it is reached may take; drawing a ray takes a third of training on it.
constexpr double kLookShare = 0.1, kLookCost = 1.0 / 3;

constexpr int kPreviewSide = 240;
constexpr double kPreviewShare = 0.05;  // of the time that pictures for a preview may take
constexpr double kPreviewEvery = 1;     // s between them at least

/// What the curve's next point is made of.
struct Sums {
  double mse = 0, seconds = 0, s3im_seconds = 0, s3im = 0, weighted_s3im = 0;
  std::size_t steps = 0, visited = 0, shaded = 0;
};

json camera_list(std::vector<Camera> cameras) {
  CameraSet set;
  set.cameras = std::move(cameras);
  return cameras_to_json(set);
}

/// The first view that is held out, else the first.
const PosedView& preview_view(const PosedScene& scene) {
  const auto found = std::find_if(scene.views.begin(), scene.views.end(), [](const PosedView& view) { return view.held_out; });
  return found == scene.views.end() ? scene.views.front() : *found;
}

Camera small(const Camera& camera) {
  const double scale = std::min(1.0, double(kPreviewSide) / std::max(camera.width, camera.height));
  return resized(camera, std::max(1, static_cast<int>(std::lround(scale * camera.width))),
                 std::max(1, static_cast<int>(std::lround(scale * camera.height))));
}

json vector_of(const Vec3& v) { return {v.x(), v.y(), v.z()}; }

json list_of(const std::vector<Vec3>& vectors) {
  json out = json::array();
  for (const Vec3& v : vectors) out.push_back(vector_of(v));
  return out;
}

std::vector<Vec3> vectors_of(const json& list) {
  std::vector<Vec3> out;
  for (const json& v : list) out.emplace_back(v.at(0).get<float>(), v.at(1).get<float>(), v.at(2).get<float>());
  return out;
}

/// What Run::save() noted of a training; nothing if it is damaged.
struct SavedState {
  TrainerState trainer;
  std::vector<float> poses;
  double seconds = 0, next_report = 0;
};
std::optional<SavedState> saved_state(const json& about) {
  SavedState out;
  try {
    const json& state = about.at("state");
    for (const char* whole : {"step", "level", "next_update"})
      if (!state.at(whole).is_number_integer()) return std::nullopt;
    out.trainer = {state.at("step").get<std::uint64_t>(), state.at("level").get<int>(), state.at("next_update").get<std::uint64_t>(),
                   {vectors_of(state.at("exposures")), vectors_of(state.at("exposure_squares"))}, {}};
    out.poses = state.value("poses", std::vector<float>());
    out.seconds = state.at("seconds").get<double>();
    out.next_report = state.at("next_report").get<double>();
  } catch (const json::exception&) {
    return std::nullopt;
  }
  // A report is due every tenth of the way: one that lies far behind would be made up for at every step.
  if (!(out.seconds >= 0) || !(out.next_report > 0)) return std::nullopt;
  if (!std::all_of(out.poses.begin(), out.poses.end(), [](float v) { return std::isfinite(v); })) return std::nullopt;
  return out;
}

/// Of pictures, masks and cameras: the same names may come to stand for others.
std::string content_of(const PosedScene& scene) {
  ContentHash hash;
  for (const PosedView& view : scene.views) {
    const Camera& c = view.camera;
    hash.number(c.width).number(c.height);
    for (const float number : {c.fx, c.fy, c.cx, c.cy, view.time}) hash.number(number);
    hash.bytes(c.camera_from_world.matrix().data(), sizeof(float) * 16);
    hash.number(view.lens.kind).number(view.lens.p1).number(view.lens.p2).number(view.held_out);
    for (const double number : view.lens.k) hash.number(number);
    for (const double number : view.lens.d) hash.number(number);
    hash.bytes(view.image.data.data(), view.image.data.size()).bytes(view.mask.data.data(), view.mask.data.size());
  }
  return hash.hex();
}

/// What must agree for a training to be gone on with.
json identity_of(const FieldTrainOptions& options, const S3imOptions& s3im, const PosedScene& scene) {
  json names = json::array();
  for (const PosedView& view : scene.views) names.push_back(view.name);
  json o = field_train_options().to_json(&options);
  o.erase("until-psnr");
  return {{"options", o}, {"s3im", s3im_options().to_json(&s3im)}, {"views", names}, {"content", content_of(scene)}};
}

double psnr_of_mse(double mse) { return mse > 0 ? -10 * std::log10(mse) : 100; }

class Run {
 public:
  Run(const PosedScene& scene, const std::string& scene_path, const FieldTrainOptions& options, const S3imOptions& s3im,
      const fs::path& folder, FieldTrainer& trainer)
      : scene_(scene), options_(options), folder_(folder), trainer_(trainer) {
    const SceneGeometry& g = trainer.geometry();
    about_ = {{"version", 1},
              {"identity", identity_of(options, s3im, scene)},
              {"scene", {{"path", scene_path}, {"format", scene.format}, {"hold-out", options.hold_out},
                         {"max-side", options.max_side}}},
              {"box", {{"min", vector_of(g.box.min())}, {"max", vector_of(g.box.max())}, {"from", g.source}}},
              {"inside", g.inside},
              {"centre", vector_of(g.centre)},
              {"up", vector_of(g.up)},
              {"near", trainer.near()},
              {"background", vector_of(trainer.view_background())},
              {"s3im_weight", trainer.s3im_weight()},
              {"cameras", camera_list(trainer.cameras())},
              {"curve", json::array()}};
    double pixels = 0;
    for (const PosedView& view : scene.views)
      if (can_be_scored(view)) pixels += static_cast<double>(view.image.pixels());
    has_held_out_ = pixels > 0;
    look_every_ = static_cast<std::uint64_t>(std::ceil(1 + kLookCost * pixels / (kLookShare * options.batch)));
  }

  Result<void> resume() {
    const fs::path file = field_file(folder_);
    std::error_code error;
    if (!fs::exists(file, error)) return {};
    MP4D_TRY(saved, load_trained_field(file));
    if (saved.about.value("identity", json()) != about_["identity"])
      return fail(ErrorCode::kUsage, "{}: holds a field of another scene or of other options; give a new folder, or the same options to go on",
                  file.string());
    auto state = saved_state(saved.about);
    if (!state) return fail(ErrorCode::kInput, "{}: the state of its training is damaged; train anew in another folder", file.string());
    state->trainer.poses = trainer_.state().poses;
    if (!state->trainer.poses.restore(state->poses))
      return fail(ErrorCode::kInput, "{}: holds poses of other cameras; train anew in another folder", file.string());
    if (!trainer_.restore(std::move(saved.field), std::move(state->trainer)))
      return fail(ErrorCode::kInput, "{}: the field or the state in it is not of this training; train anew in another folder", file.string());
    seconds_ = state->seconds;
    next_report_ = state->next_report;
    about_["curve"] = saved.about["curve"];
    about_["state"] = saved.about["state"];
    return {};
  }

  double progress() const {
    const double share = options_.steps > 0 ? static_cast<double>(trainer_.state().step) / options_.steps
                                            : seconds_ / (60 * options_.minutes);
    return std::min(share, 1.0);
  }

  Result<void> train(JobContext* job, Viewer* viewer) {
    for (bool reached = was_reached(); !reached && progress() < 1;) {
      if (cancelled(job)) {
        MP4D_CHECK(save());
        return check(job);
      }
      MP4D_TRY(report, trainer_.step(progress()));
      seconds_ += report.seconds;
      sums_.mse += report.mse;
      sums_.s3im += report.s3im;
      sums_.weighted_s3im += report.s3im_weight * report.s3im;
      sums_.seconds += report.seconds;
      sums_.s3im_seconds += report.s3im_seconds;
      sums_.visited += report.visited;
      sums_.shaded += report.shaded;
      ++sums_.steps;
      step(job, static_cast<int>(kProgressSteps * progress()));
      recent_.mse += report.mse;
      recent_.weighted_s3im += report.s3im_weight * report.s3im;
      ++recent_.steps;
      if (viewer && viewer->wants()) show(*viewer);
      const bool due = progress() >= next_report_;
      if (!due) {
        MP4D_TRY(there, look_whether_reached());
        if (!there) continue;
      } else {
        next_report_ += kReportEvery;
      }
      MP4D_TRY(psnr, point(job, report.s3im_weight));
      reached = options_.until_psnr > 0 && psnr >= options_.until_psnr;
      MP4D_CHECK(save());
    }
    return {};
  }

  const json& about() const { return about_; }

 private:
  MarchOptions march() const {
    MarchOptions march;
    march.near = trainer_.near();
    return march;
  }

  /// Whether the training that is gone on with has all that is asked for now.
  bool was_reached() const {
    if (about_["curve"].empty() || options_.until_psnr <= 0) return false;
    const json& last = about_["curve"].back();
    return last["step"] == trainer_.state().step && last.value("psnr", 0.0) >= options_.until_psnr;
  }

  /// Every so many steps, counted so that the answer does not depend on the clock.
  Result<bool> look_whether_reached() const {
    if (options_.until_psnr <= 0 || trainer_.state().step % look_every_ != 0) return false;
    MP4D_TRY(psnr, held_out_psnr(trainer_.field(), scene_, march(), trainer_.view_background()));
    return psnr >= options_.until_psnr;
  }

  void show(Viewer& viewer) {
    const auto n = static_cast<double>(recent_.steps);
    Preview preview;
    preview.figures = {{"seconds", seconds_}, {"loss", (recent_.mse + recent_.weighted_s3im) / n}, {"psnr", psnr_of_mse(recent_.mse / n)}};
    if (!about_["curve"].empty() && about_["curve"].back().contains("psnr"))
      preview.figures.emplace_back("held-out psnr", about_["curve"].back()["psnr"].get<double>());
    recent_ = {};
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_picture_) {
      const PosedView& view = preview_view(scene_);
      preview.picture = std::make_shared<const Image>(
          to_8_bit(render_field(trainer_.field(), small(view.camera), view.lens, march(), trainer_.view_background(), view.time).colour));
      const auto end = std::chrono::steady_clock::now();
      const std::chrono::duration<double> wait(std::max(kPreviewEvery, std::chrono::duration<double>(end - now).count() / kPreviewShare));
      next_picture_ = end + std::chrono::duration_cast<std::chrono::steady_clock::duration>(wait);
    }
    viewer.show(preview);
  }

  /// Adds a point to the curve; returns the held-out PSNR. `weight`: of S3IM in the last step.
  Result<double> point(JobContext* job, double weight) {
    const auto n = static_cast<double>(sums_.steps), rays = n * options_.batch;
    json entry{{"step", trainer_.state().step},
               {"loss", (sums_.mse + sums_.weighted_s3im) / n},
               {"seconds", seconds_},
               {"train_psnr", psnr_of_mse(sums_.mse / n)},
               {"s3im", sums_.s3im / n},
               {"s3im_weight", weight},
               {"rays_per_second", rays / sums_.seconds},
               {"s3im_share", sums_.s3im_seconds / sums_.seconds},
               {"samples_per_ray", static_cast<double>(sums_.visited) / rays},
               {"shaded_per_ray", static_cast<double>(sums_.shaded) / rays},
               {"skipped_steps", trainer_.skipped_steps()}};
    double psnr = 0;
    std::string held_out;
    if (has_held_out_) {
      MP4D_TRY(scores, score_field(trainer_.field(), scene_, march(), trainer_.view_background()));
      entry["psnr"] = psnr = scores.psnr;
      entry["ssim"] = scores.ssim_mip_nerf;
      held_out = fmt::format(", held out {:.2f} dB", psnr);
    }
    info(job, fmt::format("step {}: {:.0f} s, train {:.2f} dB{}, {:.0f} rays/s, S3IM weight {:g} of {:g}, loss {:.3f}",
                          trainer_.state().step, seconds_, entry["train_psnr"].get<double>(), held_out,
                          entry["rays_per_second"].get<double>(), weight, trainer_.s3im_weight(), sums_.s3im / n));
    about_["curve"].push_back(std::move(entry));
    sums_ = {};
    return psnr;
  }

  Result<void> save() {
    const TrainerState& s = trainer_.state();
    about_["state"] = {{"step", s.step}, {"level", s.level}, {"next_update", s.next_update}, {"seconds", seconds_},
                       {"next_report", next_report_},
                       {"exposures", list_of(s.exposures.logs)}, {"exposure_squares", list_of(s.exposures.squares)}, {"peak_memory_mb", static_cast<double>(peak_memory()) / 1e6}};
    if (!s.poses.empty()) {
      about_["state"]["poses"] = s.poses.state();
      about_["cameras"] = camera_list(trainer_.cameras());
    }
    MP4D_CHECK(save_field(folder_ / kFieldFile, {about_, trainer_.field()}));
    return write_atomically(folder_ / kFieldLog, json_text(about_, 1) + "\n");
  }

  const PosedScene& scene_;
  const FieldTrainOptions& options_;
  const fs::path& folder_;
  FieldTrainer& trainer_;
  json about_;
  Sums sums_, recent_;  ///< since the last point, since the last preview
  std::chrono::steady_clock::time_point next_picture_{};
  double seconds_ = 0, next_report_ = kReportEvery;
  bool has_held_out_ = false;
  std::uint64_t look_every_ = 1;  ///< steps
};

}  // namespace

fs::path field_file(const fs::path& folder) {
  std::error_code error;
  const fs::path earlier = folder / "field.mp4d";
  return !fs::exists(folder / kFieldFile, error) && fs::exists(earlier, error) ? earlier : folder / kFieldFile;
}

Result<json> train_field(const PosedScene& scene, const std::string& scene_path, const FieldTrainOptions& options,
                         const S3imOptions& s3im, const fs::path& folder, JobContext* job, Viewer* viewer) {
  if (options.until_psnr > 0 && std::none_of(scene.views.begin(), scene.views.end(), can_be_scored))
    return fail(ErrorCode::kUsage, "--until-psnr: no view of the scene is held out, so nothing tells when it is reached; leave it out, or give --hold-out 8");
  MP4D_TRY(trainer, FieldTrainer::create(scene, options, s3im));
  MP4D_CHECK(make_folder(folder));
  Run run(scene, scene_path, options, s3im, folder, trainer);
  MP4D_CHECK(run.resume());
  begin_phase(job, kTrainPhase, kProgressSteps);
  MP4D_CHECK(run.train(job, viewer));
  return run.about();
}

}  // namespace mp4d
