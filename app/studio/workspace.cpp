#include "app/studio/workspace.h"
#include "app/studio/mask_tasks.h"
#include "app/studio/preferences.h"
#include "app/studio/rig_edit.h"
#include "app/studio/words.h"
#include "core/files.h"
#include "io/input_kind.h"
#include "motion/kinematics.h"
#include <QDir>
#include <QLockFile>
#include <QUuid>
#include <algorithm>
#include <utility>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr int kRecentFiles = 8;
constexpr const char* kRecentKey = "recent";
constexpr const char* kTemplateKey = "new/template";
constexpr const char* kAutosaveName = "autosave.mp4d";
constexpr const char* kLockName = "session.lock";

/// Of the clip's keys; 24 for one without.
double clip_fps(const Clip& clip) {
  const double length = clip.times.empty() ? 0 : clip.times.back() - clip.times.front();
  return length > 0 ? (clip.times.size() - 1) / length : 24;
}

/// Whether another program still works on what lies in a recovery folder.
bool in_use(const fs::path& folder) {
  QLockFile lock(to_qstring(folder / kLockName));
  lock.setStaleLockTime(0);
  const bool free = lock.tryLock(0);
  if (free) lock.unlock();
  return !free;
}

}  // namespace

QString to_qstring(const fs::path& path) { return QString::fromStdString(path.string()); }
fs::path to_path(const QString& text) { return fs::path(text.toStdString()); }
QString file_name(const fs::path& path) {
  return to_qstring(path.has_filename() ? path.filename() : path.parent_path().filename());
}

Workspace::Workspace(QSettings& settings, StudioFolders folders, QObject* parent)
    : QObject(parent),
      field(job, issues, folders.cache / "fields"),
      settings_(settings),
      folders_(std::move(folders)),
      session_(QUuid::createUuid().toString(QUuid::WithoutBraces)) {
  connect(&document, &Document::changed, this, &Workspace::on_changed);
  connect(&job, &Job::progressed, this, &Workspace::on_progress);
  connect(&job, &Job::previewed, this, &Workspace::on_preview);
  connect(&job, &Job::paused_changed, this, &Workspace::stages_changed);
  connect(&job, &Job::finished, this, &Workspace::on_finished);
  connect(&job, &Job::started, this, &Workspace::stages_changed);
  connect(this, &Workspace::selection_changed, this, &Workspace::find_feet);
  connect(&feet_job_, &Job::finished, this, &Workspace::find_feet);
  connect(&job, &Job::said, this, [this](MessageLevel level, const QString& text) { log_.say(level, text); });
  for (Job* j : {&job, &saver})
    connect(j, &Job::said, this, [this](MessageLevel level, const QString& text) {
      issues.add(level == MessageLevel::kWarning ? Issues::Severity::kWarning : Issues::Severity::kInfo, text);
    });
}

Workspace::~Workspace() {
  for (Job* j : {&job, &saver, &feet_job_}) j->stop();
}

const Clip* Workspace::clip() const {
  const auto& clips = state().character.clips;
  return clip_ >= 0 && clip_ < static_cast<int>(clips.size()) ? clips[clip_].get() : nullptr;
}

int Workspace::footage_frame() const {
  const std::vector<double>& times = footage_.times;
  if (times.empty()) return -1;
  const auto after = std::lower_bound(times.begin(), times.end(), playback.time() - 1e-6);
  return static_cast<int>(std::min<std::size_t>(after - times.begin(), times.size() - 1));
}

Pose Workspace::pose() const {
  if (!state().character) return {};
  const Clip* shown = clip();
  if (!shown) return rest_pose(*state().character.skeleton);
  return sample_clip(*shown, shown->times.front() + playback.time());
}

const std::vector<Stage>& Workspace::stages() const {
  const DocumentState& now = state();
  const StagesOf of{now.source, static_cast<bool>(now.character), now.character && now.character.mesh->faces.rows() > 0};
  if (of != stages_of_) all_stages_ = mp4d::stages_of(now), stages_of_ = of;
  return all_stages_;
}

