#pragma once
#include "app/studio/dialogs.h"
#include "app/studio/field_work.h"
#include <QWidget>

class QListWidget;
class QPushButton;

namespace mp4d {

/// Lists the places that a film of a field passes: taken from the view, ordered, kept as a file, filmed.
class FieldPathEditor : public QWidget {
  Q_OBJECT

 public:
  FieldPathEditor(FieldWork& field, const Dialogs& dialogs, QWidget* parent = nullptr);

 Q_SIGNALS:
  /// What the view shows is to be place `key`, or a new one if there is none of that number.
  void view_wanted(int key);
  /// The view is to show what this place does.
  void look_wanted(int key);

 private:
  void show_state();

  FieldWork& field_;
  const Dialogs& dialogs_;
  QListWidget* list_ = nullptr;
  QPushButton *add_ = nullptr, *replace_ = nullptr, *up_ = nullptr, *down_ = nullptr, *remove_ = nullptr, *open_ = nullptr, *save_ = nullptr,
              *film_ = nullptr;
};

}  // namespace mp4d
