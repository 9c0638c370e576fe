#include "app/studio/curve_view.h"
#include "app/cli/console.h"
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kLeft = 40, kRight = 10, kTop = 8, kBottom = 20;

/// 1, 2 or 5 times a power of ten, so that about three fit into `range`.
double nice_step(double range) {
  const double power = std::pow(10, std::floor(std::log10(range / 3)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (range / (factor * power) <= 4) return factor * power;
  return 10 * power;
}

}  // namespace

CurveView::CurveView(const QString& unit, const QString& empty, QWidget* parent) : QWidget(parent), unit_(unit), empty_(empty) {
  setMinimumHeight(90);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void CurveView::show_curve(std::vector<std::pair<double, double>> line, std::vector<std::pair<double, double>> points) {
  line_ = std::move(line);
  points_ = std::move(points);
  update();
}

void CurveView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPalette& colours = palette();
  const QRectF area(kLeft, kTop, width() - kLeft - kRight, height() - kTop - kBottom);
  painter.fillRect(area, colours.color(QPalette::Base));
  if (line_.empty() && points_.empty()) {
    painter.setPen(colours.color(QPalette::PlaceholderText));
    painter.drawText(area.adjusted(4, 0, -4, 0), Qt::AlignCenter | Qt::TextWordWrap, empty_);
    return;
  }
  double end = 1e-3, low = 1e30, high = -1e30;
  for (const auto* curve : {&line_, &points_})
    for (const auto& [time, value] : *curve) end = std::max(end, time), low = std::min(low, value), high = std::max(high, value);
  const double room = std::max(0.05 * (high - low), 1e-3 * std::max(1e-3, std::abs(high)));
  low -= room, high += room;
  const auto place = [&](const std::pair<double, double>& at) {
    return QPointF(area.left() + area.width() * at.first / end, area.bottom() - area.height() * (at.second - low) / (high - low));
  };
  QColor grid = colours.color(QPalette::WindowText);
  grid.setAlpha(50);
  const double step = nice_step(high - low);
  for (double value = std::ceil(low / step) * step; value <= high; value += step) {
    const double y = place({0, value}).y();
    painter.setPen(grid);
    painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    painter.setPen(colours.color(QPalette::WindowText));
    const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step))));
    painter.drawText(QRectF(0, y - 8, kLeft - 5, 16), Qt::AlignRight | Qt::AlignVCenter, QLocale().toString(value, 'f', decimals));
  }
  painter.setPen(colours.color(QPalette::WindowText));
  painter.drawText(QRectF(area.left(), area.bottom() + 2, area.width(), kBottom - 2), Qt::AlignRight | Qt::AlignVCenter,
                   QString::fromStdString(format_duration(end)));
  painter.drawText(QRectF(area.left(), area.bottom() + 2, area.width(), kBottom - 2), Qt::AlignLeft | Qt::AlignVCenter, unit_);
  QPainterPath path;
  for (std::size_t i = 0; i < line_.size(); ++i) {
    if (i == 0) path.moveTo(place(line_[i]));
    else path.lineTo(place(line_[i]));
  }
  painter.setPen(QPen(QColor(0, 158, 255), 1.5));
  painter.drawPath(path);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(213, 94, 0));
  for (const auto& point : points_) painter.drawEllipse(place(point), 3, 3);
}

}  // namespace mp4d
