#pragma once
#include <QAction>
#include <QDialog>
#include <QObject>
#include <functional>
#include <vector>

class QLineEdit;
class QListWidget;

namespace mp4d {

/// Its text without the marks of the keyboard.
QString plain_text(const QAction& action);

/// Everything that the user can do, by name: one list for menus, shortcuts, the search and tests.
class Actions : public QObject {
  Q_OBJECT

 public:
  explicit Actions(QWidget* window);
  /// `id` is the action's object name, e.g. "file.open".
  QAction* add(const QString& id, const QString& text, const QKeySequence& shortcut, const std::function<void()>& run);
  QAction* add_toggle(const QString& id, const QString& text, const QKeySequence& shortcut, bool on,
                      const std::function<void(bool)>& set);
  /// Null if there is none.
  QAction* find(const QString& id) const;
  const std::vector<QAction*>& all() const { return actions_; }

 private:
  QWidget* window_;
  std::vector<QAction*> actions_;
};

/// A field that finds actions by any words of their names, and a list of what fits; Return does the first.
class ActionSearch : public QDialog {
  Q_OBJECT

 public:
  ActionSearch(const Actions& actions, QWidget* parent = nullptr);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void fill(const QString& words);
  void run();
  const Actions& actions_;
  QLineEdit* words_ = nullptr;
  QListWidget* found_ = nullptr;
};

}  // namespace mp4d