void Workspace::find_feet() {
  const Character& character = state().character;
  const std::shared_ptr<const Clip> shown = clip() ? character.clips[clip_] : nullptr;
  if (shown == feet_clip_ && character.skeleton == feet_skeleton_) return;
  if (feet_job_.running()) return;  // its end asks again
  feet_clip_ = shown;
  feet_skeleton_ = character.skeleton;
  if (!shown) {
    feet_.clear();
    Q_EMIT feet_changed();
    return;
  }
  feet_job_.start({}, {{"feet", 1}}, [this, character, shown](JobContext&) -> Result<Job::Commit> {
    return [this, feet = foot_contacts(character, *shown)] {
      feet_ = feet;
      Q_EMIT feet_changed();
    };
  });
}

StageState Workspace::stage(Stage stage) const {
  const auto found = stages_.find(stage);
  return found == stages_.end() ? StageState{} : found->second;
}

QStringList Workspace::recent_files() const { return settings_.value(kRecentKey).toStringList(); }

void Workspace::remember(const fs::path& path) {
  QStringList recent = recent_files();
  const QString absolute = to_qstring(fs::absolute(path).lexically_normal());
  recent.removeAll(absolute);
  recent.prepend(absolute);
  while (recent.size() > kRecentFiles) recent.removeLast();
  settings_.setValue(kRecentKey, recent);
  Q_EMIT recent_changed();
}

ProjectTemplate Workspace::new_template() const {
  const std::vector<ProjectTemplate> all = templates();
  const std::string id = settings_.value(kTemplateKey).toString().toStdString();
  const auto found = std::find_if(all.begin(), all.end(), [&](const ProjectTemplate& t) { return t.id == id; });
  return found == all.end() ? all.front() : *found;
}

void Workspace::set_new_template(const std::string& id) {
  settings_.setValue(kTemplateKey, QString::fromStdString(id));
  Q_EMIT templates_changed();
}

void Workspace::use_template(const std::string& id) {
  for (const ProjectTemplate& one : templates()) {
    if (one.id != id) continue;
    DocumentState changed = state();
    if (const auto applied = apply_template(one, changed); !applied) {
      issues.add(Issues::Severity::kError, QString::fromStdString(applied.error().message));
      return;
    }
    document.edit(tr("Template: %1").arg(one.title), [&](DocumentState& s) { s = changed; });
  }
}

Result<void> Workspace::keep_template(const QString& name) {
  MP4D_CHECK(save_template(folders_.templates, name, state()));
  Q_EMIT templates_changed();
  return {};
}

void Workspace::remove_template(const std::string& id) {
  std::error_code error;
  for (const ProjectTemplate& one : templates())
    if (one.id == id && !one.file.empty() && !fs::remove(one.file, error))
      issues.add(Issues::Severity::kError, tr("%1 could not be removed: %2").arg(to_qstring(one.file), QString::fromStdString(error.message())));
  Q_EMIT templates_changed();
}

DocumentState Workspace::fresh_state() {
  DocumentState fresh;
  fresh.reconstruct = preferred_options(settings_);
  if (const auto applied = apply_template(new_template(), fresh); !applied)
    issues.add(Issues::Severity::kWarning, tr("The template is left out: %1").arg(QString::fromStdString(applied.error().message)));
  return fresh;
}

void Workspace::show_clip(int index) {
  clip_ = index;
  const Clip* shown = clip();
  if (shown) playback.set_clip(shown->times.back() - shown->times.front(), clip_fps(*shown));
  else if (!state().character && footage_.pictures.size() > 1) playback.set_clip(footage_.times.back(), footage_.fps);
  else playback.set_clip(0, 24);
  Q_EMIT selection_changed();
}

void Workspace::select_clip(int index) {
  if (index != clip_) show_clip(index);
}

void Workspace::select_joint(int joint) {
  if (joint == joint_) return;
  joint_ = joint;
  Q_EMIT selection_changed();
}

void Workspace::on_changed(const DocumentState& before) {
  ++changes_;
  const Character& now = state().character;
  const bool other_clips = now.clips.size() != before.character.clips.size() || now.name != before.character.name;
  const int joints = now ? now.skeleton->size() : 0;
  if (joint_ >= joints) joint_ = -1;
  if (other_clips || (clip_ >= static_cast<int>(now.clips.size()))) show_clip(now.clips.empty() ? -1 : static_cast<int>(now.clips.size()) - 1);
  else Q_EMIT selection_changed();
  Q_EMIT stages_changed();
}

