#include "app/studio/field_work.h"
#include "app/cli/field_job.h"
#include "app/studio/issues.h"
#include "app/studio/tasks.h"
#include "app/studio/workspace.h"
#include "core/hash.h"
#include "core/json_file.h"
#include "io/colmap_run.h"
#include "io/posed_scene.h"
#include "reconstruction/field/field_run.h"

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kReadPhase = "read";
constexpr const char* kPathFile = "path.json";  // of the last film, in its run

/// Goes before the folder of a run, so that people recognise it.
std::string scene_name(const fs::path& path) { return path.has_filename() ? path.stem().string() : path.parent_path().filename().string(); }

}  // namespace

FieldWork::FieldWork(Job& job, Issues& issues, fs::path folder, QObject* parent)
    : QObject(parent), job_(job), issues_(issues), folder_(std::move(folder)) {
  connect(&job_, &Job::previewed, this, qOverload<const Preview&>(&FieldWork::take));
  connect(&job_, &Job::progressed, this, [this](const Progress& p) {
    if (training_ && p.phase == kTrainPhase && p.steps > 0) progress_ = double(p.step) / p.steps, Q_EMIT changed();
  });
  connect(&job_, &Job::started, this, &FieldWork::changed);
  connect(&job_, &Job::finished, this, [this] {
    const bool trained = training_;
    running_ = training_ = false;
    if (trained) read_run();
    Q_EMIT changed();
  });
}

fs::path FieldWork::run_folder() const {
  if (!scene_) return {};
  json options = field_train_options().to_json(&options_);
  options.erase("until-psnr");
  return folder_ / (scene_name(scene_->path) + "-" + ContentHash().text(scene_->path.string()).text(options.dump()).hex().substr(0, 12));
}

void FieldWork::start(const QString& name, std::vector<JobContext::Phase> phases, Job::WatchedWork work) {
  if (job_.running()) {
    issues_.add(Issues::Severity::kWarning, tr("%1 is running; stop it first").arg(job_.name()));
    return;
  }
  running_ = true;
  job_.start_watched(name, std::move(phases), std::move(work));
  Q_EMIT changed();
}

void FieldWork::open(const fs::path& scene) {
  start(tr("Open %1").arg(file_name(scene)), {{kReadPhase, 1}}, [this, scene, bounds = options_.bounds](JobContext& context, [[maybe_unused]] Viewer& viewer) -> Result<Job::Commit> {
    context.begin_phase(kReadPhase);
    MP4D_TRY(seen, look_at_scene(scene, bounds, &context));
    return [this, seen = std::make_shared<FieldScene>(std::move(seen))] { take(std::move(*seen)); };
  });
}

void FieldWork::open_photos(const fs::path& photos) {
  auto phases = colmap_phases();
  phases.push_back({kReadPhase, 1});
  const fs::path into = folder_ / (scene_name(photos) + "-cameras-" + ContentHash().text(fs::absolute(photos).string()).text(photos_key(photos, {})).hex().substr(0, 12));
  start(tr("Find cameras"), phases, [this, photos, into, bounds = options_.bounds](JobContext& context, [[maybe_unused]] Viewer& viewer) -> Result<Job::Commit> {
    MP4D_TRY(posed, pose_pictures(photos, into, {}, &context));
    if (!posed.lost.empty()) context.warn(fmt::format("{} of {} pictures could not be placed", posed.lost.size(), posed.pictures));
    context.begin_phase(kReadPhase);
    MP4D_TRY(seen, look_at_scene(into, bounds, &context));
    return [this, seen = std::make_shared<FieldScene>(std::move(seen))] { take(std::move(*seen)); };
  });
}

void FieldWork::take(FieldScene scene) {
  scene_ = std::move(scene);
  path.clear();
  read_run();
  Q_EMIT scene_changed();
  Q_EMIT changed();
}

void FieldWork::set_option(const std::string& name, const std::string& text) {
  FieldTrainOptions tried = options_;
  if (const auto done = field_train_options().set(&tried, name, text); !done) {
    issues_.add(Issues::Severity::kError, QString::fromStdString(done.error().message));
  } else if (field_train_options().to_json(&tried) != field_train_options().to_json(&options_)) {
    options_ = tried;
    read_run();
    if (name == "bounds" && scene_) {
      if (const auto set = set_bounds(*scene_, options_.bounds); !set) issues_.add(Issues::Severity::kError, QString::fromStdString(set.error().message));
      Q_EMIT scene_changed();
    }
  }
  Q_EMIT changed();
}

void FieldWork::set_mesh_option(const std::string& name, const std::string& text) {
  if (const auto done = field_mesh_options().set(&mesh_options_, name, text); !done)
    issues_.add(Issues::Severity::kError, QString::fromStdString(done.error().message));
  Q_EMIT changed();
}

