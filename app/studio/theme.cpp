#include "app/studio/theme.h"
#include <QApplication>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <QStyleFactory>

namespace mp4d {
namespace {

constexpr int kIconSide = 64;

QPalette light_palette() {
  QPalette p;
  const QColor text(0x1e, 0x22, 0x27), window(0xf2, 0xf3, 0xf5), base(0xff, 0xff, 0xff), accent(0x0a, 0x6c, 0xbf);
  p.setColor(QPalette::Window, window);
  p.setColor(QPalette::WindowText, text);
  p.setColor(QPalette::Base, base);
  p.setColor(QPalette::AlternateBase, QColor(0xf7, 0xf8, 0xfa));
  p.setColor(QPalette::Text, text);
  p.setColor(QPalette::Button, QColor(0xe9, 0xeb, 0xee));
  p.setColor(QPalette::ButtonText, text);
  p.setColor(QPalette::ToolTipBase, QColor(0x2c, 0x31, 0x38));
  p.setColor(QPalette::ToolTipText, QColor(0xf2, 0xf3, 0xf5));
  p.setColor(QPalette::PlaceholderText, QColor(0x6b, 0x72, 0x7b));
  p.setColor(QPalette::Highlight, accent);
  p.setColor(QPalette::HighlightedText, Qt::white);
  p.setColor(QPalette::Link, accent);
  p.setColor(QPalette::Mid, QColor(0xb8, 0xbd, 0xc4));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, QColor(0x96, 0x9c, 0xa5));
  return p;
}

QPalette dark_palette() {
  QPalette p;
  const QColor text(0xe4, 0xe7, 0xeb), window(0x26, 0x2a, 0x30), base(0x1d, 0x20, 0x25), accent(0x3d, 0x9b, 0xe9);
  p.setColor(QPalette::Window, window);
  p.setColor(QPalette::WindowText, text);
  p.setColor(QPalette::Base, base);
  p.setColor(QPalette::AlternateBase, QColor(0x22, 0x26, 0x2b));
  p.setColor(QPalette::Text, text);
  p.setColor(QPalette::Button, QColor(0x34, 0x39, 0x41));
  p.setColor(QPalette::ButtonText, text);
  p.setColor(QPalette::BrightText, Qt::white);
  p.setColor(QPalette::ToolTipBase, QColor(0xe4, 0xe7, 0xeb));
  p.setColor(QPalette::ToolTipText, QColor(0x1d, 0x20, 0x25));
  p.setColor(QPalette::PlaceholderText, QColor(0x93, 0x9b, 0xa6));
  p.setColor(QPalette::Highlight, accent);
  p.setColor(QPalette::HighlightedText, QColor(0x10, 0x14, 0x18));
  p.setColor(QPalette::Link, accent);
  p.setColor(QPalette::Light, QColor(0x3e, 0x44, 0x4d));
  p.setColor(QPalette::Midlight, QColor(0x38, 0x3d, 0x46));
  p.setColor(QPalette::Mid, QColor(0x4a, 0x51, 0x5b));
  p.setColor(QPalette::Dark, QColor(0x17, 0x1a, 0x1e));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, QColor(0x72, 0x79, 0x83));
  return p;
}

void paint_glyph(QPainter& painter, Glyph glyph, const QColor& colour) {
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  const auto triangle = [&](double left, double right) {
    QPolygonF shape({{left, 14}, {right, 32}, {left, 50}});
    painter.drawPolygon(shape);
  };
  switch (glyph) {
    case Glyph::kPlay:
    case Glyph::kRun: triangle(18, 50); break;
    case Glyph::kPause:
      painter.drawRect(QRectF(17, 14, 10, 36));
      painter.drawRect(QRectF(37, 14, 10, 36));
      break;
    case Glyph::kStop: painter.drawRoundedRect(QRectF(16, 16, 32, 32), 3, 3); break;
    case Glyph::kForward:
      triangle(16, 38);
      painter.drawRect(QRectF(41, 14, 7, 36));
      break;
    case Glyph::kBack:
      triangle(48, 26);
      painter.drawRect(QRectF(16, 14, 7, 36));
      break;
    case Glyph::kStart:
      triangle(34, 16);
      triangle(52, 34);
      break;
    case Glyph::kLoop: {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(colour, 6));
      painter.drawArc(QRectF(14, 16, 36, 32), 40 * 16, 280 * 16);
      painter.setPen(Qt::NoPen);
      painter.setBrush(colour);
      painter.drawPolygon(QPolygonF({{38, 22}, {56, 26}, {52, 8}}));
      break;
    }
    case Glyph::kFolder: {
      QPainterPath path;
      path.addRoundedRect(QRectF(10, 22, 44, 28), 3, 3);
      path.addRoundedRect(QRectF(10, 14, 20, 14), 3, 3);
      painter.drawPath(path.simplified());
      break;
    }
  }
}

}  // namespace

void apply_theme(const QString& name) {
  static const QPalette system = QApplication::palette();
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QApplication::setPalette(name == QLatin1String("dark") ? dark_palette() : name == QLatin1String("light") ? light_palette() : system);
}

QIcon glyph_icon(Glyph glyph, const QPalette& palette) {
  QIcon icon;
  for (const auto& [mode, group] : {std::pair{QIcon::Normal, QPalette::Active}, {QIcon::Disabled, QPalette::Disabled}}) {
    QPixmap pixmap(kIconSide, kIconSide);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint_glyph(painter, glyph, palette.color(group, QPalette::ButtonText));
    painter.end();
    icon.addPixmap(pixmap, mode);
  }
  return icon;
}

QIcon program_icon() {
  QPixmap pixmap(128, 128);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(0x1f, 0x4e, 0x79));
  painter.drawRoundedRect(QRectF(4, 4, 120, 120), 26, 26);
  const QPointF joints[]{{28, 88}, {46, 54}, {80, 52}, {100, 34}, {84, 92}};
  painter.setPen(QPen(QColor(0xff, 0xc4, 0x3d), 9, Qt::SolidLine, Qt::RoundCap));
  for (const auto& [a, b] : {std::pair{0, 1}, {1, 2}, {2, 3}, {2, 4}}) painter.drawLine(joints[a], joints[b]);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(0xff, 0xf0, 0xcd));
  for (const QPointF& joint : joints) painter.drawEllipse(joint, 8, 8);
  return QIcon(pixmap);
}

}  // namespace mp4d
