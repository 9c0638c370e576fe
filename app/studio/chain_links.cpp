#include "app/studio/chain_links.h"
#include "app/studio/words.h"
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <array>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kRow = 26, kBoxWidth = 150, kMargin = 6;

/// Viridis from 0.4 to 1, of which the ends are legible on light and dark.
QColor colour_of(double confidence) {
  static constexpr std::array<std::array<double, 3>, 4> kStops{{{72, 40, 120}, {49, 104, 142}, {53, 183, 121}, {160, 200, 40}}};
  const double t = std::clamp((confidence - 0.4) / 0.6, 0.0, 1.0) * (kStops.size() - 1);
  const std::size_t k = std::min<std::size_t>(static_cast<std::size_t>(t), kStops.size() - 2);
  const auto mix = [&](int c) { return static_cast<int>(std::lround(kStops[k][c] + (t - static_cast<double>(k)) * (kStops[k + 1][c] - kStops[k][c]))); };
  return QColor(mix(0), mix(1), mix(2));
}

QString joints_of(const NamedChain& chain) {
  QStringList names;
  for (const std::string& joint : chain.joints) names << QString::fromStdString(joint);
  return names.join(QStringLiteral(", "));
}

QPainterPath curve(const QPointF& a, const QPointF& b) {
  QPainterPath path(a);
  const double middle = (a.x() + b.x()) / 2;
  path.cubicTo(QPointF(middle, a.y()), QPointF(middle, b.y()), b);
  return path;
}

}  // namespace

ChainLinks::ChainLinks(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("chainLinks"));
  setAccessibleName(tr("Which chain follows which"));
  setFocusPolicy(Qt::StrongFocus);
  setMinimumWidth(static_cast<int>(2 * kBoxWidth + 120));
}

void ChainLinks::show_map(const MapFile& map) {
  pairs_ = map.pairs;
  const auto fill = [](const std::vector<NamedChain>& chains, QStringList& names, QStringList& tips) {
    names.clear(), tips.clear();
    for (const NamedChain& chain : chains) names << QString::fromStdString(chain_name(chain)), tips << joints_of(chain);
  };
  fill(map.source, sources_, source_tips_);
  fill(map.target, targets_, target_tips_);
  setFixedHeight(static_cast<int>(2 * kMargin + kRow * std::max<qsizetype>(1, std::max(sources_.size(), targets_.size()))));
  update();
}

void ChainLinks::choose(const QString& source, const QString& target) {
  if (source == chosen_source_ && target == chosen_target_) return;
  chosen_source_ = source;
  chosen_target_ = target;
  update();
  Q_EMIT chosen(source, target);
}

QRectF ChainLinks::box(const Place& place) const {
  return QRectF(place.source ? kMargin : width() - kMargin - kBoxWidth, kMargin + kRow * place.row + 2, kBoxWidth, kRow - 4);
}

QPointF ChainLinks::place_of(bool source, const QString& chain) const {
  return box({source, static_cast<int>(names(source).indexOf(chain))}).center();
}

ChainLinks::Place ChainLinks::at(const QPointF& point) const {
  for (const bool source : {true, false})
    for (int row = 0; row < names(source).size(); ++row)
      if (box({source, row}).contains(point)) return {source, row};
  return {};
}

const MapFile::Pair* ChainLinks::pair_of(bool source, const QString& name) const {
  const auto found = std::find_if(pairs_.begin(), pairs_.end(), [&](const MapFile::Pair& p) { return (source ? p.source : p.target) == name.toStdString(); });
  return found == pairs_.end() ? nullptr : &*found;
}