/// What an earlier session left of this run.
void FieldWork::read_run() {
  curve_.clear();
  held_out_.clear();
  progress_ = 0;
  if (!scene_) return;
  const auto about = read_json(run_folder() / kFieldLog);
  if (!about) {
    picture_ = {};
    return;
  }
  // The file may be damaged, and a loss that was not finite is null.
  const auto item = [](const json& object, const char* name) { return object.is_object() && object.contains(name) ? object[name] : json(); };
  const auto number = [&item](const json& object, const char* name) {
    const json value = item(object, name);
    return value.is_number() ? value.get<double>() : 0.0;
  };
  for (const json& point : item(*about, "curve")) {
    curve_.push_back({number(point, "seconds"), number(point, "loss"), number(point, "train_psnr")});
    if (item(point, "psnr").is_number()) held_out_.emplace_back(number(point, "seconds"), number(point, "psnr"));
  }
  const json state = item(*about, "state");
  progress_ = std::min(1.0, options_.steps > 0 ? number(state, "step") / options_.steps : number(state, "seconds") / (60 * options_.minutes));
}

void FieldWork::train() {
  if (!scene_) return;
  training_ = true;
  start(tr("Train"), {{kReadPhase, 1}, {kTrainPhase, 30}}, [scene = scene_->path, options = options_, folder = run_folder()](JobContext& context, [[maybe_unused]] Viewer& viewer) -> Result<Job::Commit> {
    context.begin_phase(kReadPhase);
    PosedSceneOptions reading;
    reading.hold_out = options.hold_out;
    reading.max_side = options.max_side;
    MP4D_TRY(read, read_posed_scene(scene, reading, &context));
    MP4D_CHECK(train_field(read, scene.string(), options, {}, folder, &context, &viewer));
    return Job::Commit();
  });
  training_ = running_;
}

void FieldWork::take(const Preview& preview) {
  if (!training_) return;
  if (preview.picture) picture_ = to_qimage(*preview.picture);
  FieldPoint point;
  for (const auto& [name, value] : preview.figures) {
    if (name == "seconds") point.seconds = value;
    if (name == "loss") point.loss = value;
    if (name == "psnr") point.psnr = value;
  }
  if (point.psnr != 0) curve_.push_back(point);
  for (const auto& [name, value] : preview.figures)
    if (name == "held-out psnr" && (held_out_.empty() || held_out_.back().second != value)) held_out_.emplace_back(point.seconds, value);
  Q_EMIT changed();
}

void FieldWork::write_view(const fs::path& out) { render(tr("Orbit"), {}, out); }

void FieldWork::render(const QString& name, const FieldRenderOptions& options, const fs::path& out) {
  start(name, {{kReadPhase, 1}, {"draw", 20}}, [this, out, options, run = run_folder()](JobContext& context, [[maybe_unused]] Viewer& viewer) -> Result<Job::Commit> {
    context.begin_phase(kReadPhase);
    MP4D_TRY(saved, load_trained_field(field_file(run)));
    MP4D_CHECK(write_field_view(saved, options, out, &context));
    return [this, out] {
      issues_.add(Issues::Severity::kInfo, tr("Written: %1").arg(to_qstring(out)));
      Q_EMIT written(to_qstring(out));
    };
  });
}

void FieldWork::open_path(const fs::path& file) {
  if (!scene_) return;
  if (const auto done = path.open(file, scene_->upright); !done) issues_.add(Issues::Severity::kError, QString::fromStdString(done.error().message));
}

void FieldWork::save_path(const fs::path& file) {
  if (!scene_) return;
  if (const auto done = path.save(file, scene_->upright); !done) issues_.add(Issues::Severity::kError, QString::fromStdString(done.error().message));
  else issues_.add(Issues::Severity::kInfo, tr("Written: %1").arg(to_qstring(file)));
}

void FieldWork::film_path(const fs::path& out) {
  if (!scene_) return;
  FieldRenderOptions options;
  options.path = (run_folder() / kPathFile).string();
  options.spline = true;
  if (const auto done = path.save(options.path, scene_->upright); !done) issues_.add(Issues::Severity::kError, QString::fromStdString(done.error().message));
  else render(tr("Film"), options, out);
}

void FieldWork::make_mesh(const std::function<void(Mesh)>& done) {
  start(tr("Mesh"), {{kReadPhase, 1}, {"look", 6}, {"surface", 2}}, [done, options = mesh_options_, run = run_folder(), upright = scene_->upright](JobContext& context, [[maybe_unused]] Viewer& viewer) -> Result<Job::Commit> {
    context.begin_phase(kReadPhase);
    MP4D_TRY(saved, load_trained_field(field_file(run)));
    MP4D_TRY(mesh, mesh_of_field(saved, options, &context));
    const Mat3 turn = upright.toRotationMatrix();
    mesh.verts = (mesh.verts * turn.transpose()).eval();
    if (mesh.normals.rows() > 0) mesh.normals = (mesh.normals * turn.transpose()).eval();
    return [done, mesh = std::make_shared<Mesh>(std::move(mesh))] { done(std::move(*mesh)); };
  });
}

}  // namespace mp4d
