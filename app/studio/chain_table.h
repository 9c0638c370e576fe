#pragma once
#include "app/studio/workspace.h"
#include <QWidget>

class QPushButton;
class QTableWidget;

namespace mp4d {

/// Which chain of the character follows which of the motion, and how sure that is: each can be given another, which the next
/// transfer keeps to.
class ChainTable : public QWidget {
  Q_OBJECT

 public:
  explicit ChainTable(Workspace& workspace, QWidget* parent = nullptr);

 private:
  void fill();

  Workspace& workspace_;
  QTableWidget* table_ = nullptr;
  QPushButton* anew_ = nullptr;
};

}  // namespace mp4d
