#pragma once
#include "app/studio/dialogs.h"
#include "app/studio/job.h"
#include "app/studio/mask_tasks.h"
#include <QDialog>
#include <map>

class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QRadioButton;
class QSpinBox;

namespace mp4d {

class Workspace;

/// One frame with its mask over it. Left button paints, right button erases.
class MaskCanvas : public QWidget {
  Q_OBJECT

 public:
  explicit MaskCanvas(QWidget* parent = nullptr);
  void show_frame(const QImage& picture, const Mask& mask);
  void set_brush(int radius, bool erases);
  /// Where a point of the picture is on the widget.
  QPointF on_screen(const QPointF& pixel) const;
  QSize sizeHint() const override { return {720, 480}; }

 Q_SIGNALS:
  void stroke_begun();
  /// A disc of `radius` pixels of the picture round (x, y).
  void touched(double x, double y, double radius, bool erases);
  void stroke_ended();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  QRectF picture_rect() const;
  void touch(const QPointF& at, bool erases);

  QImage picture_, overlay_;
  QPointF last_;
  int radius_ = 18;
  bool erases_ = false, painting_ = false;
};

/// The masks of a clip, frame by frame: computed, painted, carried from the painted frames to the others, saved as a folder
/// that the reconstruction takes.
class MaskEditor : public QDialog {
  Q_OBJECT

 public:
  MaskEditor(Workspace& workspace, const Dialogs& dialogs, QWidget* parent = nullptr);
  ~MaskEditor() override;

  const std::vector<Mask>& masks() const { return masks_; }
  Job& job() { return job_; }

 private:
  using Work = std::function<Result<std::vector<Mask>>(JobContext&)>;
  void run(const QString& name, bool keep_painted, Work work);
  void show_frame(int frame);
  void show_state();
  void touch(double x, double y, double radius, bool erases);
  void undo();
  void refresh_icon(int frame);
  void save();

  Workspace& workspace_;
  Dialogs dialogs_;
  Job job_;
  Footage footage_;
  std::vector<Mask> masks_;
  std::vector<char> painted_;
  std::vector<std::pair<int, Mask>> strokes_;  ///< what a frame was before each
  int frame_ = 0;
  MaskCanvas* canvas_ = nullptr;
  QListWidget* strip_ = nullptr;
  QSpinBox* radius_ = nullptr;
  QRadioButton *add_ = nullptr, *erase_ = nullptr;
  QPushButton *find_ = nullptr, *carry_ = nullptr, *invert_ = nullptr, *undo_ = nullptr, *save_ = nullptr;
  QLabel* words_ = nullptr;
  QProgressBar* bar_ = nullptr;
};

}  // namespace mp4d