void Workspace::on_progress(const Progress& progress) {
  progress_ = progress;
  if (!running_.empty() && is_reconstruction(running_.front())) {
    if (const auto at = stage_of_phase(progress.phase)) {
      log_.enter(*at, phase_title(progress.phase));
      for (Stage stage : running_) {
        if (stage < *at) stages_[stage] = {StageStatus::kDone, 1, {}};
      }
      const double part = progress.steps > 0 ? static_cast<double>(progress.step) / progress.steps : 0;
      const QString what = phase_title(progress.phase);
      stages_[*at] = {StageStatus::kRunning, part,
                      progress.steps > 0 ? tr("%1: %2 of %3").arg(what).arg(progress.step).arg(progress.steps) : what};
    }
  } else if (!running_.empty()) {
    log_.enter(running_.front(), phase_title(progress.phase));
    for (Stage stage : running_)
      stages_[stage] = {StageStatus::kRunning, progress.fraction, phase_title(progress.phase)};
  }
  Q_EMIT stages_changed();
}

void Workspace::on_preview(const Preview& preview) {
  if (running_.empty() || !is_reconstruction(running_.front())) return;
  const auto stage = stage_of_phase(progress_.phase);
  if (stage && preview.picture) stage_pictures_[*stage] = to_qimage(*preview.picture);
  if (preview.mesh) {
    preview_ = preview.mesh;
    Q_EMIT preview_changed();
  }
  Q_EMIT stages_changed();
}

QImage Workspace::stage_picture(Stage stage) const {
  const auto found = stage_pictures_.find(stage);
  if (found != stage_pictures_.end()) return found->second;
  if (stage == Stage::kFrames && !footage_.pictures.empty()) return footage_.pictures[footage_.pictures.size() / 2];
  return {};
}

void Workspace::find_film_masks() {
  if (!film_masks_.empty() || footage_.pictures.empty() || !state().film || job.running()) return;
  running_.clear();
  job.start(tr("Masks"), mask_phases(), [this, input = state(), footage = footage_](JobContext& context) -> Result<Job::Commit> {
    MP4D_TRY(masks, input.masks.empty() ? find_masks(footage, input.reconstruct, &context) : load_masks(input.masks, input.source, footage, &context));
    return [this, masks = std::make_shared<std::vector<Mask>>(std::move(masks))] {
      film_masks_ = std::move(*masks);
      Q_EMIT footage_changed();
    };
  });
}

void Workspace::forget_work() {
  film_masks_.clear();
  log_.clear();
  stages_.clear();
  stage_pictures_.clear();
  found_map_ = {};
  clip_ = joint_ = -1;
}

void Workspace::on_finished(const Error* error) {
  if (std::exchange(preview_, nullptr)) Q_EMIT preview_changed();
  const bool stopped = error && error->code == ErrorCode::kCancelled;
  bool failed_here = false;
  for (Stage stage : running_) {
    StageState& at = stages_[stage];
    if (!error) {
      at = {StageStatus::kDone, 1, {}};
    } else if (at.status != StageStatus::kDone && !failed_here) {
      at = {stopped ? StageStatus::kStopped : StageStatus::kFailed, 0, {}};
      failed_here = true;
    } else if (at.status != StageStatus::kDone) {
      at = {};
    }
  }
  running_.clear();
  log_.end(error, progress_.elapsed_s);
  progress_ = {};
  if (error && !stopped) issues.add(Issues::Severity::kError, job.name() + QStringLiteral(": ") + QString::fromStdString(error->message));
  if (stopped) issues.add(Issues::Severity::kInfo, tr("%1: stopped; run it again and it goes on after its last finished stage").arg(job.name()));
  Q_EMIT stages_changed();
}

void Workspace::open(const fs::path& path) {
  if (job.running()) {
    issues.add(Issues::Severity::kWarning, tr("%1 is running; stop it first").arg(job.name()));
    return;
  }
  if (path.extension() == kProjectEnding) return open_project(path, false);
  running_.clear();
  job.start(tr("Open %1").arg(file_name(path)), open_phases(), [this, path](JobContext& context) -> Result<Job::Commit> {
    MP4D_TRY(opened, open_source(path, {}, &context));
    return [this, path, opened = std::make_shared<Opened>(std::move(opened))] {
      DocumentState fresh = fresh_state();
      fresh.source = fs::absolute(path).lexically_normal();
      fresh.character = opened->character;
      footage_ = std::move(opened->footage);
      forget_work();
      document.reset(std::move(fresh));
      show_clip(state().character.clips.empty() ? -1 : 0);
      remember(path);
      for (const std::string& finding : opened->findings)
        issues.add(Issues::Severity::kWarning, QString::fromStdString(finding));
      if (!footage_.pictures.empty()) stages_[Stage::kFrames].detail = tr("%1 frames read").arg(footage_.pictures.size());
      Q_EMIT footage_changed();
      Q_EMIT stages_changed();
    };
  });
}

