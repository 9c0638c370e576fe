#include "app/studio/rig_panel.h"
#include "motion/kinematics.h"
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace mp4d {

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
    connect(made, &QPushButton::clicked, this, [this, run] { (workspace_.*run)(workspace_.selected_joint()); });
    buttons->addWidget(made);
    need_joint_.push_back(made);
  };
  button(QStringLiteral("addJoint"), tr("Add"), tr("A new joint below the chosen one"), &Workspace::add_joint);
  button(QStringLiteral("removeJoint"), tr("Remove"), tr("What hangs on the joint, and its skin, go to its parent"), &Workspace::remove_joint);
  button(QStringLiteral("mirrorJoint"), tr("Mirror"), tr("The joint of the same name on the other side goes to the mirrored place"),
         &Workspace::mirror_joint);
  layout->addLayout(buttons);

  connect(tree_, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
    if (item) workspace_.select_joint(item->data(0, Qt::UserRole).toInt());
  });
  connect(tree_, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item) {
    workspace_.rename_joint(item->data(0, Qt::UserRole).toInt(), item->text(0));
    fill();  // the name that holds, if the new one was refused
  });
  connect(&workspace_.document, &Document::changed, this, [this] {
    if (workspace_.state().character.skeleton != shown_) fill();
  });
  connect(&workspace_, &Workspace::selection_changed, this, &RigPanel::show_selection);
  fill();
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
