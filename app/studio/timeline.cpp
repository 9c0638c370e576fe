#include "app/studio/timeline.h"
#include "app/studio/theme.h"
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolButton>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kMargin = 14;
constexpr double kGrip = 6;
constexpr double kLabelSpacing = 64;  // pixels between two numbers at least
constexpr int kMostKeyMarks = 600;
constexpr std::size_t kMostFeet = 4;
constexpr double kKeySize = 4.5;   // half of a diamond, pixels
constexpr double kKeyReach = 6;

}  // namespace

TimelineRuler::TimelineRuler(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
  setObjectName(QStringLiteral("timelineRuler"));
  setAccessibleName(tr("Timeline"));
  setFocusPolicy(Qt::StrongFocus);
  setMinimumHeight(48);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  connect(&workspace_.playback, &Playback::moved, this, qOverload<>(&QWidget::update));
  connect(&workspace_.playback, &Playback::changed, this, qOverload<>(&QWidget::update));
  connect(&workspace_, &Workspace::selection_changed, this, qOverload<>(&QWidget::update));
  connect(&workspace_, &Workspace::feet_changed, this, qOverload<>(&QWidget::update));
}

double TimelineRuler::x_of(double time) const {
  const double length = std::max(workspace_.playback.duration(), 1e-9);
  return kMargin + (width() - 2 * kMargin) * time / length;
}

double TimelineRuler::time_at(double x) const {
  const double room = std::max(1.0, width() - 2 * kMargin);
  return std::clamp((x - kMargin) / room, 0.0, 1.0) * workspace_.playback.duration();
}

void TimelineRuler::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Playback& playback = workspace_.playback;
  const QPalette& colours = palette();
  const double top = 20, bottom = height() - 6;
  painter.fillRect(QRectF(kMargin, top, width() - 2 * kMargin, bottom - top), colours.color(QPalette::Base));
  if (playback.duration() <= 0) {
    painter.setPen(colours.color(QPalette::PlaceholderText));
    painter.drawText(QRectF(kMargin, top, width() - 2 * kMargin, bottom - top), Qt::AlignCenter, tr("no clip"));
    return;
  }
  QColor range = colours.color(QPalette::Highlight);
  range.setAlpha(45);
  painter.fillRect(QRectF(QPointF(x_of(playback.first()), top), QPointF(x_of(playback.last()), bottom)), range);

  const int frames = playback.frame_count();
  const double per_frame = (width() - 2 * kMargin) / std::max(1, frames - 1);
  int step = 1;
  for (const int factor : {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000}) {
    step = factor;
    if (factor * per_frame >= kLabelSpacing) break;
  }
  painter.setPen(colours.color(QPalette::WindowText));
  for (int frame = 0; frame < frames; frame += step) {
    const double x = x_of(frame / playback.fps());
    painter.drawLine(QPointF(x, top - 4), QPointF(x, top));
    painter.drawText(QRectF(x - 30, 0, 60, top - 5), Qt::AlignHCenter | Qt::AlignBottom, QString::number(frame));
  }
  if (const Clip* clip = workspace_.clip(); clip && static_cast<int>(clip->times.size()) <= kMostKeyMarks) {
    QColor key = colours.color(QPalette::WindowText);
    key.setAlpha(60);
    painter.setPen(QPen(key, 1));
    for (const double time : clip->times) {
      const double x = x_of(time - clip->times.front());
      painter.drawLine(QPointF(x, bottom - 3), QPointF(x, bottom));
    }
  }
  paint_keys(painter);
  paint_feet(painter, top + 3);
  painter.setPen(QPen(colours.color(QPalette::Highlight), 3));
  for (const double end : {playback.first(), playback.last()})
    painter.drawLine(QPointF(x_of(end), top), QPointF(x_of(end), bottom));
  const double x = x_of(playback.time());
  const QColor head(0xd5, 0x5e, 0x00);
  painter.setPen(QPen(head, 2));
  painter.drawLine(QPointF(x, top - 2), QPointF(x, bottom));
  painter.setBrush(head);
  painter.setPen(Qt::NoPen);
  painter.drawPolygon(QPolygonF({{x - 6, top - 8}, {x + 6, top - 8}, {x, top + 1}}));
  if (hasFocus()) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colours.color(QPalette::Highlight), 1));
    painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
  }
}

double TimelineRuler::x_of_key(int key) const {
  const Clip& clip = *workspace_.clip();
  return x_of(clip.times[key] - clip.times.front());
}

/// In times of the clip.
int TimelineRuler::steps_dragged() const {
  const Playback& playback = workspace_.playback;
  return drag_ == Drag::kKeys ? static_cast<int>(std::lround((key_to_ - key_from_) * playback.fps())) : 0;
}

