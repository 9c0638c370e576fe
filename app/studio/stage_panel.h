#pragma once
#include "app/studio/dialogs.h"
#include "app/studio/workspace.h"
#include <QWidget>

class QLabel;
class QListWidget;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace mp4d {

/// One line of the stage list.
class StageRow : public QWidget {
  Q_OBJECT

 public:
  StageRow(Stage stage, QWidget* parent = nullptr);
  void show_state(const StageState& state);

 private:
  QLabel *title_ = nullptr, *status_ = nullptr;
  QProgressBar* bar_ = nullptr;
};

/// What is to be done, in order, how far it is, and the options of the stage that is chosen.
class StagePanel : public QWidget {
  Q_OBJECT

 public:
  StagePanel(Workspace& workspace, const Dialogs& dialogs, QWidget* parent = nullptr);
  void choose(Stage stage);
  Stage chosen() const { return chosen_; }

 Q_SIGNALS:
  void export_wanted();
  void masks_wanted();
  void transfer_wanted();

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fill();
  void soften_choice();
  Stage first_choice() const;
  void show_states();
  void show_picture();
  void show_log();
  void show_options();
  QWidget* path_row(const QString& name, const QString& label, const std::filesystem::path& path, const QString& tip,
                    const std::function<void()>& choose);
  QString run_text() const;
  void run();

  Workspace& workspace_;
  const Dialogs& dialogs_;
  std::vector<Stage> stages_;
  std::vector<StageRow*> rows_;
  Stage chosen_ = Stage::kFrames;
  std::filesystem::path shown_masks_, shown_motion_;
  QListWidget* list_ = nullptr;
  QLabel *title_ = nullptr, *job_text_ = nullptr, *empty_ = nullptr, *picture_ = nullptr;
  QScrollArea* scroll_ = nullptr;
  QPlainTextEdit* log_ = nullptr;
  std::pair<qint64, int> shown_picture_;  ///< its key and the width that it was fitted into
  QPushButton *run_ = nullptr, *anew_ = nullptr, *pause_ = nullptr, *stop_ = nullptr;
  QProgressBar* job_bar_ = nullptr;
  QWidget *job_box_ = nullptr, *chosen_box_ = nullptr;
};

}  // namespace mp4d
