#include "app/studio/transfer_editor.h"
#include "app/studio/chain_links.h"
#include "app/studio/rig_view.h"
#include "motion/kinematics.h"
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr int kFrameMs = 33;
constexpr const char* kEnding = ".json";

int chain_of(const TransferSide& side, int joint) {
  for (std::size_t i = 0; i < side.joints.size(); ++i)
    if (std::find(side.joints[i].begin(), side.joints[i].end(), joint) != side.joints[i].end()) return static_cast<int>(i);
  return -1;
}

std::vector<int> joints_of(const TransferSide& side, const QString& chain) {
  for (std::size_t i = 0; i < side.chains.size(); ++i)
    if (chain_name(side.chains[i]) == chain.toStdString()) return side.joints[i];
  return {};
}

/// The source's reference pose in the target's space: pelvis on pelvis, turned alike, scaled as a transfer does (by the legs).
std::vector<Vec3> laid_over(const TransferSide& source, const TransferSide& target) {
  std::vector<Vec3> places;
  const bool legs = source.leg_length > 0 && target.leg_length > 0;
  const auto scale = static_cast<float>(legs ? target.leg_length / source.leg_length : target.size / source.size);
  for (const Mat4& joint : forward_kinematics(*source.character.skeleton, source.reference)) {
    const Vec3 from_pelvis = joint.topRightCorner<3, 1>() - source.pelvis;
    places.push_back(target.pelvis + scale * (target.world_from_body * (source.world_from_body.transpose() * from_pelvis)));
  }
  return places;
}

}  // namespace

TransferEditor::TransferEditor(Workspace& workspace, const Dialogs& dialogs, QWidget* parent)
    : QDialog(parent), workspace_(workspace), dialogs_(dialogs) {
  setObjectName(QStringLiteral("transferEditor"));
  setWindowTitle(tr("Transfer"));
  words_ = new QLabel(this);
  words_->setObjectName(QStringLiteral("transferWords"));
  words_->setWordWrap(true);
  links_ = new ChainLinks(this);
  auto* scroll = new QScrollArea(this);
  scroll->setWidget(links_);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  auto* layout = new QVBoxLayout(this);
  layout->addLayout(make_views(), 3);
  layout->addWidget(words_);
  layout->addWidget(scroll, 2);
  layout->addLayout(make_presets());
  resize(900, 760);

  clock_.setInterval(kFrameMs);
  connect(&clock_, &QTimer::timeout, this, [this] { playback_.advance(kFrameMs / 1000.0); });
  connect(&playback_, &Playback::moved, this, &TransferEditor::show_time);
  connect(&playback_, &Playback::changed, this, &TransferEditor::show_state);
  playback_.set_looping(true);
  connect(links_, &ChainLinks::chosen, this, &TransferEditor::mark);
  connect(links_, &ChainLinks::paired, this, [this](const QString& target, const QString& source) {
    workspace_.set_chain(target.toStdString(), source.toStdString());
  });
  connect(&workspace_.document, &Document::changed, this, [this](const DocumentState& before) {
    if (before.motion != workspace_.state().motion || before.character.skeleton != workspace_.state().character.skeleton) tried_ = false;
    fill();
    // Not within the change, whose other listeners must see it first.
    QMetaObject::invokeMethod(this, &TransferEditor::read_if_needed, Qt::QueuedConnection);
  });
  connect(&workspace_, &Workspace::transfer_sides_changed, this, &TransferEditor::fill);
  connect(&workspace_, &Workspace::stages_changed, this, &TransferEditor::show_state);
  connect(&workspace_.job, &Job::finished, this, [this](const Error* error) {
    if (error && error->code != ErrorCode::kCancelled) words_->setText(QString::fromStdString(error->message));
    QMetaObject::invokeMethod(this, &TransferEditor::read_if_needed, Qt::QueuedConnection);
  });
  fill_presets();
  fill();
  read_if_needed();
}

