#include "app/studio/batch_window.h"
#include "app/studio/batch_list_edit.h"
#include "core/files.h"
#include "io/input_kind.h"
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFontDatabase>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QSpinBox>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFolderKey = "batch/folder";
constexpr int kBarSteps = 1000;
enum OptionsFrom { kDefaults, kDocument, kFile };

}  // namespace

BatchWindow::BatchWindow(Workspace& workspace, BatchModel& model, const Dialogs& dialogs, QWidget* parent)
    : QDialog(parent), workspace_(workspace), model_(model), dialogs_(dialogs) {
  setObjectName(QStringLiteral("batchWindow"));
  setWindowTitle(tr("Batch"));
  setAcceptDrops(true);
  summary_ = new QLabel(this);
  summary_->setObjectName(QStringLiteral("batchSummary"));
  summary_->setWordWrap(true);
  bar_ = new QProgressBar(this);
  bar_->setRange(0, kBarSteps);
  bar_->setTextVisible(false);
  bar_->setFixedHeight(6);
  const auto button = [&](const QString& name, const QString& text, const QString& tip) {
    auto* made = new QPushButton(text, this);
    made->setObjectName(name);
    made->setToolTip(tip);
    made->setAutoDefault(false);
    return made;
  };
  open_ = button(QStringLiteral("batchOpenResult"), tr("Open the result"), tr("Shows what the chosen job made"));
  retry_ = button(QStringLiteral("batchRetry"), tr("Retry failed"), tr("Runs the jobs that failed, and those that are not done, again"));
  stop_ = button(QStringLiteral("batchStop"), tr("Stop"), tr("Finished stages of running jobs are kept"));
  run_ = button(QStringLiteral("batchRun"), tr("Run"), tr("What is done already is not done again"));
  run_->setDefault(true);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(open_);
  buttons->addStretch();
  for (QPushButton* b : {retry_, stop_, run_}) buttons->addWidget(b);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(make_choices());
  layout->addWidget(make_list(), 1);
  layout->addWidget(summary_);
  layout->addWidget(bar_);
  layout->addLayout(buttons);
  resize(820, 620);

  connect(run_, &QPushButton::clicked, this, [this] { run(false); });
  connect(retry_, &QPushButton::clicked, this, [this] { run(true); });
  connect(stop_, &QPushButton::clicked, &model_.job, &Job::cancel);
  connect(open_, &QPushButton::clicked, this, [this] { Q_EMIT open_wanted(to_qstring(model_.result(chosen_row()))); });
  connect(table_, &QTableView::doubleClicked, this, [this] {
    if (open_->isEnabled()) open_->click();
  });
  connect(&model_, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& from) {
    show_state();
    if (from.row() == chosen_row()) show_log();
  });
  connect(&model_.job, &Job::started, this, &BatchWindow::show_state);
  connect(&model_.job, &Job::progressed, this, [this](const Progress& p) { bar_->setValue(static_cast<int>(kBarSteps * p.fraction)); });
  connect(&model_.job, &Job::finished, this, [this](const Error* error) {
    problem_ = error && error->code != ErrorCode::kCancelled ? QString::fromStdString(error->message) : QString();
    show_state();
    show_log();
  });
  refresh();
}

