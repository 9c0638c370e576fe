#pragma once
#include "app/studio/workspace.h"
#include <QWidget>

class QDoubleSpinBox;
class QGroupBox;
class QTreeWidget;
class QTreeWidgetItem;

namespace mp4d {

/// The skeleton as a tree: names are edited in place, the chosen joint's place in numbers.
class RigPanel : public QWidget {
  Q_OBJECT

 public:
  explicit RigPanel(Workspace& workspace, QWidget* parent = nullptr);

 private:
  void fill();
  void show_selection();
  void place_joint();
  QWidget* make_limits();
  void show_limit();
  void set_limit();

  Workspace& workspace_;
  QTreeWidget* tree_ = nullptr;
  std::vector<QTreeWidgetItem*> items_;
  QDoubleSpinBox* place_[3]{};
  QWidget* place_box_ = nullptr;
  QGroupBox* limit_box_ = nullptr;
  QDoubleSpinBox *swing_ = nullptr, *twist_from_ = nullptr, *twist_to_ = nullptr;
  std::vector<QWidget*> need_joint_;
  std::shared_ptr<const Skeleton> shown_;
};

}  // namespace mp4d