void Workspace::open_project(const fs::path& path, bool recovered) {
  job.start(tr("Open %1").arg(file_name(path)), open_phases(), [this, path, recovered](JobContext& context) -> Result<Job::Commit> {
    MP4D_TRY(state, load_project(path, &context));
    auto footage = std::make_shared<Footage>();
    std::string trouble;
    std::error_code error;
    const auto kind = input_kind(state.source);
    if (kind && *kind == InputKind::kClip) {
      JobContext quiet({{"read", 1}}, {}, {}, context.cancel_token());
      auto read = state.film ? read_footage(state.source, *state.film, &quiet) : Result<Footage>();
      if (!state.film) {
        auto opened = open_source(state.source, {}, &quiet);
        if (opened) *footage = std::move(opened->footage);
        else trouble = opened.error().message;
      } else if (read) {
        *footage = std::move(*read);
      } else {
        trouble = read.error().message;
      }
    } else if (!state.source.empty() && !fs::exists(state.source, error)) {
      trouble = state.source.string() + ": is not there any more; the project opens without it";
    }
    return [this, path, recovered, state = std::make_shared<DocumentState>(std::move(state)), footage, trouble] {
      footage_ = std::move(*footage);
      forget_work();
      document.reset(*state, recovered ? fs::path() : fs::absolute(path).lexically_normal(), recovered);
      show_clip(this->state().character.clips.empty() ? -1 : 0);
      if (state->film)
        for (Stage stage : {Stage::kFrames, Stage::kMasks, Stage::kPhase1, Stage::kPhase2, Stage::kTexture})
          stages_[stage] = {StageStatus::kDone, 1, {}};
      if (!recovered) remember(path);
      if (!trouble.empty()) issues.add(Issues::Severity::kWarning, QString::fromStdString(trouble));
      Q_EMIT footage_changed();
      Q_EMIT stages_changed();
    };
  });
}

void Workspace::run(Stage stage, bool anew) {
  if (job.running()) return;
  const DocumentState input = state();
  if (is_reconstruction(stage)) {
    running_ = {Stage::kFrames, Stage::kMasks, Stage::kPhase1, Stage::kPhase2, Stage::kTexture};
    for (Stage s : running_) stages_[s] = {};
    log_.begin(running_);
    const std::string from = anew ? first_phase(stage) : std::string();
    job.start_watched(tr("Reconstruct"), reconstruct_phases(), [this, input, cache = folders_.cache, from, footage = footage_](JobContext& context, Viewer& viewer) -> Result<Job::Commit> {
      Viewer drawing([&](const Preview& preview) { viewer.show(with_picture(preview, footage, input.reconstruct)); });
      MP4D_TRY(done, reconstruct_source(input, cache, from, &context, &drawing));
      return [this, done = std::make_shared<Reconstructed>(std::move(done))] {
        footage_ = std::move(done->footage);
        film_masks_ = std::move(done->masks);
        document.edit(tr("Reconstruct"), [&](DocumentState& s) {
          s.character = done->character;
          s.film = done->film.cameras.empty() ? nullptr : std::make_shared<const Film>(std::move(done->film));
        });
        show_clip(state().character.clips.empty() ? -1 : 0);
        Q_EMIT footage_changed();
        if (done->mask_iou >= 0)
          issues.add(Issues::Severity::kInfo, tr("Reconstructed: %1 % of the silhouettes agree").arg(100 * done->mask_iou, 0, 'f', 0));
        autosave();
      };
    });
  } else if (stage == Stage::kRig) {
    running_ = {stage};
    log_.begin(running_);
    job.start(tr("Rig"), rig_phases(), [this, input](JobContext& context) -> Result<Job::Commit> {
      MP4D_TRY(done, rig_character(input, &context));
      return [this, done = std::move(done)] {
        document.edit(tr("Rig"), [&](DocumentState& s) { s.character = done.character, s.limits = done.limits; });
        for (const std::string& note : done.notes) issues.add(Issues::Severity::kInfo, QString::fromStdString(note));
        autosave();
      };
    });
  } else if (stage == Stage::kTransfer) {
    if (input.motion.empty()) {
      issues.add(Issues::Severity::kError, tr("Transfer: choose a file to take the motion from"));
      return;
    }
    if (!input.map.target.empty() && input.map.pairs.empty()) {
      issues.add(Issues::Severity::kError, tr("Transfer: no chain follows any other; choose what one follows, or find them anew"));
      return;
    }
    running_ = {stage};
    log_.begin(running_);
    job.start(tr("Transfer"), transfer_task_phases(input.motion), [this, input, cache = folders_.cache](JobContext& context) -> Result<Job::Commit> {
      MP4D_TRY(done, transfer_motion(input, cache, &context));
      return [this, input, done = std::move(done)] {
        if (input.map.target.empty()) found_map_ = done.map;
        document.edit(tr("Transfer"), [&](DocumentState& s) { s.character = done.character; });
        for (const std::string& note : done.notes) issues.add(Issues::Severity::kInfo, QString::fromStdString(note));
        autosave();
      };
    });
  }
}

