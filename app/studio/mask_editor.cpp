#include "app/studio/mask_editor.h"
#include "app/studio/workspace.h"
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QShortcut>
#include <QSpinBox>
#include <QVBoxLayout>

namespace mp4d {
namespace {

constexpr int kIconSide = 96;
constexpr std::size_t kMostStrokes = 100;

}  // namespace

MaskEditor::MaskEditor(Workspace& workspace, const Dialogs& dialogs, QWidget* parent)
    : QDialog(parent), workspace_(workspace), dialogs_(dialogs), footage_(workspace.footage()) {
  setObjectName(QStringLiteral("maskEditor"));
  setWindowTitle(tr("Masks"));
  masks_.resize(footage_.pictures.size());
  painted_.assign(masks_.size(), 0);
  pointed_.resize(masks_.size());
  canvas_ = new MaskCanvas(this);
  strip_ = new QListWidget(this);
  strip_->setObjectName(QStringLiteral("maskStrip"));
  strip_->setAccessibleName(tr("Frames"));
  strip_->setViewMode(QListView::IconMode);
  strip_->setFlow(QListView::LeftToRight);
  strip_->setWrapping(false);
  strip_->setMovement(QListView::Static);
  strip_->setIconSize(QSize(kIconSide, kIconSide));
  strip_->setFixedHeight(kIconSide + 44);
  const auto button = [&](const QString& name, const QString& text, const QString& tip, const std::function<void()>& run) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(name);
    made->setToolTip(tip);
    made->setAutoDefault(false);
    connect(made, &QPushButton::clicked, this, run);
    return made;
  };
  point_ = new QRadioButton(tr("Point"), this);
  point_->setObjectName(QStringLiteral("maskPoint"));
  point_->setToolTip(tr("Click on the subject, and it is found; the right button says what is background"));
  point_->setChecked(true);
  add_ = new QRadioButton(tr("Paint"), this);
  add_->setObjectName(QStringLiteral("maskAdd"));
  add_->setToolTip(tr("The right button always does the other of the two"));
  erase_ = new QRadioButton(tr("Erase"), this);
  erase_->setObjectName(QStringLiteral("maskErase"));
  erase_->setToolTip(tr("The right button always does the other of the two"));
  radius_ = new QSpinBox(this);
  radius_->setObjectName(QStringLiteral("maskRadius"));
  radius_->setAccessibleName(tr("Radius of the brush in pixels"));
  radius_->setToolTip(tr("Radius of the brush in pixels"));
  radius_->setRange(1, 300);
  radius_->setValue(18);
  radius_->setSuffix(QStringLiteral(" px"));
  undo_ = button(QStringLiteral("maskUndo"), tr("Undo stroke"), tr("Takes the last stroke back (Ctrl+Z)"), [this] { undo(); });
  find_ = button(QStringLiteral("maskFind"), tr("Find the subject"), tr("Computes the masks of all frames, as the reconstruction would; what was painted stays"), [this] {
    run(tr("Find the subject"), true, [footage = footage_, options = workspace_.state().reconstruct](JobContext& job) {
      return find_masks(footage, options, &job);
    });
  });
  carry_ = button(QStringLiteral("maskCarry"), tr("Carry to all frames"), tr("Makes the masks of all other frames from the painted ones"), [this] {
    std::vector<Mask> given = masks_;
    for (std::size_t t = 0; t < given.size(); ++t)
      if (!painted_[t]) given[t] = {};
    run(tr("Carry to all frames"), true, [footage = footage_, given](JobContext& job) { return carry_masks(footage, given, &job); });
  });
  invert_ = button(QStringLiteral("maskInvert"), tr("Swap subject and background"), tr("In all frames"), [this] {
    for (Mask& mask : masks_)
      for (std::uint8_t& value : mask.data) value = static_cast<std::uint8_t>(255 - value);
    strokes_.clear();
    pointed_.assign(masks_.size(), {});
    for (int t = 0; t < static_cast<int>(masks_.size()); ++t) refresh_icon(t);
    show_frame(frame_);
  });
  save_ = button(QStringLiteral("maskSave"), tr("Save and use…"), tr("Writes a picture a frame into a folder, which the reconstruction then takes its masks from"), [this] { save(); });
  auto* close = button(QStringLiteral("maskClose"), tr("Close"), {}, [this] { reject(); });
  words_ = new QLabel(this);
  words_->setObjectName(QStringLiteral("maskWords"));
  words_->setWordWrap(true);
  bar_ = new QProgressBar(this);
  bar_->setRange(0, 1000);
  bar_->setTextVisible(false);