QWidget* BatchWindow::make_choices() {
  auto* box = new QWidget(this);
  command_ = new QComboBox(box);
  command_->setObjectName(QStringLiteral("batchCommand"));
  command_->addItem(tr("Reconstruct: videos, folders of pictures, sequences of meshes"), QStringLiteral("reconstruct"));
  command_->addItem(tr("Rig: meshes get a skeleton"), QStringLiteral("rig"));
  command_->addItem(tr("Transfer: the open document's motion onto each"), QStringLiteral("transfer"));
  options_ = new QComboBox(box);
  options_->setObjectName(QStringLiteral("batchOptions"));
  options_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  options_->addItem(tr("as they come"), kDefaults);
  options_->addItem(tr("of the open document"), kDocument);
  options_->addItem(tr("of a file (JSON)…"), kFile);
  folder_ = new QLineEdit(workspace_.settings().value(kFolderKey).toString(), box);
  folder_->setObjectName(QStringLiteral("batchFolder"));
  auto* choose = new QPushButton(tr("Choose…"), box);
  choose->setObjectName(QStringLiteral("batchChooseFolder"));
  choose->setAutoDefault(false);
  auto* folder_row = new QHBoxLayout;
  folder_row->addWidget(folder_, 1);
  folder_row->addWidget(choose);
  at_once_ = new QSpinBox(box);
  at_once_->setObjectName(QStringLiteral("batchAtOnce"));
  at_once_->setRange(1, 64);
  at_once_->setToolTip(tr("Jobs that run at the same time, each with its share of the cores"));
  minutes_ = new QSpinBox(box);
  minutes_->setObjectName(QStringLiteral("batchMinutes"));
  minutes_->setRange(0, 100000);
  minutes_->setSpecialValueText(tr("none"));
  minutes_->setSuffix(tr(" min"));
  minutes_->setToolTip(tr("A job that takes longer has failed"));
  memory_ = new QDoubleSpinBox(box);
  memory_->setObjectName(QStringLiteral("batchMemory"));
  memory_->setRange(0, 1e5);
  memory_->setDecimals(1);
  memory_->setSpecialValueText(tr("none"));
  memory_->setSuffix(tr(" GB"));
  memory_->setToolTip(tr("A job that would take more has failed"));
  auto* limits = new QHBoxLayout;
  const auto limit = [&](const QString& text, QWidget* field) {
    auto* label = new QLabel(text, box);
    label->setBuddy(field);
    limits->addWidget(label);
    limits->addWidget(field);
    limits->addSpacing(12);
  };
  limits->addWidget(at_once_);
  limits->addSpacing(12);
  limit(tr("Time limit"), minutes_);
  limit(tr("Memory limit"), memory_);
  limits->addStretch();
  auto* form = new QFormLayout(box);
  form->setContentsMargins(0, 0, 0, 0);
  form->addRow(tr("What"), command_);
  form->addRow(tr("Options"), options_);
  form->addRow(tr("Results in"), folder_row);
  form->addRow(tr("At once"), limits);
  while_idle_ = {command_, options_, folder_, choose, at_once_, minutes_, memory_};
  connect(command_, &QComboBox::activated, this, &BatchWindow::refresh);
  connect(options_, &QComboBox::activated, this, [this] {
    if (options_->currentData().toInt() == kFile) preset_file_ = dialogs_.open_file(this, tr("Options of all jobs"), tr("JSON (*.json)"));
    if (preset_file_.isEmpty() && options_->currentData().toInt() == kFile) options_->setCurrentIndex(kDefaults);
    refresh();
  });
  connect(folder_, &QLineEdit::textEdited, this, &BatchWindow::refresh);
  connect(choose, &QPushButton::clicked, this, [this] {
    const QString chosen = dialogs_.open_folder(this, tr("Folder of the results"));
    if (chosen.isEmpty()) return;
    folder_->setText(chosen);
    refresh();
  });
  return box;
}