void Workspace::bind_anew() {
  if (job.running() || !state().character) return;
  running_.clear();
  job.start(tr("Weights"), bind_phases(), [this, input = state()](JobContext& context) -> Result<Job::Commit> {
    MP4D_TRY(done, bind_character(input.character, &context));
    return [this, done = std::move(done)] {
      document.edit(tr("Weights anew"), [&](DocumentState& s) { s.character = done.character; });
      for (const std::string& note : done.notes) issues.add(Issues::Severity::kInfo, QString::fromStdString(note));
      autosave();
    };
  });
}

void Workspace::export_to(const fs::path& path, const std::vector<int>& clips) {
  if (job.running() || !state().character) return;
  Character chosen = state().character;
  chosen.clips.clear();
  for (int index : clips) chosen.clips.push_back(state().character.clips.at(index));
  running_ = {Stage::kExport};
  log_.begin(running_);
  const auto report = [this](const Error* error) {
    if (error) Q_EMIT exported(false, QString::fromStdString(error->message));
  };
  connect(&job, &Job::finished, this, report, Qt::SingleShotConnection);
  job.start(tr("Export"), {{"write", 1}}, [this, path, chosen, format = state().format](JobContext& context) -> Result<Job::Commit> {
    MP4D_CHECK(check_export(file_name(path).toStdString(), path, format));
    context.begin_phase("write");
    MP4D_TRY(written, export_model(path, to_model(chosen), format, &context));
    QStringList lines;
    for (const std::string& line : describe(written)) lines << QString::fromStdString(line);
    return [this, path, lines] {
      issues.add(Issues::Severity::kInfo, tr("Exported %1: %2").arg(file_name(path), lines.join(QStringLiteral("; "))));
      Q_EMIT exported(true, lines.join(QLatin1Char('\n')));
    };
  });
}

void Workspace::save(const fs::path& path) {
  if (saver.running()) {  // an autosave: this follows it
    connect(&saver, &Job::finished, this, [this, path] { save(path); }, Qt::SingleShotConnection);
    return;
  }
  const DocumentState saving = state();
  const int at = changes_;
  connect(&saver, &Job::finished, this, [this](const Error* error) {
    if (error) issues.add(Issues::Severity::kError, tr("Save: %1").arg(QString::fromStdString(error->message)));
    Q_EMIT saved(!error);
  }, Qt::SingleShotConnection);
  saver.start(tr("Save"), {{"save", 1}}, [this, path, saving, at](JobContext& context) -> Result<Job::Commit> {
    context.begin_phase("save");
    MP4D_CHECK(save_project(path, saving, &saved_model_));
    return [this, path, at] {
      if (at == changes_) document.mark_saved(fs::absolute(path).lexically_normal());
      remember(path);
    };
  });
}

fs::path Workspace::autosave_path() const { return folders_.recovery / session_.toStdString() / kAutosaveName; }