  auto* tools = new QHBoxLayout;
  for (QWidget* widget : std::initializer_list<QWidget*>{point_, add_, erase_, radius_, undo_}) tools->addWidget(widget);
  tools->addStretch();
  for (QWidget* widget : {find_, carry_, invert_}) tools->addWidget(widget);
  auto* last = new QHBoxLayout;
  last->addWidget(words_, 1);
  last->addWidget(bar_);
  last->addWidget(save_);
  last->addWidget(close);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(tools);
  layout->addWidget(canvas_, 1);
  layout->addWidget(strip_);
  layout->addLayout(last);
  resize(980, 760);

  for (std::size_t t = 0; t < masks_.size(); ++t) {
    auto* item = new QListWidgetItem(QString::number(t + 1), strip_);
    item->setTextAlignment(Qt::AlignHCenter);
    refresh_icon(static_cast<int>(t));
  }
  const auto choose_tool = [this] {
    canvas_->set_tool(point_->isChecked() ? MaskTool::kPoint : add_->isChecked() ? MaskTool::kPaint : MaskTool::kErase, radius_->value());
    radius_->setEnabled(!point_->isChecked());
  };
  connect(radius_, &QSpinBox::valueChanged, this, choose_tool);
  for (QRadioButton* tool : {point_, add_, erase_}) connect(tool, &QRadioButton::toggled, this, choose_tool);
  connect(strip_, &QListWidget::currentRowChanged, this, [this](int row) {
    if (row >= 0) show_frame(row);
  });
  connect(canvas_, &MaskCanvas::stroke_begun, this, [this] {
    begin_stroke();
    pointed_[frame_] = {};  // further points correct what is painted
  });
  connect(canvas_, &MaskCanvas::pointed, this, &MaskEditor::point);
  connect(canvas_, &MaskCanvas::touched, this, &MaskEditor::touch);
  connect(canvas_, &MaskCanvas::stroke_ended, this, [this] {
    refresh_icon(frame_);
    show_state();
  });
  connect(new QShortcut(QKeySequence::Undo, this), &QShortcut::activated, this, &MaskEditor::undo);
  connect(&job_, &Job::progressed, this, [this](const Progress& progress) { bar_->setValue(static_cast<int>(1000 * progress.fraction)); });
  connect(&job_, &Job::said, this, [this](MessageLevel, const QString& text) { words_->setText(text); });
  connect(&job_, &Job::finished, this, [this](const Error* error) {
    if (error) words_->setText(job_.name() + QStringLiteral(": ") + QString::fromStdString(error->message));
    show_state();
  });
  choose_tool();
  strip_->setCurrentRow(0);
  show_state();
  if (!workspace_.state().masks.empty())
    run(tr("Read the masks"), false, [footage = footage_, folder = workspace_.state().masks, source = workspace_.state().source](JobContext& job) {
      return load_masks(folder, source, footage, &job);
    });
}

MaskEditor::~MaskEditor() { job_.stop(); }

void MaskEditor::run(const QString& name, bool keep_painted, Work work) {
  words_->setText(name + QStringLiteral("…"));
  job_.start(name, mask_phases(), [this, keep_painted, work = std::move(work)](JobContext& context) -> Result<Job::Commit> {
    MP4D_TRY(found, work(context));
    return [this, keep_painted, found = std::move(found)] {
      for (std::size_t t = 0; t < masks_.size(); ++t) {
        if (keep_painted && painted_[t]) continue;
        masks_[t] = found[t];
        refresh_icon(static_cast<int>(t));
      }
      strokes_.clear();
      pointed_.assign(masks_.size(), {});
      words_->clear();
      show_frame(frame_);
    };
  });
  show_state();
}

void MaskEditor::show_frame(int frame) {
  if (footage_.pictures.empty()) return;
  frame_ = frame;
  canvas_->show_frame(footage_.pictures[frame], masks_[frame], pointed_[frame].points);
}

void MaskEditor::show_state() {
  const bool running = job_.running();
  const auto painted = std::count(painted_.begin(), painted_.end(), 1);
  const auto there = std::count_if(masks_.begin(), masks_.end(), [](const Mask& mask) { return !mask.empty(); });
  for (QPushButton* widget : {find_, invert_}) widget->setEnabled(!running && !masks_.empty());
  canvas_->setEnabled(!running);
  carry_->setEnabled(!running && painted > 0);
  undo_->setEnabled(!running && !strokes_.empty());
  save_->setEnabled(!running && there == static_cast<std::ptrdiff_t>(masks_.size()) && there > 0);
  bar_->setVisible(running);
  if (!running && words_->text().isEmpty())
    words_->setText(there == 0 ? tr("Click on the subject in a frame, or paint it, and carry it to all; or let it be found in all frames")
                               : tr("%1 of %2 frames have a mask, %3 are painted").arg(there).arg(masks_.size()).arg(painted));
  else if (!running && there > 0 && painted > 0)
    words_->setText(tr("%1 of %2 frames have a mask, %3 are painted").arg(there).arg(masks_.size()).arg(painted));
}

