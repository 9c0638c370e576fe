#pragma once
#include "app/studio/dialogs.h"
#include "app/studio/field_work.h"
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace mp4d {

class CurveView;
class OptionForm;

/// A neural field: its scene, its options, how the training goes, what can be made of it.
class FieldPanel : public QWidget {
  Q_OBJECT

 public:
  FieldPanel(FieldWork& field, const Dialogs& dialogs, QWidget* parent = nullptr);

 Q_SIGNALS:
  /// The surface is to take the place of what is open.
  void mesh_wanted();
  /// See FieldPathEditor.
  void view_wanted(int key);
  void look_wanted(int key);

 private:
  QWidget* make_results();
  void show_state();

  FieldWork& field_;
  const Dialogs& dialogs_;
  QLabel *scene_ = nullptr, *picture_ = nullptr, *figures_ = nullptr;
  OptionForm *form_ = nullptr, *mesh_form_ = nullptr;
  CurveView *psnr_ = nullptr, *loss_ = nullptr;
  QProgressBar* bar_ = nullptr;
  QPushButton *open_ = nullptr, *photos_ = nullptr, *video_ = nullptr, *train_ = nullptr, *stop_ = nullptr, *mesh_ = nullptr, *orbit_ = nullptr;
};

}  // namespace mp4d