void ChainLinks::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QPalette& colours = palette();
  const auto end = [&](bool source, int row) {
    const QRectF b = box({source, row});
    return QPointF(source ? b.right() : b.left(), b.center().y());
  };
  for (const MapFile::Pair& pair : pairs_) {
    const auto source = sources_.indexOf(QString::fromStdString(pair.source)), target = targets_.indexOf(QString::fromStdString(pair.target));
    if (source < 0 || target < 0) continue;
    const bool is_chosen = targets_[target] == chosen_target_;
    painter.setPen(QPen(colour_of(pair.confidence), is_chosen ? 5 : 3, pair.mirror ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(Qt::NoBrush);
    const QPainterPath path = curve(end(true, static_cast<int>(source)), end(false, static_cast<int>(target)));
    painter.drawPath(path);
  }
  for (const MapFile::Pair& pair : pairs_) {  // beside the target, where no two meet
    const auto target = targets_.indexOf(QString::fromStdString(pair.target));
    if (target < 0) continue;
    const QRectF room(end(false, static_cast<int>(target)) - QPointF(40, kRow / 2), QSizeF(34, kRow));
    const QString text = QLocale().toString(pair.confidence, 'f', 2);
    QRectF back = painter.boundingRect(room, Qt::AlignCenter, text).adjusted(-2, 0, 2, 0);
    painter.fillRect(back, colours.color(QPalette::Window));
    painter.setPen(colours.color(QPalette::WindowText));
    painter.drawText(room, Qt::AlignCenter, text);
  }
  for (const bool source : {true, false})
    for (int row = 0; row < names(source).size(); ++row) {
      const QString& name = names(source)[row];
      const bool is_chosen = name == (source ? chosen_source_ : chosen_target_);
      painter.setPen(QPen(colours.color(is_chosen ? QPalette::Highlight : QPalette::Mid), is_chosen ? 2 : 1));
      painter.setBrush(colours.color(QPalette::Base));
      painter.drawRoundedRect(box({source, row}), 4, 4);
      painter.setPen(colours.color(pair_of(source, name) ? QPalette::WindowText : QPalette::PlaceholderText));
      const QRectF room = box({source, row}).adjusted(8, 0, -8, 0);
      painter.drawText(room, Qt::AlignVCenter | (source ? Qt::AlignLeft : Qt::AlignRight), painter.fontMetrics().elidedText(chain_title(name.toStdString()), Qt::ElideRight, static_cast<int>(room.width())));
    }
  if (from_.row >= 0) {
    painter.setPen(QPen(colours.color(QPalette::Highlight), 3));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(curve(end(from_.source, from_.row), mouse_));
  }
  if (hasFocus()) {
    painter.setPen(QPen(colours.color(QPalette::Highlight), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
  }
}

void ChainLinks::mousePressEvent(QMouseEvent* event) {
  const Place place = at(event->position());
  if (place.row < 0) return;
  const QString name = names(place.source)[place.row];
  const MapFile::Pair* pair = pair_of(place.source, name);
  const QString partner = pair ? QString::fromStdString(place.source ? pair->target : pair->source) : QString();
  choose(place.source ? name : partner, place.source ? partner : name);
  if (event->button() == Qt::RightButton) return part();
  from_ = place;
  mouse_ = event->position();
}

void ChainLinks::mouseMoveEvent(QMouseEvent* event) {
  mouse_ = event->position();
  const Place over = at(mouse_);
  setToolTip(over.row < 0 ? QString() : (over.source ? source_tips_ : target_tips_)[over.row]);
  if (from_.row >= 0) update();
}

void ChainLinks::mouseReleaseEvent(QMouseEvent* event) {
  const Place from = std::exchange(from_, {}), to = at(event->position());
  update();
  if (from.row < 0 || to.row < 0 || from.source == to.source) return;
  const QString source = sources_[from.source ? from.row : to.row], target = targets_[from.source ? to.row : from.row];
  Q_EMIT paired(target, source);
  choose(source, target);
}

void ChainLinks::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Delete) return part();
  const int by = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
  if (by == 0 || targets_.isEmpty()) return QWidget::keyPressEvent(event);
  const int row = std::clamp(static_cast<int>(targets_.indexOf(chosen_target_)) + by, 0, static_cast<int>(targets_.size()) - 1);
  const MapFile::Pair* pair = pair_of(false, targets_[row]);
  choose(pair ? QString::fromStdString(pair->source) : QString(), targets_[row]);
}

void ChainLinks::part() {
  if (!chosen_target_.isEmpty()) Q_EMIT paired(chosen_target_, {});
}

}  // namespace mp4d
