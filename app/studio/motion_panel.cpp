#include "app/studio/motion_panel.h"
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace mp4d {

MotionPanel::MotionPanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
  setObjectName(QStringLiteral("motionPanel"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  const auto button = [&](const QString& name, const QString& text, const QString& tip, const std::function<void()>& run) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(name);
    made->setToolTip(tip);
    connect(made, &QPushButton::clicked, this, run);
    need_clip_.push_back(made);
    return made;
  };

  auto* whole = new QGroupBox(tr("The whole clip"), this);
  auto* form = new QFormLayout(whole);
  form->setRowWrapPolicy(QFormLayout::WrapLongRows);
  cutoff_ = number(QStringLiteral("smoothCutoff"), tr("Smooth away what is faster than this; 0 leaves the clip as it is"), 0, 60, 0.5,
                   QStringLiteral(" Hz"));
  cutoff_->setSpecialValueText(tr("off"));
  form->addRow(tr("Smooth"), cutoff_);
  connect(cutoff_, &QDoubleSpinBox::valueChanged, this, &MotionPanel::smooth);
  form->addRow(button(QStringLiteral("cutToRange"), tr("Cut to the playing range"), tr("Keeps what the timeline's range shows"),
                      [this] { workspace_.cut_clip(); }));
  form->addRow(button(QStringLiteral("makeLoop"), tr("Make a loop"), tr("Cuts the cycle out that closes best, and closes it"),
                      [this] { workspace_.loop_clip(); }));
  root_ = new QComboBox(this);
  root_->setObjectName(QStringLiteral("rootMode"));
  root_->setAccessibleName(tr("Root"));
  root_->addItem(tr("in place"), QStringLiteral("in-place"));
  root_->addItem(tr("held by its feet"), QStringLiteral("ground-locked"));
  form->addRow(tr("Root"), root_);
  form->addRow(button(QStringLiteral("applyRoot"), tr("Change the way"), tr("In place: what it travels is taken out. Held by its feet: feet on the "
                                                                            "ground neither slide nor sink, so clips made on the spot travel"),
                      [this] { workspace_.set_clip_root(root_->currentData().toString().toStdString()); }));
  form->addRow(button(QStringLiteral("holdFeet"), tr("Hold resting feet"), tr("Feet that rest on the ground stay where they are (the lines in the timeline); "
                                                                              "legs bend to them, and bones keep their lengths"),
                      [this] { workspace_.hold_feet(); }));
  form->addRow(button(QStringLiteral("keepLimits"), tr("Keep the limits"), tr("Turns joints back that are beyond their limits (Skeleton, below the joints)"),
                      [this] { workspace_.keep_limits(); }));
  rate_ = number(QStringLiteral("keyRate"), tr("Keys a second"), 1, 240, 1, QString());
  rate_->setValue(30);
  form->addRow(tr("Keys a second"), rate_);
  form->addRow(button(QStringLiteral("applyRate"), tr("Set the keys anew"), tr("Samples the clip at that rate"),
                      [this] { workspace_.resample_clip(rate_->value()); }));
  layout->addWidget(whole);

  turn_box_ = new QGroupBox(tr("The chosen joint, at this moment"), this);
  auto* turns = new QFormLayout(turn_box_);
  joint_ = new QLabel(turn_box_);
  turns->addRow(joint_);
  for (int k = 0; k < 3; ++k) {
    const QString axis(QChar('x' + k));
    degrees_[k] = number(QStringLiteral("turn%1").arg(k), tr("Turn about the joint's own %1 axis").arg(axis), -180, 180, 2, QStringLiteral("°"));
    turns->addRow(tr("Turn %1").arg(axis), degrees_[k]);
    connect(degrees_[k], &QDoubleSpinBox::valueChanged, this, &MotionPanel::turn);
  }
  reach_ = number(QStringLiteral("turnReach"), tr("Over so long before and after it fades out"), 0, 60, 0.05, QStringLiteral(" s"));
  reach_->setValue(0.25);
  turns->addRow(tr("Fades over"), reach_);
  connect(reach_, &QDoubleSpinBox::valueChanged, this, &MotionPanel::turn);
  layout->addWidget(turn_box_);
  layout->addStretch();

  connect(&workspace_, &Workspace::selection_changed, this, &MotionPanel::show_state);
  connect(&workspace_.document, &Document::changed, this, &MotionPanel::show_state);
  connect(&workspace_.playback, &Playback::moved, this, [this] {
    if (made_) begin_anew();
  });
  show_state();
}

QDoubleSpinBox* MotionPanel::number(const QString& name, const QString& says, double least, double most, double step,
                                    const QString& suffix) {
  auto* made = new QDoubleSpinBox(this);
  made->setObjectName(name);
  made->setAccessibleName(says);
  made->setToolTip(says);
  made->setRange(least, most);
  made->setSingleStep(step);
  made->setSuffix(suffix);
  made->setKeyboardTracking(false);
  need_clip_.push_back(made);
  return made;
}

void MotionPanel::begin_anew() {
  base_ = made_ = nullptr;
  for (QDoubleSpinBox* box : {cutoff_, degrees_[0], degrees_[1], degrees_[2]}) {
    const QSignalBlocker quiet(box);
    box->setValue(0);
  }
  workspace_.document.end_merge();
}

void MotionPanel::show_state() {
  const int index = workspace_.clip_index();
  const bool there = workspace_.clip() != nullptr;
  const auto& clips = workspace_.state().character.clips;
  if (made_ && (!there || clips[index] != made_)) begin_anew();
  for (QWidget* widget : need_clip_) widget->setEnabled(there);
  const int joint = workspace_.selected_joint();
  turn_box_->setEnabled(there && joint >= 0);
  joint_->setText(joint >= 0 ? QString::fromStdString(workspace_.state().character.skeleton->joints[joint].name)
                             : tr("none: click one in the view or in the tree"));
}

void MotionPanel::smooth() {
  if (!workspace_.clip()) return;
  if (!base_ || degrees_[0]->value() != 0 || degrees_[1]->value() != 0 || degrees_[2]->value() != 0) {
    const double wanted = cutoff_->value();
    begin_anew();
    const QSignalBlocker quiet(cutoff_);
    cutoff_->setValue(wanted);
    base_ = workspace_.state().character.clips[workspace_.clip_index()];
  }
  made_ = workspace_.smooth_clip(*base_, cutoff_->value());
}

void MotionPanel::turn() {
  const int joint = workspace_.selected_joint();
  if (!workspace_.clip() || joint < 0) return;
  if (!base_ && degrees_[0]->value() == 0 && degrees_[1]->value() == 0 && degrees_[2]->value() == 0) return;
  if (!base_ || cutoff_->value() != 0) {
    const QSignalBlocker quiet(cutoff_);
    cutoff_->setValue(0);
    base_ = workspace_.state().character.clips[workspace_.clip_index()];
  }
  const Vec3 radians = Vec3(static_cast<float>(degrees_[0]->value()), static_cast<float>(degrees_[1]->value()),
                            static_cast<float>(degrees_[2]->value())) *
                       static_cast<float>(M_PI / 180);
  const Quat turned = Quat(Eigen::AngleAxisf(radians.z(), Vec3::UnitZ())) * Quat(Eigen::AngleAxisf(radians.y(), Vec3::UnitY())) *
                      Quat(Eigen::AngleAxisf(radians.x(), Vec3::UnitX()));
  made_ = workspace_.turn_joint(*base_, joint, turned, reach_->value());
}

}  // namespace mp4d
