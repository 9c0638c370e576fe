#pragma once
#include "app/studio/workspace.h"
#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace mp4d {

/// What is seen while nothing is open: where to begin, what was open last, what a crash left.
class StartPage : public QWidget {
  Q_OBJECT

 public:
  explicit StartPage(Workspace& workspace, QWidget* parent = nullptr);

 Q_SIGNALS:
  void open_wanted();
  void folder_wanted();
  void person_wanted();
  void batch_wanted();
  void field_wanted();

 private:
  void fill();
  Workspace& workspace_;
  QVBoxLayout* lists_ = nullptr;
};

}  // namespace mp4d
