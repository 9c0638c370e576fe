#include "app/studio/stage_log.h"
#include "app/cli/console.h"
#include <QCoreApplication>
#include <QTime>

namespace mp4d {

void StageLog::begin(const std::vector<Stage>& stages) {
  for (const Stage stage : stages) lines_.erase(stage);
  at_ = stages.empty() ? std::nullopt : std::optional(stages.front());
  phase_.clear();
}

void StageLog::add(const QString& text) {
  if (at_) lines_[*at_] << QTime::currentTime().toString(QStringLiteral("HH:mm:ss  ")) + text;
}

void StageLog::enter(Stage stage, const QString& phase) {
  if (at_ == stage && phase == phase_) return;
  at_ = stage;
  phase_ = phase;
  add(phase);
}

void StageLog::say(MessageLevel level, const QString& text) {
  add(level == MessageLevel::kWarning ? QCoreApplication::translate("Stages", "Warning: %1").arg(text) : text);
}

void StageLog::end(const Error* error, double seconds) {
  if (error) add(error->code == ErrorCode::kCancelled ? status_text(StageStatus::kStopped) : QString::fromStdString(error->message));
  else add(QCoreApplication::translate("Stages", "done after %1").arg(QString::fromStdString(format_duration(seconds))));
  at_.reset();
}

const QStringList& StageLog::lines(Stage stage) const {
  static const QStringList kNone;
  const auto found = lines_.find(stage);
  return found == lines_.end() ? kNone : found->second;
}

}  // namespace mp4d
