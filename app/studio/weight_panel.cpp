#include "app/studio/weight_panel.h"
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>

namespace mp4d {

WeightPanel::WeightPanel(Workspace& workspace, Viewport& viewport, QWidget* parent)
    : QWidget(parent), workspace_(workspace), viewport_(viewport) {
  setObjectName(QStringLiteral("weightPanel"));
  joint_ = new QLabel(this);
  joint_->setWordWrap(true);
  mode_ = new QComboBox(this);
  mode_->setObjectName(QStringLiteral("brushMode"));
  mode_->setAccessibleName(tr("Brush"));
  mode_->addItem(tr("off"));
  mode_->addItem(tr("add to the joint"), static_cast<int>(BrushMode::kAdd));
  mode_->addItem(tr("take from the joint"), static_cast<int>(BrushMode::kRemove));
  mode_->addItem(tr("smooth all"), static_cast<int>(BrushMode::kSmooth));
  const auto number = [&](const QString& name, const QString& says, double least, double most, double step, double value) {
    auto* made = new QDoubleSpinBox(this);
    made->setObjectName(name);
    made->setAccessibleName(says);
    made->setToolTip(says);
    made->setRange(least, most);
    made->setSingleStep(step);
    made->setValue(value);
    connect(made, &QDoubleSpinBox::valueChanged, this, &WeightPanel::set_brush);
    return made;
  };
  radius_ = number(QStringLiteral("brushRadius"), tr("Radius of the brush in pixels"), 2, 400, 5, 40);
  radius_->setDecimals(0);
  strength_ = number(QStringLiteral("brushStrength"), tr("How much one touch does, 0 to 1"), 0.01, 1, 0.05, 0.2);
  mirror_ = new QPushButton(tr("Mirror"), this);
  mirror_->setObjectName(QStringLiteral("weightsMirror"));
  mirror_->setToolTip(tr("The weights of the chosen joint's half of the body on the other half"));
  anew_ = new QPushButton(tr("Weights anew"), this);
  anew_->setObjectName(QStringLiteral("weightsAnew"));
  anew_->setToolTip(tr("Finds the weights of every joint from the skeleton as it is now; what was painted is lost"));
  auto* layout = new QFormLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addRow(joint_);
  layout->addRow(tr("Brush"), mode_);
  layout->addRow(tr("Radius"), radius_);
  layout->addRow(tr("Strength"), strength_);
  layout->addRow(mirror_);
  layout->addRow(anew_);
  connect(mode_, &QComboBox::currentIndexChanged, this, &WeightPanel::set_brush);
  connect(mirror_, &QPushButton::clicked, &workspace_, &Workspace::mirror_weights);
  connect(anew_, &QPushButton::clicked, &workspace_, &Workspace::bind_anew);
  connect(&workspace_, &Workspace::selection_changed, this, &WeightPanel::show_state);
  connect(&workspace_, &Workspace::stages_changed, this, &WeightPanel::show_state);
  connect(&workspace_.document, &Document::changed, this, &WeightPanel::show_state);
  connect(&viewport_, &Viewport::view_changed, this, &WeightPanel::show_state);
  show_state();
}

void WeightPanel::show_state() {
  const Character& character = workspace_.state().character;
  const bool skinned = character && character.skeleton->size() > 0 && character.mesh->faces.rows() > 0;
  const int joint = workspace_.selected_joint();
  mode_->setEnabled(skinned);
  mirror_->setEnabled(skinned && joint >= 0);
  anew_->setEnabled(skinned && !workspace_.job.running());
  joint_->setText(joint >= 0 ? tr("Joint: %1").arg(QString::fromStdString(character.skeleton->joints[joint].name))
                             : tr("Click a joint in the tree to paint its weights"));
  if (!viewport_.brush() && mode_->currentIndex() != 0) {
    const QSignalBlocker quiet(mode_);
    mode_->setCurrentIndex(0);
  }
}

void WeightPanel::set_brush() {
  if (mode_->currentIndex() <= 0) return viewport_.set_brush({});
  viewport_.set_brush(Brush{static_cast<BrushMode>(mode_->currentData().toInt()), static_cast<float>(radius_->value()),
                            static_cast<float>(strength_->value())});
}

}  // namespace mp4d
