#pragma once
#include "app/studio/stages.h"
#include "core/job_context.h"
#include <QStringList>
#include <map>

namespace mp4d {

/// What each stage did and said in its last run, a line each with the time of day, for people.
class StageLog {
 public:
  /// These stages run from now on; what they did before is forgotten.
  void begin(const std::vector<Stage>& stages);
  /// `stage` is at `phase` now; what is said next is its own.
  void enter(Stage stage, const QString& phase);
  void say(MessageLevel level, const QString& text);
  /// Of the whole run; null = done.
  void end(const Error* error, double seconds);
  void clear() { lines_.clear(); }
  const QStringList& lines(Stage stage) const;

 private:
  void add(const QString& text);

  std::map<Stage, QStringList> lines_;
  std::optional<Stage> at_;
  QString phase_;
};

}  // namespace mp4d