void TimelineRuler::paint_keys(QPainter& painter) {
  if (!workspace_.clip() || static_cast<int>(workspace_.keys().size()) > kMostKeyMarks) return;
  const auto& chosen = workspace_.chosen_keys();
  const double dragged = steps_dragged() / workspace_.playback.fps();
  painter.setPen(QPen(palette().color(QPalette::Base), 1));
  for (const int key : workspace_.keys()) {
    const bool is_chosen = std::binary_search(chosen.begin(), chosen.end(), key);
    const double x = x_of_key(key) + (is_chosen ? x_of(dragged) - x_of(0) : 0), y = y_of_keys(), s = is_chosen ? kKeySize + 1 : kKeySize;
    painter.setBrush(is_chosen ? QColor(0, 158, 255) : palette().color(QPalette::WindowText));
    painter.drawPolygon(QPolygonF({{x - s, y}, {x, y - s}, {x + s, y}, {x, y + s}}));
  }
}

/// -1 = none there.
int TimelineRuler::key_at(const QPointF& at) const {
  int nearest = -1;
  double reach = kKeyReach;
  if (!workspace_.clip() || std::abs(at.y() - y_of_keys()) > kKeyReach + 1) return -1;
  for (const int key : workspace_.keys())
    if (const double away = std::abs(x_of_key(key) - at.x()); away <= reach) reach = away, nearest = key;
  return nearest;
}

/// A line a leg, drawn while its foot is on the ground.
void TimelineRuler::paint_feet(QPainter& painter, double top) {
  // Okabe and Ito's colours, told apart by all kinds of colour vision.
  static constexpr QRgb kColours[] = {0xff0072b2, 0xffe69f00, 0xff009e73, 0xffcc79a7, 0xff56b4e9, 0xffd55e00};
  const auto& feet = workspace_.feet();
  QStringList names;
  for (std::size_t leg = 0; leg < feet.size(); ++leg) {
    names << QString::fromStdString(feet[leg].leg);
    if (leg >= kMostFeet) continue;
    painter.setPen(QPen(QColor(kColours[leg % std::size(kColours)]), 2));
    const double y = top + 3.0 * static_cast<double>(leg);
    for (const auto& [from, to] : feet[leg].spans) painter.drawLine(QPointF(x_of(from), y), QPointF(std::max(x_of(to), x_of(from) + 1), y));
  }
  const QString keys = tr("Diamonds: keys of the chosen joint, or of all; click to choose, drag to move, Delete to delete");
  setToolTip(feet.empty() ? keys : keys + QLatin1Char('\n') + tr("Lines: feet on the ground, from above: %1").arg(names.join(QStringLiteral(", "))));
}

void TimelineRuler::drag_to(double x) {
  Playback& playback = workspace_.playback;
  const double time = std::round(time_at(x) * playback.fps()) / playback.fps();
  switch (drag_) {
    case Drag::kTime: playback.seek(time); break;
    case Drag::kFirst: playback.set_range(std::min(time, playback.last()), playback.last()); break;
    case Drag::kLast: playback.set_range(playback.first(), std::max(time, playback.first())); break;
    case Drag::kKeys:
      key_to_ = time_at(x);
      update();
      break;
    case Drag::kNone: break;
  }
}

void TimelineRuler::mousePressEvent(QMouseEvent* event) {
  const double x = event->position().x();
  const Playback& playback = workspace_.playback;
  if (const int key = key_at(event->position()); key >= 0) {
    std::vector<int> chosen = workspace_.chosen_keys();
    const auto found = std::find(chosen.begin(), chosen.end(), key);
    if (event->modifiers() & Qt::ControlModifier) {
      if (found == chosen.end()) chosen.push_back(key);
      else chosen.erase(found);
    } else if (found == chosen.end()) {
      chosen = {key};
    }
    workspace_.choose_keys(std::move(chosen));
    drag_ = Drag::kKeys;
    key_from_ = key_to_ = time_at(x);
    return;
  }
  const bool low = event->position().y() > 26;  // the head is grabbed above, the range below
  drag_ = low && std::abs(x - x_of(playback.first())) < kGrip  ? Drag::kFirst
          : low && std::abs(x - x_of(playback.last())) < kGrip ? Drag::kLast
                                                               : Drag::kTime;
  if (drag_ == Drag::kTime) workspace_.playback.set_playing(false);
  drag_to(x);
}

void TimelineRuler::mouseMoveEvent(QMouseEvent* event) { drag_to(event->position().x()); }
void TimelineRuler::mouseReleaseEvent(QMouseEvent*) {
  const int by = steps_dragged();
  drag_ = Drag::kNone;
  workspace_.move_keys(by);
}

void TimelineRuler::keyPressEvent(QKeyEvent* event) {
  Playback& playback = workspace_.playback;
  switch (event->key()) {
    case Qt::Key_Left: playback.step(-1); break;
    case Qt::Key_Right: playback.step(1); break;
    case Qt::Key_Delete: workspace_.delete_keys(); break;
    case Qt::Key_Home: playback.seek(playback.first()); break;
    case Qt::Key_End: playback.seek(playback.last()); break;
    default: QWidget::keyPressEvent(event);
  }
}

