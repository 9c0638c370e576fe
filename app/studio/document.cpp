#include "app/studio/document.h"
#include <QUndoCommand>

namespace mp4d {
namespace {

constexpr int kUndoSteps = 200;

}  // namespace

/// Holds the states before and after; parts that did not change are the same in both.
class StateCommand : public QUndoCommand {
 public:
  StateCommand(Document* document, const QString& text, DocumentState after, QString merge)
      : QUndoCommand(text), document_(document), before_(document->state()), after_(std::move(after)), merge_(std::move(merge)) {}

  void undo() override { document_->put(before_); }
  void redo() override { document_->put(after_); }
  int id() const override { return merge_.isEmpty() ? -1 : 1; }
  bool mergeWith(const QUndoCommand* next) override {
    const auto* other = dynamic_cast<const StateCommand*>(next);
    if (!other || other->merge_ != merge_) return false;
    after_ = other->after_;
    return true;
  }

 private:
  Document* document_;
  DocumentState before_, after_;
  QString merge_;
};

std::vector<JointLimit> limits_of(const DocumentState& state) {
  std::vector<JointLimit> limits;
  for (const auto& [name, limit] : state.limits)
    if (const int joint = state.character ? state.character.skeleton->find(name) : -1; joint >= 0) limits.push_back(limit), limits.back().joint = joint;
  return limits;
}

Document::Document(QObject* parent) : QObject(parent) {
  history_.setUndoLimit(kUndoSteps);
  connect(&history_, &QUndoStack::cleanChanged, this, &Document::title_changed);
}

QString Document::title() const {
  const std::filesystem::path& named = path_.empty() ? state_.source : path_;
  if (named.empty()) return QString::fromStdString(state_.character.name);
  return QString::fromStdString((named.has_filename() ? named : named.parent_path()).filename().string());
}

void Document::edit(const QString& text, const std::function<void(DocumentState&)>& change, const QString& merge) {
  DocumentState after = state_;
  change(after);
  history_.push(new StateCommand(this, text, std::move(after), merge.isEmpty() ? merge : merge + QString::number(merge_)));
}

void Document::reset(DocumentState state, std::filesystem::path path, bool dirty) {
  history_.clear();
  if (dirty) history_.resetClean();
  path_ = std::move(path);
  put(state);
  Q_EMIT title_changed();
}

void Document::mark_saved(const std::filesystem::path& path) {
  path_ = path;
  history_.setClean();
  Q_EMIT title_changed();
}

void Document::put(const DocumentState& state) {
  const DocumentState before = std::exchange(state_, state);
  Q_EMIT changed(before);
}

}  // namespace mp4d
