#include "app/studio/batch_model.h"
#include "app/studio/workspace.h"
#include "core/json_file.h"
#include "io/input_kind.h"
#include <QColor>
#include <QLocale>
#include <algorithm>

namespace mp4d {

namespace fs = std::filesystem;

QString status_text(JobStatus status) {
  switch (status) {
    case JobStatus::kQueued: return BatchModel::tr("waiting");
    case JobStatus::kRunning: return BatchModel::tr("running");
    case JobStatus::kDone: return BatchModel::tr("done");
    case JobStatus::kFailed: return BatchModel::tr("failed");
  }
  return {};
}

BatchModel::BatchModel(QObject* parent) : QAbstractTableModel(parent) {
  connect(&job, &Job::finished, this, &BatchModel::read_states);
}

Result<void> BatchModel::set_list(const nlohmann::json& list, const std::string& name, const fs::path& folder) {
  beginResetModel();
  list_ = list;
  folder_ = folder;
  jobs_.clear();
  auto jobs = batch_jobs(name, list, folder);
  if (jobs) jobs_ = std::move(*jobs);
  states_.assign(jobs_.size(), {});
  fractions_.assign(jobs_.size(), 0);
  for (std::size_t row = 0; row < jobs_.size(); ++row) states_[row] = read_state(jobs_[row], folder_);
  endResetModel();
  if (!jobs) return tl::unexpected(jobs.error());
  return {};
}

void BatchModel::run(BatchOptions options) {
  if (jobs_.empty()) return;
  options.folder = folder_;
  options.program = program;
  options.on_change = [this](const BatchJob& of, const JobState& state, double fraction) {
    QMetaObject::invokeMethod(this, [this, row = of.index, state, fraction] { show(row, state, fraction); }, Qt::QueuedConnection);
  };
  job.start(tr("Batch"), {{"jobs", 1}}, [jobs = jobs_, list = list_, options](JobContext& context) -> Result<Job::Commit> {
    MP4D_CHECK(make_batch_folder(options.folder));
    MP4D_CHECK(write_json(options.folder / kBatchListName, list));
    const Result<void> ran = run_batch(jobs, options, &context);
    if (!ran && ran.error().code != ErrorCode::kCancelled) return tl::unexpected(ran.error());
    MP4D_CHECK(write_results(jobs, options.folder));
    MP4D_CHECK(ran);
    return Job::Commit();
  });
}

void BatchModel::show(int row, JobState state, double fraction) {
  if (row >= rowCount()) return;
  states_[row] = std::move(state);
  fractions_[row] = fraction;
  Q_EMIT dataChanged(index(row, 0), index(row, kColumns - 1));
}

void BatchModel::read_states() {
  for (int row = 0; row < rowCount(); ++row) show(row, read_state(jobs_[row], folder_), 0);
}

int BatchModel::count(JobStatus status) const {
  return static_cast<int>(std::count_if(states_.begin(), states_.end(), [&](const JobState& state) { return state.status == status; }));
}

fs::path BatchModel::result(int row) const {
  if (state(row).status != JobStatus::kDone) return {};
  const auto& endings = model_extensions();
  for (const fs::path& output : jobs_[row].outputs)
    if (std::find(endings.begin(), endings.end(), output.extension()) != endings.end()) return folder_ / output;
  return {};
}

fs::path BatchModel::log(int row) const { return folder_ / job_folder(jobs_.at(row)) / "log.txt"; }

int BatchModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(jobs_.size()); }
int BatchModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QString BatchModel::text_of(int row) const {
  const JobState& state = states_[row];
  if (state.status == JobStatus::kFailed) return QString::fromStdString(state.error);
  return to_qstring(jobs_[row].outputs.front());
}

QVariant BatchModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const int row = index.row();
  const JobState& state = states_[row];
  if (role == Qt::ToolTipRole) return index.column() == kName ? QString::fromStdString(jobs_[row].command) : text_of(row);
  if (role == Qt::TextAlignmentRole && (index.column() == kSeconds || index.column() == kMemory))
    return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
  if (role == Qt::ForegroundRole && index.column() == kState && state.status == JobStatus::kFailed) return QColor(0xd5, 0x5e, 0x00);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case kName: return QString::fromStdString(jobs_[row].name);
    case kState:
      if (state.status != JobStatus::kRunning) return status_text(state.status);
      return tr("%1, %2 %").arg(status_text(state.status)).arg(static_cast<int>(100 * fractions_[row]));
    case kSeconds: return state.seconds > 0 ? tr("%1 s").arg(QLocale().toString(state.seconds, 'f', 1)) : QString();
    case kMemory: return state.peak_memory_gb > 0 ? tr("%1 GB").arg(QLocale().toString(state.peak_memory_gb, 'f', 2)) : QString();
    default: return text_of(row);
  }
}

QVariant BatchModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case kName: return tr("Job");
    case kState: return tr("State");
    case kSeconds: return tr("Time");
    case kMemory: return tr("Memory");
    default: return tr("Result or error");
  }
}

}  // namespace mp4d
