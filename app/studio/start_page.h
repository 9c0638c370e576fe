#pragma once
#include "app/studio/workspace.h"
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
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
  QLayout* template_row();
  void fill_templates();

  Workspace& workspace_;
  QComboBox* templates_ = nullptr;
  QLabel* template_words_ = nullptr;
  QPushButton* template_remove_ = nullptr;
  QVBoxLayout* lists_ = nullptr;
};

}  // namespace mp4d
