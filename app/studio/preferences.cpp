#include "app/studio/preferences.h"
#include "app/studio/session.h"
#include "reconstruction/articulated/reconstruct.h"
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>

namespace mp4d {
namespace {

QString keys_key(const QAction& action) { return QStringLiteral("keys/") + action.objectName(); }

/// A box that does one of the actions whose names begin with `prefix`, of which one is always on.
QComboBox* choice_of(const Actions& actions, const QString& prefix, QWidget* parent) {
  auto* box = new QComboBox(parent);
  for (QAction* action : actions.all()) {
    if (!action->objectName().startsWith(prefix)) continue;
    box->addItem(action->text().section(QRegularExpression(QStringLiteral("[:：]\\s*")), 1), action->objectName());
    if (action->isChecked()) box->setCurrentIndex(box->count() - 1);
  }
  QObject::connect(box, &QComboBox::activated, parent, [box, &actions] { actions.find(box->currentData().toString())->setChecked(true); });
  return box;
}

}  // namespace

ReconstructOptions preferred_options(const QSettings& settings) {
  ReconstructOptions options;
  const auto& table = reconstruct_options();
  for (const auto& [key, name] : {std::pair{kDeviceKey, "device"}, std::pair{kThreadsKey, "threads"}})
    if (const QString value = settings.value(key).toString(); !value.isEmpty())
      (void)table.set(&options, name, value.toStdString());  // one that does not fit is as good as none
  return options;
}

void apply_shortcuts(const QSettings& settings, const Actions& actions) {
  for (QAction* action : actions.all())
    if (settings.contains(keys_key(*action)))
      action->setShortcut(QKeySequence(settings.value(keys_key(*action)).toString(), QKeySequence::PortableText));
}

Preferences::Preferences(QSettings& settings, const Actions& actions, QWidget* parent)
    : QDialog(parent), settings_(settings), actions_(actions) {
  setObjectName(QStringLiteral("preferences"));
  setWindowTitle(tr("Preferences"));
  auto* tabs = new QTabWidget(this);
  tabs->addTab(looks(), tr("Window"));
  tabs->addTab(work(), tr("Work"));
  tabs->addTab(keys(), tr("Keys"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  buttons->button(QDialogButtonBox::Close)->setText(tr("Close"));  // Qt's own translations need not be installed
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(tabs);
  layout->addWidget(buttons);
  resize(560, 480);
}

QWidget* Preferences::looks() {
  auto* page = new QWidget(this);
  auto* layout = new QFormLayout(page);
  auto* theme = choice_of(actions_, QStringLiteral("theme."), page);
  theme->setObjectName(QStringLiteral("preferTheme"));
  layout->addRow(tr("Theme"), theme);
  auto* renderer = choice_of(actions_, QStringLiteral("renderer."), page);
  renderer->setObjectName(QStringLiteral("preferRenderer"));
  layout->addRow(tr("The view is drawn by"), renderer);
  auto* language = choice_of(actions_, QStringLiteral("language."), page);
  language->setObjectName(QStringLiteral("preferLanguage"));
  layout->addRow(tr("Language"), language);
  auto* scale = new QDoubleSpinBox(page);
  scale->setObjectName(QStringLiteral("preferScale"));
  scale->setRange(0.5, 3);
  scale->setSingleStep(0.25);
  scale->setValue(settings_.value(kScaleKey, 1.0).toDouble());
  connect(scale, &QDoubleSpinBox::valueChanged, this, [this](double value) { settings_.setValue(kScaleKey, value); });
  layout->addRow(tr("Size of everything"), scale);
  auto* restore = new QCheckBox(tr("Open at the start what was open last"), page);
  restore->setObjectName(QStringLiteral("preferRestore"));
  restore->setChecked(settings_.value(kRestoreKey, true).toBool());
  connect(restore, &QCheckBox::toggled, this, [this](bool on) { settings_.setValue(kRestoreKey, on); });
  layout->addRow(restore);
  auto* note = new QLabel(tr("Language and size change when the program starts next."), page);
  note->setWordWrap(true);
  note->setForegroundRole(QPalette::PlaceholderText);
  layout->addRow(note);
  return page;
}

QWidget* Preferences::work() {
  auto* page = new QWidget(this);
  auto* layout = new QFormLayout(page);
  const ReconstructOptions now = preferred_options(settings_);
  auto* device = new QComboBox(page);
  device->setObjectName(QStringLiteral("preferDevice"));
  for (const std::string& choice : reconstruct_options().find("device")->choices) device->addItem(QString::fromStdString(choice));
  device->setCurrentText(QString::fromStdString(now.device));
  connect(device, &QComboBox::currentTextChanged, this, [this](const QString& text) { settings_.setValue(kDeviceKey, text); });
  layout->addRow(tr("Device"), device);
  auto* threads = new QSpinBox(page);
  threads->setObjectName(QStringLiteral("preferThreads"));
  const OptionSpec& spec = *reconstruct_options().find("threads");
  threads->setRange(static_cast<int>(spec.min), static_cast<int>(std::min(spec.max, 1024.0)));
  threads->setSpecialValueText(tr("all"));
  threads->setValue(now.threads);
  connect(threads, &QSpinBox::valueChanged, this, [this](int value) { settings_.setValue(kThreadsKey, QString::number(value)); });
  layout->addRow(tr("Threads"), threads);
  auto* memory = new QDoubleSpinBox(page);
  memory->setObjectName(QStringLiteral("preferMemory"));
  memory->setRange(0, 4096);
  memory->setDecimals(1);
  memory->setSuffix(tr(" GB"));
  memory->setSpecialValueText(tr("all"));
  memory->setToolTip(tr("Work that would take more is refused or takes less, and says so; at the next start"));
  memory->setValue(settings_.value(kMemoryKey, 0.0).toDouble());
  connect(memory, &QDoubleSpinBox::valueChanged, this, [this](double value) { settings_.setValue(kMemoryKey, value); });
  layout->addRow(tr("Memory"), memory);
  auto* note = new QLabel(tr("Device and threads are those of what is opened from now on; what is open keeps its own options. The memory "
                             "changes when the program starts next."),
                          page);
  note->setWordWrap(true);
  note->setForegroundRole(QPalette::PlaceholderText);
  layout->addRow(note);
  return page;
}

QWidget* Preferences::keys() {
  auto* page = new QWidget(this);
  table_ = new QTableWidget(static_cast<int>(actions_.all().size()), 2, page);
  table_->setObjectName(QStringLiteral("preferKeys"));
  table_->setHorizontalHeaderLabels({tr("Action"), tr("Keys")});
  table_->verticalHeader()->hide();
  table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  for (int row = 0; row < table_->rowCount(); ++row) {
    QAction* action = actions_.all()[static_cast<std::size_t>(row)];
    table_->setItem(row, 0, new QTableWidgetItem(plain_text(*action)));
    auto* edit = new QKeySequenceEdit(action->shortcut(), table_);
    edit->setObjectName(QStringLiteral("keys-") + action->objectName());
    edit->setAccessibleName(tr("Keys of %1").arg(plain_text(*action)));
    table_->setCellWidget(row, 1, edit);
    connect(edit, &QKeySequenceEdit::editingFinished, this, [this, row, edit] { set_keys(row, edit->keySequence()); });
  }
  auto* layout = new QVBoxLayout(page);
  layout->addWidget(table_);
  return page;
}

/// Whoever had the keys loses them: two actions of one key would both do nothing.
void Preferences::set_keys(int row, const QKeySequence& keys) {
  const auto give = [this](int to, const QKeySequence& sequence) {
    QAction* action = actions_.all()[static_cast<std::size_t>(to)];
    action->setShortcut(sequence);
    settings_.setValue(keys_key(*action), sequence.toString(QKeySequence::PortableText));
    static_cast<QKeySequenceEdit*>(table_->cellWidget(to, 1))->setKeySequence(sequence);
  };
  if (!keys.isEmpty())
    for (int other = 0; other < table_->rowCount(); ++other)
      if (other != row && actions_.all()[static_cast<std::size_t>(other)]->shortcut() == keys) give(other, {});
  give(row, keys);
}

}  // namespace mp4d