QWidget* BatchWindow::make_list() {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout;
  const auto button = [&](const QString& name, const QString& text, const QString& tip, const std::function<void()>& run) {
    auto* made = new QPushButton(text, box);
    made->setObjectName(name);
    made->setToolTip(tip);
    made->setAutoDefault(false);
    connect(made, &QPushButton::clicked, this, run);
    row->addWidget(made);
    while_idle_.push_back(made);
    return made;
  };
  button(QStringLiteral("batchAddFiles"), tr("Add files…"), tr("A job for each"), [this] {
    std::vector<fs::path> paths;
    for (const QString& file : dialogs_.open_files(this, tr("Add files to the batch"))) paths.push_back(to_path(file));
    add(paths);
  });
  button(QStringLiteral("batchAddFolder"), tr("Add a folder…"), tr("A folder of pictures is one clip; of others everything in it is added"), [this] {
    const QString folder = dialogs_.open_folder(this, tr("Add a folder to the batch"));
    if (!folder.isEmpty()) add({to_path(folder)});
  });
  button(QStringLiteral("batchOpenList"), tr("Open a list…"), tr("A JSON list, as magicpose4d batch takes it"), [this] { open_list(); });
  row->addStretch();
  remove_ = button(QStringLiteral("batchRemove"), tr("Remove"), tr("Takes the chosen jobs out of the list; results stay"), [this] { remove_chosen(); });
  button(QStringLiteral("batchClear"), tr("Clear"), tr("Begins another list"), [this] {
    files_.clear();
    opened_ = nullptr;
    refresh();
  });
  table_ = new QTableView(box);
  table_->setObjectName(QStringLiteral("batchTable"));
  table_->setAccessibleName(tr("Jobs"));
  table_->setModel(&model_);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setShowGrid(false);
  table_->setAlternatingRowColors(true);
  table_->setWordWrap(false);
  table_->verticalHeader()->hide();
  table_->horizontalHeader()->setStretchLastSection(true);
  table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table_->setColumnWidth(BatchModel::kName, 170);
  table_->setColumnWidth(BatchModel::kState, table_->fontMetrics().horizontalAdvance(status_text(JobStatus::kRunning) + QStringLiteral(", 100 %")) + 24);
  table_->setColumnWidth(BatchModel::kSeconds, table_->fontMetrics().horizontalAdvance(QStringLiteral("10.000,0 s")) + 16);
  table_->setColumnWidth(BatchModel::kMemory, table_->fontMetrics().horizontalAdvance(QStringLiteral("100,00 GB")) + 24);
  hint_ = new QLabel(tr("Drop files or folders here: one job each. Every job runs in a process of its own, so that one that fails costs no "
                        "other; what was stopped goes on where it was."),
                     table_);
  hint_->setWordWrap(true);
  hint_->setAlignment(Qt::AlignCenter);
  hint_->setMargin(40);
  hint_->setForegroundRole(QPalette::PlaceholderText);
  auto* over = new QVBoxLayout(table_);
  over->addWidget(hint_);
  log_ = new QPlainTextEdit(box);
  log_->setObjectName(QStringLiteral("batchLog"));
  log_->setAccessibleName(tr("What the chosen job said"));
  log_->setPlaceholderText(tr("What the chosen job says stands here."));
  log_->setReadOnly(true);
  log_->setLineWrapMode(QPlainTextEdit::WidgetWidth);
  log_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  auto* parts = new QSplitter(Qt::Vertical, box);
  parts->addWidget(table_);
  parts->addWidget(log_);
  parts->setStretchFactor(0, 3);
  parts->setStretchFactor(1, 1);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addLayout(row);
  layout->addWidget(parts, 1);
  connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
    show_state();
    show_log();
  });
  return box;
}

Result<json> BatchWindow::preset() const {
  const std::string command = command_->currentData().toString().toStdString();
  json keys = json::object();
  if (options_->currentData().toInt() == kFile) {
    MP4D_TRY(read, read_preset(preset_file_.toStdString()));
    keys = std::move(read);
    if (!keys.contains("command")) keys["command"] = command;
    return keys;
  }
  if (options_->currentData().toInt() == kDocument || command == "transfer") keys = batch_preset(command, workspace_.state());
  if (command == "transfer" && workspace_.state().motion.empty())
    return fail(ErrorCode::kUsage, "no motion is chosen; choose one at the open document's stage Transfer, or take the options of a file");
  keys["command"] = command;
  return keys;
}

Result<json> BatchWindow::list() const {
  if (!opened_.is_null()) return opened_;
  MP4D_TRY(keys, preset());
  return batch_of_files(files_, keys);
}

void BatchWindow::refresh() {
  problem_.clear();
  workspace_.settings().setValue(kFolderKey, folder_->text());
  const bool empty = files_.empty() && opened_.is_null();
  auto made = list();
  const auto set = made ? model_.set_list(*made, opened_.is_null() ? "the list" : opened_name_, to_path(folder_->text())) : Result<void>(tl::unexpected(made.error()));
  if (!set && !empty) problem_ = QString::fromStdString(set.error().message);
  hint_->setVisible(empty);
  show_state();
  show_log();
}

