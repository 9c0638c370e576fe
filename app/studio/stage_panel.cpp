#include "app/studio/stage_panel.h"
#include "app/cli/console.h"
#include "app/studio/chain_table.h"
#include "app/studio/option_form.h"
#include "app/studio/words.h"
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace mp4d {
namespace {

constexpr int kBarSteps = 1000;
constexpr int kPictureHeight = 130;

QProgressBar* thin_bar(QWidget* parent) {
  auto* bar = new QProgressBar(parent);
  bar->setRange(0, kBarSteps);
  bar->setTextVisible(false);
  bar->setFixedHeight(6);
  return bar;
}

QString mark(StageStatus status) {
  switch (status) {
    case StageStatus::kDone: return QStringLiteral("✓ ");
    case StageStatus::kFailed: return QStringLiteral("✕ ");
    case StageStatus::kStopped: return QStringLiteral("■ ");
    default: return {};
  }
}

}  // namespace

StageRow::StageRow(Stage stage, QWidget* parent) : QWidget(parent) {
  title_ = new QLabel(stage_title(stage), this);
  status_ = new QLabel(this);
  status_->setObjectName(QStringLiteral("stageStatus"));
  status_->setAlignment(Qt::AlignRight);
  status_->setForegroundRole(QPalette::PlaceholderText);
  bar_ = thin_bar(this);
  auto* line = new QHBoxLayout;
  line->addWidget(title_);
  line->addStretch();
  line->addWidget(status_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 5, 8, 5);
  layout->setSpacing(3);
  layout->addLayout(line);
  layout->addWidget(bar_);
  setAttribute(Qt::WA_TransparentForMouseEvents);  // the list takes the click
}

void StageRow::show_state(const StageState& state) {
  status_->setText(mark(state.status) + (state.detail.isEmpty() ? status_text(state.status) : state.detail));
  bar_->setValue(static_cast<int>(kBarSteps * (state.status == StageStatus::kDone ? 1 : state.fraction)));
}

StagePanel::StagePanel(Workspace& workspace, const Dialogs& dialogs, QWidget* parent)
    : QWidget(parent), workspace_(workspace), dialogs_(dialogs) {
  setObjectName(QStringLiteral("stagePanel"));
  empty_ = new QLabel(tr("Open a video, a folder of pictures or a model, and what can be done with it is listed here."), this);
  empty_->setWordWrap(true);
  empty_->setForegroundRole(QPalette::PlaceholderText);
  empty_->setAlignment(Qt::AlignTop);
  list_ = new QListWidget(this);
  list_->setObjectName(QStringLiteral("stageList"));
  list_->setAccessibleName(tr("Stages"));
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  soften_choice();
  title_ = new QLabel(this);
  QFont bold = font();
  bold.setBold(true);
  title_->setFont(bold);
  scroll_ = new QScrollArea(this);
  scroll_->setObjectName(QStringLiteral("stageOptions"));
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  log_ = new QPlainTextEdit(this);
  log_->setObjectName(QStringLiteral("stageLog"));
  log_->setAccessibleName(tr("What the stage did and said"));
  log_->setPlaceholderText(tr("What the stage does and says while it runs stands here."));
  log_->setReadOnly(true);
  log_->setFrameShape(QFrame::NoFrame);
  auto* tabs = new QTabWidget(this);
  tabs->setObjectName(QStringLiteral("stageTabs"));
  tabs->setDocumentMode(true);
  tabs->addTab(scroll_, tr("Options"));
  tabs->addTab(log_, tr("Log"));
  run_ = new QPushButton(this);
  run_->setObjectName(QStringLiteral("runButton"));
  run_->setDefault(true);
  anew_ = new QPushButton(tr("Run from here"), this);
  anew_->setObjectName(QStringLiteral("runFromHere"));
  anew_->setToolTip(tr("Makes this stage and those after it anew, also where their results are kept"));
  picture_ = new QLabel(this);
  picture_->setObjectName(QStringLiteral("stagePicture"));
  picture_->setAccessibleName(tr("What the stage last looked like"));
  picture_->setAlignment(Qt::AlignCenter);
  picture_->setMinimumWidth(1);
  job_box_ = new QWidget(this);
  job_text_ = new QLabel(job_box_);
  job_text_->setObjectName(QStringLiteral("jobText"));
  job_bar_ = thin_bar(job_box_);
  job_bar_->setObjectName(QStringLiteral("jobBar"));
  stop_ = new QPushButton(tr("Stop"), job_box_);
  stop_->setObjectName(QStringLiteral("stopButton"));
  pause_ = new QPushButton(tr("Pause"), job_box_);
  pause_->setObjectName(QStringLiteral("pauseButton"));
  pause_->setToolTip(tr("The work waits and leaves the processor to others"));
  auto* words = new QVBoxLayout;
  words->addWidget(job_text_);
  words->addWidget(job_bar_);
  auto* job_buttons = new QHBoxLayout;
  job_buttons->addWidget(pause_);
  job_buttons->addWidget(stop_);
  auto* job_layout = new QVBoxLayout(job_box_);
  job_layout->setContentsMargins(0, 4, 0, 0);
  job_layout->addLayout(words);
  job_layout->addLayout(job_buttons);

  chosen_box_ = new QWidget(this);
  auto* chosen = new QVBoxLayout(chosen_box_);
  chosen->setContentsMargins(0, 6, 0, 0);
  chosen->addWidget(title_);
  chosen->addWidget(picture_);
  chosen->addWidget(tabs, 1);
  auto* runs = new QHBoxLayout;
  runs->addWidget(run_, 1);
  runs->addWidget(anew_);
  chosen->addLayout(runs);

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addWidget(empty_);
  layout->addWidget(list_);
  layout->addWidget(chosen_box_, 1);
  layout->addWidget(job_box_);

  connect(list_, &QListWidget::currentRowChanged, this, [this](int row) {
    if (row >= 0) choose(stages_[row]);
  });
  connect(run_, &QPushButton::clicked, this, &StagePanel::run);
  connect(anew_, &QPushButton::clicked, this, [this] { workspace_.run(chosen_, true); });
  connect(pause_, &QPushButton::clicked, this, [this] { workspace_.job.set_paused(!workspace_.job.paused()); });
  connect(stop_, &QPushButton::clicked, &workspace_.job, &Job::cancel);
  connect(&workspace_, &Workspace::stages_changed, this, &StagePanel::fill);
  connect(&workspace_.document, &Document::changed, this, [this] {
    const DocumentState& state = workspace_.state();
    if (state.masks != shown_masks_ || state.motion != shown_motion_) show_options();
  });
  fill();
}

void StagePanel::fill() {
  const std::vector<Stage>& stages = workspace_.stages();
  if (stages != stages_) {
    stages_ = stages;
    const QSignalBlocker quiet(list_);
    list_->clear();
    rows_.clear();
    int height = 4;
    for (Stage stage : stages_) {
      auto* item = new QListWidgetItem(list_);
      item->setData(Qt::AccessibleTextRole, stage_title(stage));
      auto* row = new StageRow(stage, list_);
      item->setSizeHint(row->sizeHint());
      list_->setItemWidget(item, row);
      rows_.push_back(row);
      height += row->sizeHint().height();
    }
    list_->setFixedHeight(height);
    soften_choice();
    if (std::find(stages_.begin(), stages_.end(), chosen_) == stages_.end() || chosen_ == Stage::kRig) chosen_ = first_choice();
    if (!stages_.empty()) choose(chosen_);
  }
  empty_->setVisible(stages_.empty());
  list_->setVisible(!stages_.empty());
  chosen_box_->setVisible(!stages_.empty());
  layout()->setAlignment(empty_, stages_.empty() ? Qt::AlignTop : Qt::Alignment());
  show_states();
}

void StagePanel::soften_choice() {
  // The rows are widgets in the text's colour, which must stay legible on the chosen one.
  QPalette only_this;
  only_this.setColor(QPalette::Highlight, palette().color(QPalette::Mid));
  list_->setPalette(only_this);
  QPalette of_rows;  // whose bars are in the highlight's own colour
  of_rows.setColor(QPalette::Highlight, palette().color(QPalette::Highlight));
  for (StageRow* row : rows_) row->setPalette(of_rows);
}

void StagePanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && list_) soften_choice();
}

