#pragma once
#include "app/studio/workspace.h"
#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace mp4d {

/// Clean-up of the clip that is shown: smoothing and turns of the chosen joint are seen while their values change, the rest
/// is done by a button. Each is one step of the history.
class MotionPanel : public QWidget {
  Q_OBJECT

 public:
  explicit MotionPanel(Workspace& workspace, QWidget* parent = nullptr);

 private:
  void show_state();
  void smooth();
  void turn();
  void begin_anew();
  QDoubleSpinBox* number(const QString& name, const QString& says, double least, double most, double step,
                         const QString& suffix);

  Workspace& workspace_;
  /// What the values of this panel are applied to, as long as the clip shown is what came of it.
  std::shared_ptr<const Clip> base_, made_;
  QWidget* turn_box_ = nullptr;
  QDoubleSpinBox *cutoff_ = nullptr, *rate_ = nullptr, *reach_ = nullptr, *degrees_[3]{};
  QComboBox* root_ = nullptr;
  QLabel* joint_ = nullptr;
  std::vector<QWidget*> need_clip_;
};

}  // namespace mp4d
