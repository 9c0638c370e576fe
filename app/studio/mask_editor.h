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

/// What a press on the frame does.
enum class MaskTool {
  kPoint,  ///< left: this is the subject, right: this is background
  kPaint,  ///< left paints, right erases
  kErase
};

/// One frame with its mask and points over it.
class MaskCanvas : public QWidget {
  Q_OBJECT

 public:
  explicit MaskCanvas(QWidget* parent = nullptr);
  void show_frame(const QImage& picture, const Mask& mask, const std::vector<MaskPoint>& points);
  void set_tool(MaskTool tool, int radius);
  /// Where a point of the picture is on the widget.
  QPointF on_screen(const QPointF& pixel) const;
  QSize sizeHint() const override { return {720, 480}; }

 Q_SIGNALS:
  void stroke_begun();
  /// A disc of `radius` pixels of the picture round (x, y).
  void touched(double x, double y, double radius, bool erases);
  void stroke_ended();
  void pointed(double x, double y, bool subject);

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
  std::vector<MaskPoint> points_;
  MaskTool tool_ = MaskTool::kPoint;
  int radius_ = 18;
  bool painting_ = false;
};

/// The masks of a clip, frame by frame: computed, found from points, painted, carried from the painted frames to the others, saved as a folder
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
  void begin_stroke();
  void touch(double x, double y, double radius, bool erases);
  void point(double x, double y, bool subject);
  void undo();
  void refresh_icon(int frame);
  void save();

  Workspace& workspace_;
  Dialogs dialogs_;
  Job job_;
  Footage footage_;
  std::vector<Mask> masks_;
  std::vector<char> painted_;
  /// What was said of a frame by points, on top of a mask.
  struct Pointed {
    std::vector<MaskPoint> points;
    Mask before;
  };
  std::vector<Pointed> pointed_;
  /// What a frame was before a stroke or a point.
  struct Stroke {
    int frame = 0;
    Mask mask;
    Pointed pointed;
  };
  std::vector<Stroke> strokes_;
  int frame_ = 0;
  MaskCanvas* canvas_ = nullptr;
  QListWidget* strip_ = nullptr;
  QSpinBox* radius_ = nullptr;
  QRadioButton *point_ = nullptr, *add_ = nullptr, *erase_ = nullptr;
  QPushButton *find_ = nullptr, *carry_ = nullptr, *invert_ = nullptr, *undo_ = nullptr, *save_ = nullptr;
  QLabel* words_ = nullptr;
  QProgressBar* bar_ = nullptr;
};

}  // namespace mp4d
