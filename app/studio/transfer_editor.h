#pragma once
#include "app/studio/dialogs.h"
#include "app/studio/workspace.h"
#include <QDialog>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;

namespace mp4d {

class ChainLinks;
class RigView;

/// A transfer before and after it is made: where the motion comes from and who takes it, side by side or one rest pose over the
/// other; which chain follows which, as lines to drag; maps to keep and use again.
class TransferEditor : public QDialog {
  Q_OBJECT

 public:
  TransferEditor(Workspace& workspace, const Dialogs& dialogs, QWidget* parent = nullptr);

 private:
  QLayout* make_views();
  QLayout* make_presets();
  void read();
  void read_if_needed();
  void fill();
  void fill_presets();
  void show_time();
  void show_state();
  void mark(const QString& source, const QString& target);
  void click_joint(bool source, int joint);
  void tell(const Result<void>& done);

  Workspace& workspace_;
  Dialogs dialogs_;
  Playback playback_;
  QTimer clock_;
  bool tried_ = false;  ///< to read the sides as they are now
  RigView *source_ = nullptr, *target_ = nullptr;
  QLabel *source_title_ = nullptr, *target_title_ = nullptr, *words_ = nullptr;
  ChainLinks* links_ = nullptr;
  QCheckBox* over_ = nullptr;
  QComboBox* presets_ = nullptr;
  QPushButton *play_ = nullptr, *motion_ = nullptr, *keep_ = nullptr, *file_ = nullptr, *anew_ = nullptr, *transfer_ = nullptr;
};

}  // namespace mp4d
