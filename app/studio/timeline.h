#pragma once
#include "app/studio/workspace.h"
#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QToolButton;

namespace mp4d {

/// The strip that shows the clip's time: keys, the part that plays, where it stands. Dragging scrubs; dragging an end of
/// the range moves it; arrow keys step.
class TimelineRuler : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineRuler(Workspace& workspace, QWidget* parent = nullptr);
  QSize sizeHint() const override { return {400, 54}; }
  double time_at(double x) const;
  double x_of(double time) const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  enum class Drag { kNone, kTime, kFirst, kLast };
  void drag_to(double x);
  void paint_feet(QPainter& painter, double top);
  Workspace& workspace_;
  Drag drag_ = Drag::kNone;
};

/// Clip, transport and ruler.
class Timeline : public QWidget {
  Q_OBJECT

 public:
  explicit Timeline(Workspace& workspace, QWidget* parent = nullptr);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void fill_clips();
  void show_time();
  void show_state();
  void set_icons();
  QToolButton* button(const QString& name, const QString& tip);

  Workspace& workspace_;
  QComboBox* clips_ = nullptr;
  QToolButton *start_ = nullptr, *back_ = nullptr, *play_ = nullptr, *forward_ = nullptr, *loop_ = nullptr;
  QDoubleSpinBox* speed_ = nullptr;
  QLabel* time_ = nullptr;
  TimelineRuler* ruler_ = nullptr;
};

}  // namespace mp4d
