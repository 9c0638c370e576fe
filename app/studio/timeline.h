#pragma once
#include "app/studio/workspace.h"
#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QToolButton;

namespace mp4d {

/// The strip that shows the clip's time: keys of the chosen joint, the part that plays, where it stands. Dragging scrubs; dragging an
/// end of the range moves it; arrow keys step. Keys are chosen by a click (Ctrl: one more), moved by dragging, deleted by Delete.
class TimelineRuler : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineRuler(Workspace& workspace, QWidget* parent = nullptr);
  QSize sizeHint() const override { return {400, 54}; }
  double time_at(double x) const;
  double x_of(double time) const;
  double x_of_key(int key) const;
  double y_of_keys() const { return height() - 11; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  enum class Drag { kNone, kTime, kFirst, kLast, kKeys };
  void drag_to(double x);
  void paint_feet(QPainter& painter, double top);
  void paint_keys(QPainter& painter);
  int key_at(const QPointF& at) const;
  int steps_dragged() const;
  Workspace& workspace_;
  Drag drag_ = Drag::kNone;
  double key_from_ = 0, key_to_ = 0;  ///< times between which keys are dragged
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
