#pragma once
#include "app/studio/character.h"
#include "render/viewport/view_camera.h"
#include <QWidget>

namespace mp4d {

/// A small view of a character in a pose, drawn on the processor: to compare two side by side. Dragging turns it, the wheel goes
/// nearer; a click on a joint tells of it.
class RigView : public QWidget {
  Q_OBJECT

 public:
  explicit RigView(QWidget* parent = nullptr);

  /// `drawn`: one a joint, 0 = is not drawn; empty = all are.
  void show_character(const Character& character, const Pose& pose, const std::vector<char>& drawn = {});
  /// Joints drawn in another colour.
  void mark(std::vector<int> joints);
  /// Another skeleton over it, in blue: places of its joints in this one's space, and their parents; empty = none.
  void lay_over(std::vector<Vec3> places, std::vector<int> parents);
  const ViewCamera& camera() const { return camera_; }
  void set_camera(const ViewCamera& camera);
  /// So that all of it is seen.
  void frame_all();
  QSize sizeHint() const override { return {360, 300}; }

 Q_SIGNALS:
  void turned();
  void joint_clicked(int joint);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;

 private:
  Character character_;
  std::vector<Mat4> world_;
  std::vector<char> drawn_;
  std::vector<int> marked_;
  std::vector<Vec3> over_;
  std::vector<int> over_parents_;
  ViewCamera camera_;
  QPointF last_, pressed_at_;
  bool moved_ = false;
};

}  // namespace mp4d