void BatchWindow::add(const std::vector<fs::path>& paths) {
  std::vector<std::string> fresh;
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) fresh.push_back(path.string());
    else for (const std::string& entry : batch_entries(path)) fresh.push_back(entry);
  }
  if (fresh.empty()) return;
  if (folder_->text().isEmpty()) folder_->setText(to_qstring(fs::path(fresh.front()).parent_path() / "batch"));
  if (files_.empty() && opened_.is_null()) {
    const bool models = std::all_of(fresh.begin(), fresh.end(), [](const std::string& path) {
      const auto kind = input_kind(path);
      return kind && *kind == InputKind::kModel;
    });
    command_->setCurrentIndex(command_->findData(models ? QStringLiteral("rig") : QStringLiteral("reconstruct")));
  }
  if (opened_.is_null()) {
    files_.insert(files_.end(), fresh.begin(), fresh.end());
  } else if (auto more = batch_of_files(fresh, opened_.value("defaults", json::object()))) {
    for (const json& one : (*more)["jobs"]) opened_["jobs"].push_back(one);
  }
  refresh();
}

void BatchWindow::open_list() {
  const QString file = dialogs_.open_file(this, tr("Open a list of jobs"), tr("JSON (*.json)"));
  if (file.isEmpty()) return;
  auto read = open_batch_list(to_path(file));
  if (!read) {
    problem_ = QString::fromStdString(read.error().message);
    return show_state();
  }
  files_.clear();
  opened_ = std::move(*read);
  opened_name_ = file.toStdString();
  const fs::path path = to_path(file);
  if (path.filename() == kBatchListName) folder_->setText(to_qstring(path.parent_path()));
  else if (folder_->text().isEmpty()) folder_->setText(to_qstring(path.parent_path() / "batch"));
  refresh();
}

void BatchWindow::remove_chosen() {
  std::vector<int> rows;
  for (const QModelIndex& index : table_->selectionModel()->selectedRows()) rows.push_back(index.row());
  std::sort(rows.rbegin(), rows.rend());
  for (const int row : rows) {
    if (opened_.is_null()) files_.erase(files_.begin() + row);
    else opened_["jobs"].erase(static_cast<std::size_t>(row));
  }
  refresh();
}

void BatchWindow::run(bool retry_failed) {
  refresh();
  if (!problem_.isEmpty() || folder_->text().isEmpty()) return;
  BatchOptions options;
  options.at_once = at_once_->value();
  options.timeout_s = 60.0 * minutes_->value();
  options.memory_gb = memory_->value();
  options.retry_failed = retry_failed;
  bar_->setValue(0);
  model_.run(options);
}

int BatchWindow::chosen_row() const {
  const auto rows = table_->selectionModel()->selectedRows();
  return rows.isEmpty() ? -1 : rows.front().row();
}

void BatchWindow::show_state() {
  const bool running = model_.job.running(), any = model_.rowCount() > 0;
  const int failed = model_.count(JobStatus::kFailed), done = model_.count(JobStatus::kDone);
  for (QWidget* widget : while_idle_) widget->setEnabled(!running);
  if (!opened_.is_null()) command_->setEnabled(false), options_->setEnabled(false);
  const int row = chosen_row();
  remove_->setEnabled(!running && row >= 0);
  run_->setEnabled(!running && any && done + failed < model_.rowCount() && !folder_->text().isEmpty());
  retry_->setEnabled(!running && failed > 0);
  stop_->setEnabled(running);
  bar_->setVisible(running);
  open_->setEnabled(row >= 0 && row < model_.rowCount() && !model_.result(row).empty());
  if (!problem_.isEmpty()) return summary_->setText(tr("Error: %1").arg(problem_));
  if (!any) return summary_->setText({});
  QStringList parts;
  for (const JobStatus status : {JobStatus::kDone, JobStatus::kFailed, JobStatus::kRunning, JobStatus::kQueued})
    if (const int count = model_.count(status)) parts << QStringLiteral("%1 %2").arg(count).arg(status_text(status));
  summary_->setText(tr("Jobs: %1").arg(parts.join(QStringLiteral(", "))));
}

void BatchWindow::show_log() {
  const int row = chosen_row();
  const auto text = row >= 0 && row < model_.rowCount() ? read_file(model_.log(row)) : Result<std::string>(std::string());
  const QString said = text ? QString::fromStdString(*text) : QString();
  if (said == log_->toPlainText()) return;
  log_->setPlainText(said);
  log_->verticalScrollBar()->setValue(log_->verticalScrollBar()->maximum());
}

void BatchWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls() && !model_.job.running()) event->acceptProposedAction();
}

void BatchWindow::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  std::vector<fs::path> paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) paths.push_back(to_path(url.toLocalFile()));
  add(paths);
}

}  // namespace mp4d
