#pragma once
#include "app/studio/character.h"
#include "core/camera.h"
#include "io/export.h"
#include "io/frames.h"
#include "motion/auto_rig.h"
#include "motion/chain_map.h"
#include "motion/retarget.h"
#include "reconstruction/articulated/reconstruct.h"
#include <QObject>
#include <QUndoStack>
#include <filesystem>
#include <functional>
#include <map>

namespace mp4d {

/// Where a reconstructed clip was filmed from, and which of the source's frames these are.
struct Film {
  std::vector<Camera> cameras;  ///< in the character's space, one a frame
  FrameRange range;
  std::size_t first = 0;  ///< of the frames in the range, the first that was used
};

/// All that a project holds. Cheap to copy: what is large is shared and never changes.
struct DocumentState {
  std::filesystem::path source;  ///< the video, folder or model that it began with; empty = nothing yet
  std::filesystem::path masks;   ///< folder of masks of the video, or empty
  std::filesystem::path motion;  ///< what the transfer takes its motion from, or empty
  MapFile map;                   ///< which chain follows which, where the user said so; empty = it is found
  Character character;
  std::map<std::string, JointLimit> limits;  ///< by joint's name; their `joint` is not set, see limits_of()
  std::shared_ptr<const Film> film;  ///< of a reconstructed clip; null = none
  ReconstructOptions reconstruct;
  AutoRigOptions rig;
  RetargetOptions retarget;
  ExportOptions format;
};

/// Of the joints that there are.
std::vector<JointLimit> limits_of(const DocumentState& state);

/// What the window works on. The state changes only through edit() and reset(), so that everything can be undone and
/// every view hears of it. GUI thread only.
class Document : public QObject {
  Q_OBJECT

 public:
  explicit Document(QObject* parent = nullptr);

  const DocumentState& state() const { return state_; }
  QUndoStack* history() { return &history_; }
  /// Whether there is something that is not saved.
  bool dirty() const { return !history_.isClean(); }
  const std::filesystem::path& path() const { return path_; }  ///< of the project file, empty = never saved
  /// File name of the project or of its source, else the character's name.
  QString title() const;

  /// One step of the history. Steps with the same `merge` (not empty) that follow each other become one.
  void edit(const QString& text, const std::function<void(DocumentState&)>& change, const QString& merge = {});
  /// What follows is a step of its own, also under the same name: a drag has ended.
  void end_merge() { ++merge_; }
  /// Another state, another history. `dirty`: it is not what lies at `path` (recovered).
  void reset(DocumentState state, std::filesystem::path path = {}, bool dirty = false);
  void mark_saved(const std::filesystem::path& path);

 Q_SIGNALS:
  /// After every change, also by undo and redo.
  void changed(const mp4d::DocumentState& before);
  void title_changed();

 private:
  friend class StateCommand;
  void put(const DocumentState& state);

  DocumentState state_;
  std::filesystem::path path_;
  QUndoStack history_;
  int merge_ = 0;
};

}  // namespace mp4d