void Workspace::autosave() {
  if (saver.running() || changes_ == autosaved_at_ || !document.dirty()) return;
  if (!lock_ || !lock_->isLocked()) {
    std::error_code error;  // saving says so
    fs::create_directories(autosave_path().parent_path(), error);
    lock_ = std::make_unique<QLockFile>(to_qstring(autosave_path().parent_path() / kLockName));
    lock_->setStaleLockTime(0);
    lock_->tryLock(0);
  }
  connect(&saver, &Job::finished, this, [this](const Error* error) {
    const bool told = std::exchange(autosave_failed_, error != nullptr);
    if (error && !told) issues.add(Issues::Severity::kWarning, tr("Autosave: %1").arg(QString::fromStdString(error->message)));
  }, Qt::SingleShotConnection);
  const int at = changes_;
  saver.start(tr("Autosave"), {{"save", 1}}, [this, saving = state(), path = autosave_path(), at](JobContext& context) -> Result<Job::Commit> {
    context.begin_phase("save");
    MP4D_CHECK(save_project(path, saving, &autosaved_model_));
    return [this, at] { autosaved_at_ = at; };
  });
}

std::vector<fs::path> Workspace::recoverable() const {
  std::vector<fs::path> found;
  std::error_code ended, error;
  for (fs::directory_iterator it(folders_.recovery, ended), end; !ended && it != end; it.increment(ended)) {
    const fs::path file = it->path() / kAutosaveName;
    if (it->path().filename() != session_.toStdString() && fs::exists(file, error) && !in_use(it->path())) found.push_back(file);
  }
  std::sort(found.begin(), found.end(), [&](const fs::path& a, const fs::path& b) {
    return fs::last_write_time(a, error) > fs::last_write_time(b, error);
  });
  return found;
}

void Workspace::recover(const fs::path& autosave) {
  if (!job.running()) open_project(autosave, true);
}

void Workspace::forget_autosave() {
  lock_.reset();
  std::error_code error;
  fs::remove_all(autosave_path().parent_path(), error);
}

void Workspace::rename_joint(int joint, const QString& name) {
  const QString trimmed = name.trimmed();
  const Skeleton& skeleton = *state().character.skeleton;
  if (trimmed.isEmpty() || trimmed.toStdString() == skeleton.joints.at(joint).name) return;
  if (skeleton.find(trimmed.toStdString()) >= 0) {
    issues.add(Issues::Severity::kError, tr("Rename joint: there is a joint named \"%1\" already").arg(trimmed));
    return;
  }
  const std::string before = skeleton.joints.at(joint).name;
  document.edit(tr("Rename joint"), [&](DocumentState& s) {
    s.character = with_joint_named(s.character, joint, trimmed.toStdString());
    if (auto limit = s.limits.extract(before)) {
      limit.key() = trimmed.toStdString();
      s.limits.insert(std::move(limit));
    }
  });
}

void Workspace::move_joint(int joint, const Vec3& point) {
  document.edit(tr("Move joint"), [&](DocumentState& s) { s.character = with_joint_at(s.character, joint, point); },
                QStringLiteral("move joint %1").arg(joint));
}

void Workspace::rename_clip(int clip, const QString& name) {
  const QString trimmed = name.trimmed();
  for (const auto& other : state().character.clips)
    if (other->name == trimmed.toStdString()) return;
  if (trimmed.isEmpty()) return;
  document.edit(tr("Rename clip"), [&](DocumentState& s) {
    Clip renamed = *s.character.clips.at(clip);
    renamed.name = trimmed.toStdString();
    s.character.clips[clip] = std::make_shared<const Clip>(std::move(renamed));
  });
}

void Workspace::remove_clip(int clip) {
  document.edit(tr("Remove clip"), [&](DocumentState& s) { s.character.clips.erase(s.character.clips.begin() + clip); });
}

void Workspace::set_option(Stage stage, const std::string& name, const std::string& text) {
  DocumentState tried = state();
  const OptionTableBase* table = options_of(stage).table;
  if (const auto done = table->set(options_struct(stage, tried), name, text); !done) {
    issues.add(Issues::Severity::kError, QString::fromStdString(done.error().message));
    return;
  }
  if (table->find(name)->get(options_struct(stage, tried)) == table->find(name)->get(options_struct(stage, state()))) return;
  document.edit(tr("Change %1").arg(option_title(name)),
                [&](DocumentState& s) { (void)table->set(options_struct(stage, s), name, text); },
                QStringLiteral("option ") + QString::fromStdString(name));
}