QToolButton* Timeline::button(const QString& name, const QString& tip) {
  auto* made = new QToolButton(this);
  made->setObjectName(name);
  made->setToolTip(tip);
  made->setAccessibleName(tip);
  made->setAutoRaise(true);
  made->setIconSize({18, 18});
  return made;
}

Timeline::Timeline(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
  setObjectName(QStringLiteral("timeline"));
  clips_ = new QComboBox(this);
  clips_->setObjectName(QStringLiteral("clipBox"));
  clips_->setAccessibleName(tr("Clip"));
  clips_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  clips_->setMinimumContentsLength(12);
  start_ = button(QStringLiteral("startButton"), tr("Go to the start of the range (Home)"));
  back_ = button(QStringLiteral("backButton"), tr("One frame back (Left)"));
  play_ = button(QStringLiteral("playButton"), tr("Play or pause (Space)"));
  forward_ = button(QStringLiteral("forwardButton"), tr("One frame on (Right)"));
  loop_ = button(QStringLiteral("loopButton"), tr("Play again and again"));
  loop_->setCheckable(true);
  speed_ = new QDoubleSpinBox(this);
  speed_->setObjectName(QStringLiteral("speedBox"));
  speed_->setAccessibleName(tr("Speed"));
  speed_->setToolTip(tr("Speed"));
  speed_->setRange(0.05, 8);
  speed_->setSingleStep(0.25);
  speed_->setSuffix(QStringLiteral(" ×"));
  time_ = new QLabel(this);
  time_->setObjectName(QStringLiteral("timeLabel"));
  ruler_ = new TimelineRuler(workspace, this);

  auto* row = new QHBoxLayout;
  row->setSpacing(4);
  row->addWidget(clips_);
  row->addSpacing(8);
  for (QToolButton* b : {start_, back_, play_, forward_, loop_}) row->addWidget(b);
  row->addSpacing(8);
  row->addWidget(speed_);
  row->addStretch();
  row->addWidget(time_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 4, 8, 4);
  layout->addLayout(row);
  layout->addWidget(ruler_);

  Playback& playback = workspace_.playback;
  connect(start_, &QToolButton::clicked, this, [&playback] { playback.seek(playback.first()); });
  connect(back_, &QToolButton::clicked, this, [&playback] { playback.step(-1); });
  connect(forward_, &QToolButton::clicked, this, [&playback] { playback.step(1); });
  connect(play_, &QToolButton::clicked, this, [&playback] { playback.set_playing(!playback.playing()); });
  connect(loop_, &QToolButton::toggled, &playback, &Playback::set_looping);
  connect(speed_, &QDoubleSpinBox::valueChanged, &playback, &Playback::set_speed);
  connect(clips_, &QComboBox::activated, this, [this](int row) { workspace_.select_clip(clips_->itemData(row).toInt()); });
  connect(&playback, &Playback::moved, this, &Timeline::show_time);
  connect(&playback, &Playback::changed, this, &Timeline::show_state);
  connect(&workspace_, &Workspace::selection_changed, this, &Timeline::fill_clips);
  fill_clips();
  set_icons();
  show_state();
}

void Timeline::fill_clips() {
  const QSignalBlocker quiet(clips_);
  clips_->clear();
  const Character& character = workspace_.state().character;
  for (std::size_t i = 0; i < character.clips.size(); ++i)
    clips_->addItem(QString::fromStdString(character.clips[i]->name), static_cast<int>(i));
  if (character) clips_->addItem(tr("Rest pose"), -1);
  clips_->setCurrentIndex(clips_->findData(workspace_.clip_index()));
  clips_->setEnabled(clips_->count() > 1);
  show_time();
  ruler_->update();
}

void Timeline::show_time() {
  const Playback& playback = workspace_.playback;
  time_->setText(playback.duration() <= 0 ? QString()
                                          : tr("frame %1 / %2   %3 s")
                                                .arg(playback.frame())
                                                .arg(playback.frame_count() - 1)
                                                .arg(QLocale().toString(playback.time(), 'f', 2)));
}

void Timeline::show_state() {
  const Playback& playback = workspace_.playback;
  const bool moving = playback.duration() > 0;
  for (QWidget* w : std::initializer_list<QWidget*>{start_, back_, play_, forward_, loop_, speed_}) w->setEnabled(moving);
  const QSignalBlocker quiet_loop(loop_), quiet_speed(speed_);
  loop_->setChecked(playback.looping());
  speed_->setValue(playback.speed());
  play_->setIcon(glyph_icon(playback.playing() ? Glyph::kPause : Glyph::kPlay, palette()));
  show_time();
}

void Timeline::set_icons() {
  start_->setIcon(glyph_icon(Glyph::kStart, palette()));
  back_->setIcon(glyph_icon(Glyph::kBack, palette()));
  forward_->setIcon(glyph_icon(Glyph::kForward, palette()));
  loop_->setIcon(glyph_icon(Glyph::kLoop, palette()));
  show_state();
}

void Timeline::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && loop_) set_icons();
}

}  // namespace mp4d
