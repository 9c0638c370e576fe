#include "app/studio/export_dialog.h"
#include "app/studio/option_form.h"
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace mp4d {
namespace {

constexpr const char* kFolderKey = "export_folder";

}  // namespace

ExportDialog::ExportDialog(Workspace& workspace, const Dialogs& dialogs, QWidget* parent)
    : QDialog(parent), workspace_(workspace), dialogs_(dialogs) {
  setObjectName(QStringLiteral("exportDialog"));
  setWindowTitle(tr("Export"));
  const DocumentState& state = workspace_.state();
  const QString folder = workspace_.settings().value(kFolderKey, to_qstring(state.source.parent_path())).toString();
  file_ = new QLineEdit(folder + QLatin1Char('/') + QString::fromStdString(state.source.stem().string()) + QStringLiteral(".glb"), this);
  file_->setObjectName(QStringLiteral("exportFile"));
  QStringList known;
  for (const std::string& ending : export_endings()) known << QString::fromStdString(ending);
  const QString formats = tr("The ending says the format: %1; %2 is a mesh a frame").arg(known.join(QStringLiteral(", ")), QStringLiteral("FOLDER/%04d.obj"));
  file_->setToolTip(formats);
  file_->setMinimumWidth(380);
  auto* browse = new QPushButton(tr("Choose…"), this);
  auto* file_label = new QLabel(tr("File"), this);
  file_label->setBuddy(file_);
  auto* row = new QHBoxLayout;
  row->addWidget(file_label);
  row->addWidget(file_, 1);
  row->addWidget(browse);
  auto* endings = new QLabel(formats, this);
  endings->setWordWrap(true);
  endings->setForegroundRole(QPalette::PlaceholderText);

  clips_ = new QListWidget(this);
  clips_->setObjectName(QStringLiteral("exportClips"));
  clips_->setAccessibleName(tr("Clips to export"));
  for (const auto& clip : state.character.clips) {
    auto* item = new QListWidgetItem(QString::fromStdString(clip->name), clips_);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable | Qt::ItemIsSelectable);
    item->setCheckState(Qt::Checked);
  }
  clips_->setMaximumHeight(clips_->sizeHintForRow(0) * std::clamp(clips_->count(), 1, 6) + 6);
  auto* clips_label = new QLabel(tr("Clips"), this);
  clips_label->setVisible(clips_->count() > 0);
  clips_->setVisible(clips_->count() > 0);

  outcome_ = new QLabel(this);
  outcome_->setObjectName(QStringLiteral("exportOutcome"));
  outcome_->setWordWrap(true);
  outcome_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  buttons->button(QDialogButtonBox::Close)->setText(tr("Close"));  // Qt's own translations need not be installed
  export_ = buttons->addButton(tr("Export"), QDialogButtonBox::ActionRole);
  export_->setObjectName(QStringLiteral("exportButton"));
  export_->setDefault(true);

  auto* layout = new QVBoxLayout(this);
  layout->addLayout(row);
  layout->addWidget(endings);
  layout->addWidget(clips_label);
  layout->addWidget(clips_);
  layout->addWidget(new OptionForm(workspace_, Stage::kExport, this));
  layout->addWidget(outcome_);
  layout->addWidget(buttons);

  connect(browse, &QPushButton::clicked, this, &ExportDialog::choose_file);
  connect(export_, &QPushButton::clicked, this, &ExportDialog::run);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(&workspace_, &Workspace::stages_changed, this, &ExportDialog::show_ready);
  connect(&workspace_, &Workspace::exported, this, [this](bool ok, const QString& text) {
    outcome_->setText((ok ? tr("Written. ") : tr("Not written. ")) + text);
  });
  show_ready();
}

void ExportDialog::show_ready() { export_->setEnabled(!workspace_.job.running()); }

void ExportDialog::choose_file() {
  QStringList patterns;
  for (const std::string& ending : export_endings()) patterns << QStringLiteral("*") + QString::fromStdString(ending);
  const QString file = dialogs_.save_file(this, tr("Export to"), file_->text(), tr("Models (%1)").arg(patterns.join(QLatin1Char(' '))));
  if (!file.isEmpty()) file_->setText(file);
}

void ExportDialog::run() {
  const std::filesystem::path path = to_path(file_->text());
  std::vector<int> chosen;
  for (int i = 0; i < clips_->count(); ++i)
    if (clips_->item(i)->checkState() == Qt::Checked) chosen.push_back(i);
  workspace_.settings().setValue(kFolderKey, to_qstring(path.parent_path()));
  outcome_->setText(tr("Writing, and reading it again…"));
  workspace_.export_to(path, chosen);
}

}  // namespace mp4d