Stage StagePanel::first_choice() const {
  const bool rigged = workspace_.state().character && workspace_.state().character.skeleton->size() > 0;
  if (stages_.empty()) return Stage::kFrames;
  return stages_.front() == Stage::kRig && rigged ? Stage::kTransfer : stages_.front();
}

void StagePanel::choose(Stage stage) {
  const auto found = std::find(stages_.begin(), stages_.end(), stage);
  if (found == stages_.end()) return;
  chosen_ = stage;
  const QSignalBlocker quiet(list_);
  list_->setCurrentRow(static_cast<int>(found - stages_.begin()));
  show_options();
  show_states();
}

QString StagePanel::run_text() const {
  if (is_reconstruction(chosen_)) return tr("Reconstruct");
  if (chosen_ == Stage::kRig) return workspace_.state().character && workspace_.state().character.skeleton->size() > 0 ? tr("Rig anew") : tr("Rig");
  return chosen_ == Stage::kTransfer ? tr("Transfer") : tr("Export…");
}

void StagePanel::show_states() {
  for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i]->show_state(workspace_.stage(stages_[i]));
  const bool running = workspace_.job.running();
  const bool ready = chosen_ != Stage::kTransfer || !workspace_.state().motion.empty();
  run_->setText(run_text());
  run_->setEnabled(!running && ready && !stages_.empty());
  anew_->setVisible(is_reconstruction(chosen_));
  anew_->setEnabled(!running);
  show_picture();
  show_log();
  run_->setToolTip(ready ? QString() : tr("Choose a file to take the motion from first"));
  job_box_->setVisible(running);
  pause_->setText(workspace_.job.paused() ? tr("Go on") : tr("Pause"));
  if (running) {
    const Progress& p = workspace_.progress();
    QString text = workspace_.job.name();
    if (workspace_.job.paused()) text += QStringLiteral(" · ") + tr("paused");
    else if (!p.phase.empty()) text += QStringLiteral(" · ") + phase_title(p.phase);
    if (p.eta_s >= 0 && p.fraction < 1 && !workspace_.job.paused()) text += QStringLiteral(" · ") + tr("%1 left").arg(QString::fromStdString(format_duration(p.eta_s)));
    job_text_->setText(text);
    job_bar_->setValue(static_cast<int>(kBarSteps * p.fraction));
  }
}

