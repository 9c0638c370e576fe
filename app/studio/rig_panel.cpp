#include "app/studio/rig_panel.h"
#include "motion/kinematics.h"
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr double kDegrees = 180 / M_PI;

}  // namespace

RigPanel::RigPanel(Workspace& workspace, QWidget* parent) : QWidget(parent), workspace_(workspace) {
  setObjectName(QStringLiteral("rigPanel"));
  tree_ = new QTreeWidget(this);
  tree_->setObjectName(QStringLiteral("jointTree"));
  tree_->setAccessibleName(tr("Joints"));
  tree_->setHeaderHidden(true);
  tree_->setIndentation(12);
  tree_->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
  tree_->header()->setStretchLastSection(false);
  place_box_ = new QWidget(this);
  auto* places = new QFormLayout(place_box_);
  places->setContentsMargins(0, 0, 0, 0);
  for (int k = 0; k < 3; ++k) {
    place_[k] = new QDoubleSpinBox(place_box_);
    place_[k]->setObjectName(QStringLiteral("jointPlace%1").arg(k));
    place_[k]->setAccessibleName(tr("Place of the joint, %1").arg(QChar('x' + k)));
    place_[k]->setToolTip(tr("Place of the joint in the rest pose, %1, metres").arg(QChar('x' + k)));
    place_[k]->setDecimals(4);
    place_[k]->setRange(-1e4, 1e4);
    place_[k]->setSingleStep(0.01);
    place_[k]->setKeyboardTracking(false);
    place_[k]->setSuffix(QStringLiteral(" m"));
    places->addRow(QString(QChar('x' + k)), place_[k]);
    connect(place_[k], &QDoubleSpinBox::valueChanged, this, &RigPanel::place_joint);
  }
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addWidget(tree_, 1);
  layout->addWidget(place_box_);
  auto* buttons = new QHBoxLayout;
  const auto button = [&](const QString& name, const QString& text, const QString& tip, void (Workspace::*run)(int)) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(name);
    made->setToolTip(tip);
    connect(made, &QPushButton::clicked, this, [this, run] {
      Workspace& workspace = workspace_;  // within the call g++ 12, when it sanitizes, takes what was never set for `this`
      (workspace.*run)(workspace.selected_joint());
    });
    buttons->addWidget(made);
    need_joint_.push_back(made);
  };
  button(QStringLiteral("addJoint"), tr("Add"), tr("A new joint below the chosen one"), &Workspace::add_joint);
  button(QStringLiteral("removeJoint"), tr("Remove"), tr("What hangs on the joint, and its skin, go to its parent"), &Workspace::remove_joint);
  button(QStringLiteral("mirrorJoint"), tr("Mirror"), tr("The joint of the same name on the other side goes to the mirrored place"),
         &Workspace::mirror_joint);
  layout->addLayout(buttons);
  layout->addWidget(make_limits());

  connect(tree_, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (item) workspace_.select_joint(item->data(0, Qt::UserRole).toInt());
  });
  connect(tree_, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item) {
    workspace_.rename_joint(item->data(0, Qt::UserRole).toInt(), item->text(0));
    fill();  // the name that holds, if the new one was refused
  });
  connect(&workspace_.document, &Document::changed, this, [this] {
    if (workspace_.state().character.skeleton != shown_) fill();
    else show_limit();
  });
  connect(&workspace_, &Workspace::selection_changed, this, &RigPanel::show_selection);
  fill();
}

