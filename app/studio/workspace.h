#pragma once
#include "app/studio/document.h"
#include "app/studio/field_work.h"
#include "app/studio/foot_contacts.h"
#include "app/studio/issues.h"
#include "app/studio/job.h"
#include "app/studio/playback.h"
#include "app/studio/project_file.h"
#include "app/studio/stage_log.h"
#include "app/studio/stages.h"
#include "app/studio/tasks.h"
#include "app/studio/templates.h"
#include "app/studio/weight_edit.h"
#include <QLockFile>
#include <QSettings>
#include <QStringList>
#include <map>

namespace mp4d {

/// Where the studio keeps things of its own.
struct StudioFolders {
  std::filesystem::path cache;     ///< finished stages, by content; may be deleted at any time
  std::filesystem::path recovery;  ///< what was not saved yet
  std::filesystem::path templates = {};  ///< the user's own
  std::filesystem::path maps = {};       ///< which chain follows which, as the user kept it
};

/// What the window shows and its actions do, without a widget: the document, the work that runs on it, what went wrong,
/// and where one is in it. GUI thread only.
class Workspace : public QObject {
  Q_OBJECT

 public:
  /// `settings` must live as long.
  Workspace(QSettings& settings, StudioFolders folders, QObject* parent = nullptr);
  ~Workspace() override;

  Document document;
  Playback playback;
  Issues issues;
  Job job;    ///< the stages
  FieldWork field;  ///< runs in `job`
  Job saver;  ///< projects and autosaves, so that the window never waits for a disk

  QSettings& settings() { return settings_; }
  const DocumentState& state() const { return document.state(); }
  int changes() const { return changes_; }  ///< of the state, counted
  const Footage& footage() const { return footage_; }
  /// Of the footage's pictures the one at the playback's time, -1 = there are none.
  int footage_frame() const;
  /// Of the clip shown, -1 = the rest pose.
  int clip_index() const { return clip_; }
  const Clip* clip() const;
  /// parent_from_joint of every joint at the playback's time.
  Pose pose() const;
  int selected_joint() const { return joint_; }
  /// Of the clip shown, or of the one before until they are found; feet_changed() tells.
  const std::vector<FootContacts>& feet() const { return feet_; }
  /// What can be done with what is open.
  const std::vector<Stage>& stages() const;
  StageState stage(Stage stage) const;
  const Progress& progress() const { return progress_; }
  /// Which chain followed which in the last transfer, or will in the next where the user said so.
  const MapFile& chain_map() const { return state().map.target.empty() ? found_map_ : state().map; }
  QStringList recent_files() const;

  void select_clip(int index);
  void select_joint(int joint);
  /// A project, or anything that can become one.
  void open(const std::filesystem::path& path);
  /// `anew`: a reconstruction takes no result of an earlier run from this stage on.
  void run(Stage stage, bool anew = false);
  /// Of the film's subject, one a picture of the footage; empty = not known, see find_film_masks().
  const std::vector<Mask>& film_masks() const { return film_masks_; }
  /// Reads or computes them, if they are not known.
  void find_film_masks();
  /// What the work has made so far of the surface, or null.
  const std::shared_ptr<const Mesh>& preview() const { return preview_; }
  /// What a stage of the reconstruction last looked like; may be null.
  QImage stage_picture(Stage stage) const;
  /// What a stage did and said in its last run since the document was opened.
  const QStringList& stage_log(Stage stage) const { return log_.lines(stage); }

  std::vector<ProjectTemplate> templates() const { return project_templates(folders_.templates); }
  /// The one that new documents begin with.
  ProjectTemplate new_template() const;
  void set_new_template(const std::string& id);
  /// Its options in the open document, a step of the history.
  void use_template(const std::string& id);
  /// The open document's options under a name; tells what went wrong.
  Result<void> keep_template(const QString& name);
  /// Of the user's own.
  void remove_template(const std::string& id);
  /// Writes the character with the state's export options; the result is said in the issues and by `exported`.
  void export_to(const std::filesystem::path& path, const std::vector<int>& clips);
  /// To `path`, which becomes the document's.
  void save(const std::filesystem::path& path);
  /// What is not saved yet goes to the recovery folder, if anything changed since it last did.
  void autosave();
  /// Projects that a crash left behind, newest first.
  std::vector<std::filesystem::path> recoverable() const;
  void recover(const std::filesystem::path& autosave);
  /// All of it was saved or is not wanted: called when the window closes.
  void forget_autosave();

  void rename_joint(int joint, const QString& name);
  /// The joint goes to `point` (metres, where the rest pose stands); the mesh and the joints below stay where they are.
  void move_joint(int joint, const Vec3& point);
  /// Below `parent`, on the way to its only child or a little further on; it is chosen then.
  void add_joint(int parent);
  void remove_joint(int joint);
  /// The joint of the same name on the other side goes to where this one is, mirrored.
  void mirror_joint(int joint);
  /// Nothing = it turns freely.
  void set_limit(int joint, const std::optional<JointLimit>& limit);
  const JointLimit* limit_of(int joint) const;
  /// The clip shown, every key within the joints' limits.
  void keep_limits();
  /// The weights of the chosen joint's half of the body on the other half, mirrored (mirrored_weights()).
  void mirror_weights();
  /// The chosen joint's weights, as brushed() says.
  void paint_weights(BrushMode mode, const std::vector<Dab>& dabs);
  /// Weights of every joint from the skeleton as it is.
  void bind_anew();