void Workspace::set_motion(const fs::path& path) {
  document.edit(tr("Choose motion"), [&](DocumentState& s) { s.motion = path, s.map = {}; });
  found_map_ = {};
  Q_EMIT stages_changed();
}

void Workspace::set_masks(const fs::path& folder) {
  document.edit(tr("Choose masks"), [&](DocumentState& s) { s.masks = folder; });
}

void Workspace::set_chain(const std::string& target, const std::string& source) {
  MapFile map = chain_map();
  std::erase_if(map.pairs, [&](const MapFile::Pair& pair) { return pair.target == target; });
  if (!source.empty()) map.pairs.push_back({source, target, 1, false});
  document.edit(tr("Change chain"), [&](DocumentState& s) { s.map = std::move(map); });
}

void Workspace::find_chains_anew() {
  document.edit(tr("Find chains anew"), [](DocumentState& s) { s.map = {}; });
}

const TransferSides* Workspace::transfer_sides() const {
  const bool fits = sides_ && sides_motion_ == state().motion && sides_skeleton_ == state().character.skeleton;
  return fits ? &*sides_ : nullptr;
}

void Workspace::read_transfer_sides() {
  if (job.running() || !state().character) return;
  if (state().motion.empty()) {
    issues.add(Issues::Severity::kError, tr("Transfer: choose a file to take the motion from"));
    return;
  }
  running_.clear();
  job.start(tr("Read the motion"), transfer_task_phases(state().motion), [this, input = state(), cache = folders_.cache](JobContext& context) -> Result<Job::Commit> {
    MP4D_TRY(read, look_at_transfer(input, cache, &context));
    return [this, input, sides = std::make_shared<TransferSides>(std::move(read))] {
      if (input.map.target.empty()) found_map_ = sides->map;
      sides_ = std::move(*sides);
      sides_motion_ = input.motion;
      sides_skeleton_ = input.character.skeleton;
      Q_EMIT transfer_sides_changed();
      Q_EMIT stages_changed();
    };
  });
}

Result<void> Workspace::keep_map(const fs::path& path) const {
  MapFile map = chain_map();
  map.name = path.stem().string();
  map.source.clear();
  map.target.clear();
  MP4D_CHECK(make_folder(path.parent_path()));
  return write_map(path, map);
}

Result<void> Workspace::use_map(const fs::path& path) {
  MP4D_TRY(kept, read_map(path));
  MapFile map = chain_map();
  const auto has = [](const std::vector<NamedChain>& chains, const std::string& name) {
    return std::any_of(chains.begin(), chains.end(), [&](const NamedChain& chain) { return chain_name(chain) == name; });
  };
  map.pairs.clear();
  for (const MapFile::Pair& pair : kept.pairs)
    if (has(map.source, pair.source) && has(map.target, pair.target)) map.pairs.push_back(pair);
  if (map.pairs.empty())
    return fail(ErrorCode::kInput, "{}: none of its pairs fits; both sides must have chains of the names that it pairs", path.string());
  document.edit(tr("Use a map"), [&](DocumentState& s) { s.map = std::move(map); });
  return {};
}

void Workspace::make_person(const PersonWish& wish) {
  if (job.running()) {
    issues.add(Issues::Severity::kWarning, tr("%1 is running; stop it first").arg(job.name()));
    return;
  }
  running_.clear();
  job.start(tr("New person"), person_phases(), [this, wish](JobContext& context) -> Result<Job::Commit> {
    MP4D_TRY(done, mp4d::make_person(wish, &context));
    return [this, done = std::move(done)] {
      DocumentState fresh = fresh_state();
      fresh.character = done.character;
      footage_ = {};
      forget_work();
      document.reset(std::move(fresh), {}, true);
      show_clip(-1);
      for (const std::string& note : done.notes) issues.add(Issues::Severity::kInfo, QString::fromStdString(note));
      Q_EMIT footage_changed();
      Q_EMIT stages_changed();
      autosave();
    };
  });
}

void Workspace::take_mesh(Mesh mesh) {
  RiggedModel model;
  model.mesh = std::move(mesh);
  model.name = tr("Field").toStdString();
  DocumentState fresh = fresh_state();
  fresh.character = to_character(std::move(model));
  footage_ = {};
  forget_work();
  document.reset(std::move(fresh), {}, true);
  show_clip(-1);
  Q_EMIT footage_changed();
  Q_EMIT stages_changed();
  autosave();
}

}  // namespace mp4d