QLayout* TransferEditor::make_views() {
  const auto column = [this](RigView*& view, QLabel*& title, const QString& name, const QString& says) {
    view = new RigView(this);
    view->setObjectName(name);
    view->setAccessibleName(says);
    title = new QLabel(this);
    auto* made = new QVBoxLayout;
    made->addWidget(title);
    made->addWidget(view, 1);
    return made;
  };
  auto* row = new QHBoxLayout;
  row->addLayout(column(source_, source_title_, QStringLiteral("transferSource"), tr("Who moves")));
  row->addLayout(column(target_, target_title_, QStringLiteral("transferTarget"), tr("Who follows")));
  for (const auto& [view, other] : {std::pair{source_, target_}, {target_, source_}}) {
    connect(view, &RigView::turned, other, [view = view, other = other] {
      ViewCamera camera = other->camera();
      camera.azimuth = view->camera().azimuth;
      camera.elevation = view->camera().elevation;
      other->set_camera(camera);
    });
    connect(view, &RigView::joint_clicked, this, [this, source = view == source_](int joint) { click_joint(source, joint); });
  }
  play_ = new QPushButton(tr("Play"), this);
  play_->setObjectName(QStringLiteral("transferPlay"));
  play_->setCheckable(true);
  play_->setAutoDefault(false);
  connect(play_, &QPushButton::toggled, &playback_, &Playback::set_playing);
  over_ = new QCheckBox(tr("Rest poses, one over the other"), this);
  over_->setObjectName(QStringLiteral("transferOver"));
  over_->setToolTip(tr("On the right the pose that rotations are taken against, and in blue the source's, scaled: where they part, motion will be off"));
  connect(over_, &QCheckBox::toggled, this, &TransferEditor::show_time);
  connect(over_, &QCheckBox::toggled, this, &TransferEditor::show_state);
  motion_ = new QPushButton(tr("Motion…"), this);
  motion_->setObjectName(QStringLiteral("transferMotion"));
  motion_->setAutoDefault(false);
  connect(motion_, &QPushButton::clicked, this, [this] {
    const QString file = dialogs_.open_file(this, tr("Take the motion from"), {});
    if (!file.isEmpty()) workspace_.set_motion(to_path(file));
  });
  auto* tools = new QHBoxLayout;
  tools->addWidget(motion_);
  tools->addWidget(play_);
  tools->addWidget(over_);
  tools->addStretch();
  auto* layout = new QVBoxLayout;
  layout->addLayout(row, 1);
  layout->addLayout(tools);
  return layout;
}

QLayout* TransferEditor::make_presets() {
  const auto button = [this](const QString& name, const QString& text, const QString& tip, const std::function<void()>& run) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(name);
    made->setToolTip(tip);
    made->setAutoDefault(false);
    connect(made, &QPushButton::clicked, this, run);
    return made;
  };
  presets_ = new QComboBox(this);
  presets_->setObjectName(QStringLiteral("transferPresets"));
  presets_->setAccessibleName(tr("Kept maps"));
  presets_->setMinimumContentsLength(14);
  connect(presets_, &QComboBox::activated, this, [this] {
    const QString file = presets_->currentData().toString();
    if (!file.isEmpty()) tell(workspace_.use_map(to_path(file)));
  });
  keep_ = button(QStringLiteral("transferKeep"), tr("Keep the map…"), tr("For other transfers between such skeletons, and for magicpose4d transfer --map"), [this] {
    const QString proposal = to_qstring(workspace_.maps_folder() / ("map" + std::string(kEnding)));
    const QString file = dialogs_.save_file(this, tr("Keep the map"), proposal, tr("JSON (*.json)"));
    if (file.isEmpty()) return;
    fs::path path = to_path(file);
    if (path.extension() != kEnding) path += kEnding;
    tell(workspace_.keep_map(path));
    fill_presets();
  });
  file_ = button(QStringLiteral("transferOpenMap"), tr("Open a map…"), tr("Any map of magicpose4d transfer; pairs of chains that are not here are left out"), [this] {
    const QString file = dialogs_.open_file(this, tr("Open a map"), tr("JSON (*.json)"));
    if (!file.isEmpty()) tell(workspace_.use_map(to_path(file)));
  });
  anew_ = button(QStringLiteral("transferAnew"), tr("Find them anew"), tr("Forgets what was chosen here; the next transfer pairs the chains by itself"), [this] {
    workspace_.find_chains_anew();
    read();
  });
  transfer_ = button(QStringLiteral("transferRun"), tr("Transfer"), {}, [this] { workspace_.run(Stage::kTransfer); });
  auto* close = button(QStringLiteral("transferClose"), tr("Close"), {}, [this] { this->close(); });
  auto* row = new QHBoxLayout;
  row->addWidget(presets_);
  for (QWidget* widget : {keep_, file_, anew_}) row->addWidget(widget);
  row->addStretch();
  row->addWidget(transfer_);
  row->addWidget(close);
  return row;
}

void TransferEditor::read() {
  tried_ = true;
  words_->setText(tr("The motion is read…"));
  workspace_.read_transfer_sides();
}

void TransferEditor::read_if_needed() {
  const bool needed = !tried_ && !workspace_.transfer_sides() && workspace_.state().character && !workspace_.state().motion.empty();
  if (needed && !workspace_.job.running()) read();
}

