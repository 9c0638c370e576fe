#include "app/studio/rig_view.h"
#include "app/studio/tasks.h"
#include "motion/kinematics.h"
#include "render/viewport/cpu_view.h"
#include "render/viewport/pick.h"
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kRadiansPerPixel = 0.008f;
constexpr double kClickReach = 4;
constexpr float kJointReach = 12;

}  // namespace

RigView::RigView(QWidget* parent) : QWidget(parent) { setMinimumSize(200, 160); }

void RigView::show_character(const Character& character, const Pose& pose, const std::vector<char>& drawn) {
  const bool another = character.mesh != character_.mesh || character.skeleton != character_.skeleton;
  character_ = character;
  world_ = character ? forward_kinematics(*character.skeleton, pose) : std::vector<Mat4>();
  drawn_ = drawn.size() == world_.size() ? drawn : std::vector<char>(world_.size(), 1);
  if (another) marked_.clear(), frame_all();
  update();
}

void RigView::mark(std::vector<int> joints) {
  marked_ = std::move(joints);
  update();
}

void RigView::lay_over(std::vector<Vec3> places, std::vector<int> parents) {
  over_ = std::move(places);
  over_parents_ = std::move(parents);
  update();
}

void RigView::set_camera(const ViewCamera& camera) {
  camera_ = camera;
  update();
}

void RigView::frame_all() {
  if (!character_) return;
  Aabb box;
  for (std::size_t j = 0; j < world_.size(); ++j)
    if (drawn_[j]) box.extend(Vec3(world_[j].topRightCorner<3, 1>()));
  if (character_.mesh->verts.rows() > 0)
    box.extend(bounds(character_.skin->joints.rows() > 0 ? skin_linear(character_.mesh->verts, *character_.skin, world_) : character_.mesh->verts));
  camera_.look_at_box(box, height() > 0 ? double(width()) / height() : 1);
  update();
}

void RigView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QColor base = palette().color(QPalette::Window);
  painter.fillRect(rect(), base.lightness() < 128 ? base.lighter(115) : base.darker(104));
  if (!character_) return;
  ViewFrame frame;
  frame.camera = camera_.camera(width(), height());
  frame.look = SurfaceLook::kPlain;
  frame.mesh = character_.mesh;
  frame.skin = character_.skin;
  frame.root_from_joint = world_;
  frame.size = std::max(1e-3f, camera_.distance / 2);
  const QColor line = palette().color(QPalette::WindowText);
  frame.ground_colour = Vec3(line.redF(), line.greenF(), line.blueF());
  painter.setOpacity(0.75);
  painter.drawImage(0, 0, to_qimage(draw_on_cpu(frame)));
  painter.setOpacity(1);
  painter.setRenderHint(QPainter::Antialiasing);
  const auto bones = [&](const auto& place, const auto& parent, int count, const auto& pen) {
    for (int j = 0; j < count; ++j) {
      if (parent(j) < 0) continue;
      const Vec3 a = project(frame.camera, place(parent(j))), b = project(frame.camera, place(j));
      if (a.z() <= 0 || b.z() <= 0) continue;
      painter.setPen(pen(j));
      painter.drawLine(QPointF(a.x(), a.y()), QPointF(b.x(), b.y()));
    }
  };
  const QColor bone(230, 159, 0), over(0, 114, 178), chosen(213, 94, 0);
  const auto is_marked = [&](int j) { return std::find(marked_.begin(), marked_.end(), j) != marked_.end(); };
  bones([&](int j) -> Vec3 { return world_[j].topRightCorner<3, 1>(); }, [&](int j) {
          const int parent = character_.skeleton->joints[j].parent;
          return drawn_[j] && parent >= 0 && drawn_[parent] ? parent : -1;
        },
        static_cast<int>(world_.size()), [&](int j) { return is_marked(j) ? QPen(chosen, 5) : QPen(bone, 2.5); });
  bones([&](int j) { return over_[j]; }, [&](int j) { return over_parents_[j]; }, static_cast<int>(over_.size()), [&](int) { return QPen(over, 2.5); });
  painter.setPen(Qt::NoPen);
  for (int j = 0; j < static_cast<int>(world_.size()); ++j) {
    const Vec3 at = project(frame.camera, world_[j].topRightCorner<3, 1>());
    if (at.z() <= 0 || !drawn_[j]) continue;
    painter.setBrush(is_marked(j) ? chosen : bone);
    painter.drawEllipse(QPointF(at.x(), at.y()), is_marked(j) ? 5 : 3, is_marked(j) ? 5 : 3);
  }
}

void RigView::mousePressEvent(QMouseEvent* event) {
  last_ = pressed_at_ = event->position();
  moved_ = false;
}

void RigView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF by = event->position() - last_;
  moved_ = moved_ || (event->position() - pressed_at_).manhattanLength() > kClickReach;
  if (!moved_) return;
  last_ = event->position();
  if (event->buttons() & Qt::MiddleButton || event->modifiers() & Qt::ShiftModifier) camera_.pan(static_cast<float>(by.x()), static_cast<float>(by.y()), height());
  else camera_.orbit(-static_cast<float>(by.x()) * kRadiansPerPixel, static_cast<float>(by.y()) * kRadiansPerPixel);
  update();
  Q_EMIT turned();
}

void RigView::mouseReleaseEvent(QMouseEvent* event) {
  if (moved_ || !character_) return;
  ViewFrame frame;
  frame.camera = camera_.camera(width(), height());
  frame.root_from_joint = world_;
  Q_EMIT joint_clicked(pick_joint(frame, static_cast<float>(event->position().x()), static_cast<float>(event->position().y()), kJointReach));
}

void RigView::wheelEvent(QWheelEvent* event) {
  camera_.zoom(static_cast<float>(std::pow(0.87, event->angleDelta().y() / 120.0)));
  update();
}

}  // namespace mp4d
