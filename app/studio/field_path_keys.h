#pragma once
#include "core/camera.h"
#include "core/geometry.h"
#include "core/result.h"
#include <QObject>
#include <filesystem>
#include <vector>

namespace mp4d {

/// The places that the camera of a film of a field passes, in the axes in which the scene is shown. GUI thread only.
class FieldPathKeys : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  const std::vector<Camera>& keys() const { return keys_; }
  int selected() const { return selected_; }  ///< -1 = none
  void select(int key);
  /// After the selected one, else at the end, and selects it. It gets the film's size; what was seen in height still is.
  void add(const Camera& camera);
  void replace(int key, const Camera& camera);
  void remove(int key);
  /// Swaps with the one before (-1) or after it (+1), if there is one.
  void move(int key, int by);
  void clear();
  /// The way through them; empty with fewer than two.
  std::vector<Camera> way(int count) const;

  /// A cameras.json of the places, as `magicpose4d field render --spline --path` takes it, in the scene's own axes. `upright`: from
  /// those to the shown ones. Errors: those of write_atomically().
  Result<void> save(const std::filesystem::path& file, const Quat& upright) const;
  /// The places of such a file in place of these, which stay if there is an error: not a list of cameras, or an empty one.
  Result<void> open(const std::filesystem::path& file, const Quat& upright);

 Q_SIGNALS:
  void changed();

 private:
  std::vector<Camera> keys_;
  int selected_ = -1;
};

}  // namespace mp4d