void StagePanel::show_picture() {
  const QImage picture = stages_.empty() ? QImage() : workspace_.stage_picture(chosen_);
  picture_->setVisible(!picture.isNull());
  const std::pair now{picture.cacheKey(), width()};
  if (picture.isNull() || std::exchange(shown_picture_, now) == now) return;
  const double ratio = devicePixelRatioF();
  QPixmap fitted = QPixmap::fromImage(picture.scaled(QSize(width() - 24, kPictureHeight) * ratio, Qt::KeepAspectRatio, Qt::SmoothTransformation));
  fitted.setDevicePixelRatio(ratio);
  picture_->setPixmap(fitted);
}

void StagePanel::show_log() {
  const QString text = workspace_.stage_log(chosen_).join(QLatin1Char('\n'));
  if (text == log_->toPlainText()) return;
  log_->setPlainText(text);
  log_->verticalScrollBar()->setValue(log_->verticalScrollBar()->maximum());
}

void StagePanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  show_picture();
}

QWidget* StagePanel::path_row(const QString& name, const QString& label, const std::filesystem::path& path, const QString& tip,
                              const std::function<void()>& choose) {
  auto* row = new QWidget;
  auto* text = new QLabel(label + QStringLiteral(": ") + (path.empty() ? tr("none") : file_name(path)), row);
  text->setWordWrap(true);
  text->setToolTip(path.empty() ? tip : to_qstring(path));
  auto* button = new QPushButton(tr("Choose…"), row);
  button->setObjectName(name);
  button->setToolTip(tip);
  connect(button, &QPushButton::clicked, this, choose);
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(text, 1);
  layout->addWidget(button);
  return row;
}

void StagePanel::show_options() {
  const DocumentState& state = workspace_.state();
  shown_masks_ = state.masks;
  shown_motion_ = state.motion;
  title_->setText(stage_title(chosen_));
  auto* content = new QWidget;
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, 0, 6, 0);
  if (chosen_ == Stage::kMasks) {
    layout->addWidget(path_row(QStringLiteral("chooseMasks"), tr("Masks"), state.masks,
                               tr("Folder of masks with the frames' names; without it masks are computed"), [this] {
                                 const QString folder = dialogs_.open_folder(this, tr("Folder of masks"));
                                 if (!folder.isEmpty()) workspace_.set_masks(to_path(folder));
                               }));
    auto* edit = new QPushButton(tr("Look at and paint masks…"), content);
    edit->setObjectName(QStringLiteral("editMasks"));
    edit->setEnabled(!workspace_.footage().pictures.empty());
    connect(edit, &QPushButton::clicked, this, &StagePanel::masks_wanted);
    layout->addWidget(edit);
  }
  if (chosen_ == Stage::kTransfer) {
    layout->addWidget(path_row(QStringLiteral("chooseMotion"), tr("Motion"), state.motion,
                               tr("A model with clips, a sequence of meshes, or a video, which is reconstructed first"), [this] {
                                 const QString file = dialogs_.open_file(this, tr("Take the motion from"), {});
                                 if (!file.isEmpty()) workspace_.set_motion(to_path(file));
                               }));
    auto* compare = new QPushButton(tr("Side by side, and who follows whom…"), content);
    compare->setObjectName(QStringLiteral("compareSides"));
    connect(compare, &QPushButton::clicked, this, &StagePanel::transfer_wanted);
    layout->addWidget(compare);
  }
  layout->addWidget(new OptionForm(workspace_, chosen_, content));
  if (chosen_ == Stage::kTransfer) layout->addWidget(new ChainTable(workspace_, content));
  layout->addStretch();
  scroll_->setWidget(content);
}

void StagePanel::run() {
  if (chosen_ == Stage::kExport) Q_EMIT export_wanted();
  else workspace_.run(chosen_);
}

}  // namespace mp4d
