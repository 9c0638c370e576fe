#pragma once
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"
#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace mp4d {

/// The brush for skin weights, and the weights made anew.
class WeightPanel : public QWidget {
  Q_OBJECT

 public:
  WeightPanel(Workspace& workspace, Viewport& viewport, QWidget* parent = nullptr);

 private:
  void show_state();
  void set_brush();

  Workspace& workspace_;
  Viewport& viewport_;
  QComboBox* mode_ = nullptr;
  QDoubleSpinBox *radius_ = nullptr, *strength_ = nullptr;
  QLabel* joint_ = nullptr;
  QPushButton *mirror_ = nullptr, *anew_ = nullptr;
};

}  // namespace mp4d
