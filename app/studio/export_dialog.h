#pragma once
#include "app/studio/dialogs.h"
#include "app/studio/workspace.h"
#include <QDialog>

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace mp4d {

/// Where to, for which program, which clips; afterwards how far the file is from the model, read again.
class ExportDialog : public QDialog {
  Q_OBJECT

 public:
  ExportDialog(Workspace& workspace, const Dialogs& dialogs, QWidget* parent = nullptr);

 private:
  void choose_file();
  void run();
  void show_ready();

  Workspace& workspace_;
  const Dialogs& dialogs_;
  QLineEdit* file_ = nullptr;
  QListWidget* clips_ = nullptr;
  QLabel* outcome_ = nullptr;
  QPushButton* export_ = nullptr;
};

}  // namespace mp4d
