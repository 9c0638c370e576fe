#include "app/studio/mask_editor.h"
#include <QMouseEvent>
#include <QPainter>
#include <cmath>

namespace mp4d {

MaskCanvas::MaskCanvas(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("maskCanvas"));
  setAccessibleName(tr("Frame with its mask"));
  setMouseTracking(true);
  setMinimumSize(320, 240);
}

void MaskCanvas::show_frame(const QImage& picture, const Mask& mask, const std::vector<MaskPoint>& points) {
  picture_ = picture;
  points_ = points;
  overlay_ = QImage();
  if (!mask.empty()) {
    // Orange on the subject, a dark veil on the rest: told apart by all kinds of colour vision.
    overlay_ = QImage(mask.width, mask.height, QImage::Format_ARGB32);
    for (int y = 0; y < mask.height; ++y) {
      auto* line = reinterpret_cast<QRgb*>(overlay_.scanLine(y));
      for (int x = 0; x < mask.width; ++x) line[x] = mask.at(x, y) ? qRgba(255, 140, 0, 110) : qRgba(0, 0, 30, 90);
    }
  }
  update();
}

void MaskCanvas::set_tool(MaskTool tool, int radius) {
  tool_ = tool;
  radius_ = radius;
  setCursor(tool == MaskTool::kPoint ? Qt::CrossCursor : Qt::ArrowCursor);
  update();
}

QRectF MaskCanvas::picture_rect() const {
  if (picture_.isNull()) return {};
  const QSizeF size = QSizeF(picture_.size()).scaled(this->size(), Qt::KeepAspectRatio);
  return QRectF(QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), size);
}

QPointF MaskCanvas::on_screen(const QPointF& pixel) const {
  const QRectF rect = picture_rect();
  return rect.topLeft() + QPointF(pixel.x() * rect.width() / picture_.width(), pixel.y() * rect.height() / picture_.height());
}

void MaskCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Dark));
  if (picture_.isNull()) return;
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(picture_rect(), picture_);
  if (!overlay_.isNull()) painter.drawImage(picture_rect(), overlay_);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const MaskPoint& point : points_) {
    painter.setPen(QPen(Qt::white, 1.6));
    painter.setBrush(point.subject ? QColor(213, 94, 0) : QColor(0, 114, 178));
    painter.drawEllipse(on_screen({point.x, point.y}), 5, 5);
  }
  if (!underMouse() || tool_ == MaskTool::kPoint) return;
  painter.setBrush(Qt::NoBrush);
  for (const auto& [colour, width] : {std::pair{QColor(0, 0, 0, 170), 3.0}, {QColor(Qt::white), 1.2}}) {
    painter.setPen(QPen(colour, width));
    painter.drawEllipse(last_, radius_, radius_);
  }
}

void MaskCanvas::touch(const QPointF& at, bool erases) {
  const QRectF rect = picture_rect();
  if (picture_.isNull() || rect.width() <= 0) return;
  const double scale = picture_.width() / rect.width();
  // From where it was, so that quick strokes have no gaps.
  const double length = std::hypot(at.x() - last_.x(), at.y() - last_.y());
  const int steps = painting_ ? std::max(1, static_cast<int>(std::ceil(3 * length / radius_))) : 1;
  for (int k = 1; k <= steps; ++k) {
    const QPointF p = (last_ + (at - last_) * k / steps - rect.topLeft()) * scale;
    Q_EMIT touched(p.x(), p.y(), radius_ * scale, erases);
  }
}

void MaskCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton && event->button() != Qt::RightButton) return;
  last_ = event->position();
  if (tool_ == MaskTool::kPoint) {
    const QRectF rect = picture_rect();
    if (!rect.contains(last_)) return;
    const QPointF at = (last_ - rect.topLeft()) * (picture_.width() / rect.width());
    Q_EMIT pointed(at.x(), at.y(), event->button() == Qt::LeftButton);
    return;
  }
  Q_EMIT stroke_begun();
  touch(last_, (tool_ == MaskTool::kErase) != (event->button() == Qt::RightButton));
  painting_ = true;
}

void MaskCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (painting_) touch(event->position(), (tool_ == MaskTool::kErase) != event->buttons().testFlag(Qt::RightButton));
  last_ = event->position();
  update();
}

void MaskCanvas::mouseReleaseEvent(QMouseEvent*) {
  if (!painting_) return;
  painting_ = false;
  Q_EMIT stroke_ended();
}

}  // namespace mp4d