QWidget* RigPanel::make_limits() {
  limit_box_ = new QGroupBox(tr("Limits"), this);
  limit_box_->setObjectName(QStringLiteral("limitBox"));
  limit_box_->setCheckable(true);
  limit_box_->setToolTip(tr("How far the joint turns from the rest pose: kept when it is turned under Motion, and by 'Keep the limits' there"));
  auto* form = new QFormLayout(limit_box_);
  const auto degrees = [&](const QString& name, const QString& text, const QString& tip, double least, double most) {
    auto* made = new QDoubleSpinBox(limit_box_);
    made->setObjectName(name);
    made->setAccessibleName(text);
    made->setToolTip(tip);
    made->setRange(least, most);
    made->setDecimals(1);
    made->setSingleStep(5);
    made->setSuffix(QStringLiteral("°"));
    made->setKeyboardTracking(false);
    form->addRow(text, made);
    connect(made, &QDoubleSpinBox::valueChanged, this, &RigPanel::set_limit);
    return made;
  };
  swing_ = degrees(QStringLiteral("limitSwing"), tr("Bends up to"), tr("Away from the bone's direction at rest"), 0, 180);
  twist_from_ = degrees(QStringLiteral("limitTwistFrom"), tr("Twists from"), tr("About the bone"), -180, 180);
  twist_to_ = degrees(QStringLiteral("limitTwistTo"), tr("to"), tr("About the bone"), -180, 180);
  connect(limit_box_, &QGroupBox::toggled, this, &RigPanel::set_limit);
  return limit_box_;
}

void RigPanel::show_limit() {
  const JointLimit* limit = workspace_.limit_of(workspace_.selected_joint());
  const JointLimit shown = limit ? *limit : JointLimit();
  const QSignalBlocker quiet(limit_box_), quiet_swing(swing_), quiet_from(twist_from_), quiet_to(twist_to_);
  limit_box_->setChecked(limit != nullptr);
  swing_->setValue(kDegrees * shown.swing_max);
  twist_from_->setValue(kDegrees * shown.twist_min);
  twist_to_->setValue(kDegrees * shown.twist_max);
}

void RigPanel::set_limit() {
  const int joint = workspace_.selected_joint();
  if (!limit_box_->isChecked()) return workspace_.set_limit(joint, std::nullopt);
  JointLimit limit;
  if (const JointLimit* before = workspace_.limit_of(joint)) limit.axis = before->axis;
  limit.swing_max = swing_->value() / kDegrees;
  limit.twist_min = std::min(twist_from_->value(), twist_to_->value()) / kDegrees;
  limit.twist_max = std::max(twist_from_->value(), twist_to_->value()) / kDegrees;
  workspace_.set_limit(joint, limit);
}

void RigPanel::fill() {
  const QSignalBlocker quiet(tree_);
  tree_->clear();
  items_.clear();
  shown_ = workspace_.state().character.skeleton;
  if (shown_) {
    for (int j = 0; j < shown_->size(); ++j) {
      const Joint& joint = shown_->joints[j];
      auto* item = joint.parent < 0 ? new QTreeWidgetItem(tree_) : new QTreeWidgetItem(items_[joint.parent]);
      item->setText(0, QString::fromStdString(joint.name));
      item->setData(0, Qt::UserRole, j);
      item->setFlags(item->flags() | Qt::ItemIsEditable);
      items_.push_back(item);
    }
    tree_->expandAll();
  }
  show_selection();
}

void RigPanel::show_selection() {
  const int joint = workspace_.selected_joint();
  const bool valid = shown_ && joint >= 0 && joint < static_cast<int>(items_.size());
  place_box_->setEnabled(valid);
  limit_box_->setEnabled(valid);
  show_limit();
  for (QWidget* widget : need_joint_) widget->setEnabled(valid);
  const QSignalBlocker quiet(tree_);
  tree_->setCurrentItem(valid ? items_[joint] : nullptr);
  if (!valid) return;
  tree_->scrollToItem(items_[joint]);
  const Vec3 at = forward_kinematics(*shown_, rest_pose(*shown_))[joint].topRightCorner<3, 1>();
  for (int k = 0; k < 3; ++k) {
    const QSignalBlocker still(place_[k]);
    place_[k]->setValue(at[k]);
  }
}

void RigPanel::place_joint() {
  const int joint = workspace_.selected_joint();
  if (joint < 0) return;
  workspace_.move_joint(joint, Vec3(static_cast<float>(place_[0]->value()), static_cast<float>(place_[1]->value()),
                                    static_cast<float>(place_[2]->value())));
}

}  // namespace mp4d
