#pragma once
#include "app/studio/batch_model.h"
#include "app/studio/dialogs.h"
#include "app/studio/workspace.h"
#include <QDialog>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableView;

namespace mp4d {

/// Many files, one thing to be done with each: what is in the list, how far each job is, what it said. A window beside the main
/// one; the batch goes on while it is closed.
class BatchWindow : public QDialog {
  Q_OBJECT

 public:
  BatchWindow(Workspace& workspace, BatchModel& model, const Dialogs& dialogs, QWidget* parent = nullptr);

  /// Files become a job each; folders as batch_entries() says.
  void add(const std::vector<std::filesystem::path>& paths);

 Q_SIGNALS:
  /// The user wants to see a result.
  void open_wanted(const QString& path);

 protected:
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  QWidget* make_choices();
  QWidget* make_list();
  void open_list();
  void remove_chosen();
  void refresh();
  void run(bool retry_failed);
  void show_state();
  void show_log();
  int chosen_row() const;
  Result<nlohmann::json> preset() const;
  Result<nlohmann::json> list() const;

  Workspace& workspace_;
  BatchModel& model_;
  const Dialogs& dialogs_;
  std::vector<std::string> files_;  ///< a job each, unless a list is open
  nlohmann::json opened_;           ///< the list that was opened, or null
  std::string opened_name_;
  QString preset_file_, problem_;
  QComboBox *command_ = nullptr, *options_ = nullptr;
  QLineEdit* folder_ = nullptr;
  QSpinBox *at_once_ = nullptr, *minutes_ = nullptr;
  QDoubleSpinBox* memory_ = nullptr;
  QTableView* table_ = nullptr;
  QPlainTextEdit* log_ = nullptr;
  QLabel *hint_ = nullptr, *summary_ = nullptr;
  QProgressBar* bar_ = nullptr;
  QPushButton *run_ = nullptr, *stop_ = nullptr, *retry_ = nullptr, *open_ = nullptr, *remove_ = nullptr;
  std::vector<QWidget*> while_idle_;
};

}  // namespace mp4d