  // Of the clip that is shown. Errors go to the issues.
  void cut_clip();  ///< to the playback's range
  void loop_clip();
  void set_clip_root(const std::string& mode);  ///< "in-place" or "ground-locked" (docs/transfer.md)
  void resample_clip(double fps);
  /// Feet that rest on the ground stay where they are, the legs bent to them; bones keep their lengths.
  void hold_feet();
  /// In place of the clip that is shown: `base` smoothed, or with a joint turned at the playback's time. Returns what is
  /// shown then; changes that follow each other are one step.
  std::shared_ptr<const Clip> smooth_clip(const Clip& base, double cutoff_hz);
  std::shared_ptr<const Clip> turn_joint(const Clip& base, int joint, const Quat& turn, double reach);

  // Keys of the chosen joint, or of all joints if none is (motion/joint_keys.h): indices of the times of the clip shown.
  const std::vector<int>& keys() const;
  const std::vector<int>& chosen_keys() const;  ///< those that there are
  void choose_keys(std::vector<int> keys);
  void delete_keys();
  void move_keys(int by);
  /// The pose at the playback's time, of the chosen joint or of all.
  void copy_pose();
  void paste_pose();
  bool can_paste_pose() const { return !copied_.empty(); }

  void rename_clip(int clip, const QString& name);
  void remove_clip(int clip);
  void set_option(Stage stage, const std::string& name, const std::string& text);
  void set_motion(const std::filesystem::path& path);
  /// The next transfer's. Empty `source`: the target's chain keeps its rest pose.
  void set_chain(const std::string& target, const std::string& source);
  void find_chains_anew();
  /// Reads both sides of the transfer and pairs their chains, for transfer_sides(); says in the issues what is missing.
  void read_transfer_sides();
  /// Null until they were read for the motion and the skeleton as they are.
  const TransferSides* transfer_sides() const;
  std::filesystem::path maps_folder() const { return folders_.maps; }
  /// chain_map()'s pairs as a file for any two skeletons with chains of these names.
  Result<void> keep_map(const std::filesystem::path& path) const;
  /// The pairs of a map's file whose chains both sides have, a step of the history. Errors: those of read_map(), or no pair fits.
  Result<void> use_map(const std::filesystem::path& path);
  /// In place of what is open; the history begins anew.
  void make_person(const PersonWish& wish);
  /// A mesh in place of what is open; the history begins anew.
  void take_mesh(Mesh mesh);
  void set_masks(const std::filesystem::path& folder);

 Q_SIGNALS:
  void stages_changed();
  void preview_changed();
  void selection_changed();
  void footage_changed();
  void recent_changed();
  void feet_changed();
  void transfer_sides_changed();
  void templates_changed();
  void saved(bool ok);
  /// `text` is what was measured by reading the file again, or the error.
  void exported(bool ok, const QString& text);

 private:
  void on_changed(const DocumentState& before);
  void on_progress(const Progress& progress);
  void on_preview(const Preview& preview);
  void on_finished(const Error* error);
  void forget_work();
  void find_feet();
  /// What a new document begins with.
  DocumentState fresh_state();
  void open_project(const std::filesystem::path& path, bool recovered);
  void remember(const std::filesystem::path& path);
  void show_clip(int index);
  using ClipWork = std::function<Result<Clip>(const Character&, const Clip&)>;
  /// On the job's thread: a clip in place of the one that is shown. Nothing while other work runs.
  void work_on_clip(const QString& text, ClipWork work);
  std::shared_ptr<const Clip> put_clip(const QString& text, Result<Clip> clip, const QString& merge = {});
  std::filesystem::path autosave_path() const;

  QSettings& settings_;
  StudioFolders folders_;
  Footage footage_;
  std::map<Stage, StageState> stages_;
  std::vector<Stage> running_;  ///< the stages that the job is at
  Progress progress_;
  std::shared_ptr<const Mesh> preview_;
  std::vector<Mask> film_masks_;
  std::map<Stage, QImage> stage_pictures_;
  StageLog log_;
  MapFile found_map_;
  std::optional<TransferSides> sides_;
  std::filesystem::path sides_motion_;  ///< what sides_ are of
  std::shared_ptr<const Skeleton> sides_skeleton_;
  int clip_ = -1, joint_ = -1;
  /// keys() of what they are of.
  struct Keys {
    std::shared_ptr<const Clip> clip;
    int joint = -1;
    std::vector<int> all, chosen;
  };
  Keys& keys_now() const;
  int nearest_time() const;
  mutable Keys keys_;
  Pose copied_;
  Job feet_job_;
  std::vector<FootContacts> feet_;
  std::shared_ptr<const Clip> feet_clip_;  ///< what feet_ is or will be of
  std::shared_ptr<const Skeleton> feet_skeleton_;
  /// What the stages depend on: asking the disk at every step of the work would be slow where it is far away.
  struct StagesOf {
    std::filesystem::path source;
    bool character = false, faces = false;
    bool operator==(const StagesOf&) const = default;
  };
  mutable std::optional<StagesOf> stages_of_;
  mutable std::vector<Stage> all_stages_;
  SavedModel saved_model_, autosaved_model_;
  bool autosave_failed_ = false;  ///< the last one, which is told once
  int autosaved_at_ = 0;  ///< changes when the last autosave was made
  int changes_ = 0;
  QString session_;
  std::unique_ptr<QLockFile> lock_;  ///< of the recovery folder, so that another window leaves it alone
};

/// "file.glb" of a path.
QString file_name(const std::filesystem::path& path);
QString to_qstring(const std::filesystem::path& path);
std::filesystem::path to_path(const QString& text);

}  // namespace mp4d
