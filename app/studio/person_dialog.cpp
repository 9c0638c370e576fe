#include "app/studio/person_dialog.h"
#include "reconstruction/human/pose_library.h"
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>

namespace mp4d {

PersonDialog::PersonDialog(const Dialogs& dialogs, std::function<void(const PersonWish&)> make, QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("personDialog"));
  setWindowTitle(tr("New person"));
  words_ = new QLineEdit(this);
  words_->setObjectName(QStringLiteral("personWords"));
  words_->setPlaceholderText(tr("in English: a tall old man in a grey suit, waving"));
  words_->setClearButtonEnabled(true);
  pose_ = new QComboBox(this);
  pose_->setObjectName(QStringLiteral("personPose"));
  pose_->addItem(tr("as the words say, or arms slightly out"), QString());
  for (const std::string& name : human::pose_names()) pose_->addItem(QString::fromStdString(name), QString::fromStdString(name));
  auto* file = new QPushButton(tr("File…"), this);
  file->setObjectName(QStringLiteral("personPoseFile"));
  file->setToolTip(tr("A JSON file with 24 joints, or the first frame of a person's motion (BVH, GLB, FBX)"));
  auto* poses = new QHBoxLayout;
  poses->addWidget(pose_, 1);
  poses->addWidget(file);
  seed_ = new QSpinBox(this);
  seed_->setObjectName(QStringLiteral("personSeed"));
  seed_->setRange(0, 1000000000);
  seed_->setValue(1);
  seed_->setToolTip(tr("Another number is another person of the same description"));
  quick_ = new QCheckBox(tr("Quickly, from the front alone"), this);
  quick_->setObjectName(QStringLiteral("personQuick"));
  auto* note = new QLabel(tr("What is not said is left to chance. What is open is closed."), this);
  note->setForegroundRole(QPalette::PlaceholderText);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));  // Qt's own translations need not be installed
  QPushButton* go = buttons->addButton(tr("Make"), QDialogButtonBox::AcceptRole);
  go->setObjectName(QStringLiteral("personMake"));
  go->setDefault(true);
  auto* layout = new QFormLayout(this);
  layout->addRow(tr("Who"), words_);
  layout->addRow(tr("Pose"), poses);
  layout->addRow(tr("Seed"), seed_);
  layout->addRow(quick_);
  layout->addRow(note);
  layout->addRow(buttons);
  resize(520, sizeHint().height());
  connect(file, &QPushButton::clicked, this, [this, dialogs] {
    const QString chosen = dialogs.open_file(this, tr("Pose of a person"), {});
    if (chosen.isEmpty()) return;
    pose_->addItem(file_name(to_path(chosen)), chosen);
    pose_->setCurrentIndex(pose_->count() - 1);
  });
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(buttons, &QDialogButtonBox::accepted, this, [this, make] {
    accept();
    make(wish());
  });
}

PersonWish PersonDialog::wish() const {
  return {words_->text().trimmed().toStdString(), pose_->currentData().toString().toStdString(), seed_->value(), quick_->isChecked()};
}

}  // namespace mp4d