void TransferEditor::tell(const Result<void>& done) { words_->setText(done ? QString() : QString::fromStdString(done.error().message)); }

void TransferEditor::fill_presets() {
  presets_->clear();
  presets_->addItem(tr("Kept maps"));
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(workspace_.maps_folder(), error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == kEnding) files.push_back(it->path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) presets_->addItem(to_qstring(file.stem()), to_qstring(file));
}

void TransferEditor::fill() {
  const TransferSides* sides = workspace_.transfer_sides();
  links_->show_map(sides ? workspace_.chain_map() : MapFile());
  links_->setVisible(sides != nullptr);
  source_title_->setText(sides ? tr("Motion: %1").arg(file_name(workspace_.state().motion)) : tr("Motion: none"));
  target_title_->setText(tr("Follows: %1").arg(QString::fromStdString(workspace_.state().character.name)));
  if (sides) {
    const Clip& clip = *sides->source.character.clips.front();
    const double length = clip.times.back() - clip.times.front();
    if (playback_.duration() != length) playback_.set_clip(length, length > 0 ? (clip.times.size() - 1) / length : 24);
    words_->clear();
  } else if (workspace_.state().motion.empty()) {
    words_->setText(tr("Choose a file to take the motion from: a model with clips, a sequence of meshes, or a video."));
  }
  show_time();
  show_state();
}

void TransferEditor::show_time() {
  const TransferSides* sides = workspace_.transfer_sides();
  const Character& character = workspace_.state().character;
  if (!sides) {
    source_->show_character({}, {});
    if (character && character.skeleton->size() > 0) target_->show_character(character, rest_pose(*character.skeleton));
    target_->lay_over({}, {});
    return;
  }
  const TransferSide &from = sides->source, &to = sides->target;
  if (over_->isChecked()) {
    source_->show_character(from.character, from.reference, from.body);
    target_->show_character(to.character, to.reference, to.body);
    std::vector<int> parents;
    for (std::size_t j = 0; j < from.body.size(); ++j) {
      const int parent = from.character.skeleton->joints[j].parent;
      parents.push_back(parent >= 0 && from.body[j] && from.body[parent] ? parent : -1);
    }
    target_->lay_over(laid_over(from, to), std::move(parents));
    return;
  }
  const Clip& clip = *from.character.clips.front();
  source_->show_character(from.character, sample_clip(clip, clip.times.front() + playback_.time()), from.body);
  // What the last transfer made, which stands at the end of the clips.
  const bool transferred = workspace_.stage(Stage::kTransfer).status == StageStatus::kDone && !character.clips.empty();
  if (transferred) target_->show_character(character, sample_clip(*character.clips.back(), character.clips.back()->times.front() + playback_.time()), to.body);
  else target_->show_character(to.character, rest_pose(*to.character.skeleton), to.body);
  target_->lay_over({}, {});
}

void TransferEditor::show_state() {
  const bool sides = workspace_.transfer_sides() != nullptr, running = workspace_.job.running();
  const bool moves = sides && playback_.duration() > 0 && !over_->isChecked();
  if (!moves) playback_.set_playing(false);
  play_->setEnabled(moves);
  play_->setChecked(playback_.playing());
  if (playback_.playing() != clock_.isActive()) playback_.playing() ? clock_.start() : clock_.stop();
  for (QWidget* widget : std::initializer_list<QWidget*>{over_, presets_, keep_, file_, links_}) widget->setEnabled(sides && !running);
  anew_->setEnabled(sides && !running && !workspace_.state().map.target.empty());
  motion_->setEnabled(!running);
  transfer_->setEnabled(!running && !workspace_.state().motion.empty());
}

void TransferEditor::mark(const QString& source, const QString& target) {
  const TransferSides* sides = workspace_.transfer_sides();
  if (!sides) return;
  source_->mark(joints_of(sides->source, source));
  target_->mark(joints_of(sides->target, target));
}

void TransferEditor::click_joint(bool source, int joint) {
  const TransferSides* sides = workspace_.transfer_sides();
  if (!sides || joint < 0) return;
  const TransferSide& side = source ? sides->source : sides->target;
  const int chain = joint < side.character.skeleton->size() ? chain_of(side, joint) : -1;
  if (chain < 0) return;
  const std::string name = chain_name(side.chains[static_cast<std::size_t>(chain)]);
  QString partner;
  for (const MapFile::Pair& pair : workspace_.chain_map().pairs)
    if ((source ? pair.source : pair.target) == name) partner = QString::fromStdString(source ? pair.target : pair.source);
  links_->choose(source ? QString::fromStdString(name) : partner, source ? partner : QString::fromStdString(name));
}

}  // namespace mp4d