void MaskEditor::touch(double x, double y, double radius, bool erases) {
  if (job_.running() || footage_.pictures.empty()) return;
  const QSize size = footage_.pictures[frame_].size();
  Mask& mask = masks_[frame_];
  if (mask.empty()) mask = Mask(size.width(), size.height(), 1);
  for (int v = std::max(0, static_cast<int>(y - radius)); v <= std::min<double>(size.height() - 1, y + radius); ++v)
    for (int u = std::max(0, static_cast<int>(x - radius)); u <= std::min<double>(size.width() - 1, x + radius); ++u)
      if ((u - x) * (u - x) + (v - y) * (v - y) <= radius * radius) mask.at(u, v) = erases ? 0 : 255;
  painted_[frame_] = 1;
  show_frame(frame_);
}

void MaskEditor::begin_stroke() {
  strokes_.push_back({frame_, masks_[frame_], pointed_[frame_]});
  if (strokes_.size() > kMostStrokes) strokes_.erase(strokes_.begin());
}

void MaskEditor::point(double x, double y, bool subject) {
  if (job_.running() || footage_.pictures.empty()) return;
  Pointed said = pointed_[frame_];
  if (said.points.empty()) said.before = masks_[frame_];
  if (!subject && said.points.empty() && said.before.empty()) {
    words_->setText(tr("Click on the subject first"));
    return;
  }
  said.points.push_back({x, y, subject});
  canvas_->show_frame(footage_.pictures[frame_], masks_[frame_], said.points);
  job_.start(tr("Find the subject"), mask_phases(), [this, frame = frame_, said, picture = footage_.pictures[frame_]](JobContext&) -> Result<Job::Commit> {
    MP4D_TRY(found, find_mask_at(picture, said.points, said.before));
    return [this, frame, said, found = std::move(found)] {
      strip_->setCurrentRow(frame);
      begin_stroke();
      masks_[frame] = found;
      pointed_[frame] = said;
      painted_[frame] = 1;
      words_->clear();
      refresh_icon(frame);
      show_frame(frame);
    };
  });
  show_state();
}

void MaskEditor::undo() {
  if (strokes_.empty() || job_.running()) return;
  const auto [frame, before, pointed] = strokes_.back();
  strokes_.pop_back();
  masks_[frame] = before;
  pointed_[frame] = pointed;
  painted_[frame] = std::any_of(strokes_.begin(), strokes_.end(), [frame = frame](const Stroke& s) { return s.frame == frame; });
  refresh_icon(frame);
  strip_->setCurrentRow(frame);
  show_frame(frame);
  show_state();
}

void MaskEditor::refresh_icon(int frame) {
  QImage small = footage_.pictures[frame].scaled(kIconSide, kIconSide, Qt::KeepAspectRatio, Qt::SmoothTransformation)
                     .convertToFormat(QImage::Format_RGB32);
  const Mask& mask = masks_[frame];
  if (!mask.empty())
    for (int y = 0; y < small.height(); ++y) {
      auto* line = reinterpret_cast<QRgb*>(small.scanLine(y));
      for (int x = 0; x < small.width(); ++x)
        if (!mask.at(x * mask.width / small.width(), y * mask.height / small.height()))
          line[x] = qRgb(qRed(line[x]) / 4, qGreen(line[x]) / 4, qBlue(line[x]) / 4 + 15);
    }
  QListWidgetItem* item = strip_->item(frame);
  item->setIcon(QIcon(QPixmap::fromImage(small)));
  item->setText(painted_[frame] ? QStringLiteral("%1 ●").arg(frame + 1) : QString::number(frame + 1));
  item->setToolTip(painted_[frame] ? tr("painted") : mask.empty() ? tr("no mask yet") : QString());
}

void MaskEditor::save() {
  const QString folder = dialogs_.open_folder(this, tr("Folder for the masks"));
  if (folder.isEmpty()) return;
  words_->setText(tr("Save and use…"));
  job_.start(tr("Save and use…"), mask_phases(), [this, folder = to_path(folder), masks = masks_, footage = footage_, source = workspace_.state().source](JobContext& context) -> Result<Job::Commit> {
    MP4D_CHECK(save_masks(folder, source, footage, masks, &context));
    return [this, folder] {
      workspace_.set_masks(folder);
      accept();
    };
  });
  show_state();
}

}  // namespace mp4d
