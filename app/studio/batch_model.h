#pragma once
#include "app/cli/batch_queue.h"
#include "app/studio/job.h"
#include <QAbstractTableModel>
#include <nlohmann/json.hpp>

namespace mp4d {

/// Name of the list in a batch's folder: `magicpose4d batch FOLDER/jobs.json -o FOLDER` does the same.
inline constexpr const char* kBatchListName = "jobs.json";

/// The jobs of a batch and how far each is: a row a job. They run as processes of their own, as those of `magicpose4d batch`
/// do, and leave the same files.
class BatchModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { kName, kState, kSeconds, kMemory, kText, kColumns };

  explicit BatchModel(QObject* parent = nullptr);

  std::vector<std::string> program{"/proc/self/exe", "--headless"};  ///< starts magicpose4d
  Job job;  ///< runs the jobs

  /// The list's content (docs/batch.md) and where its results go, with the states that lie there. On an error, which names `name`,
  /// the table is empty.
  Result<void> set_list(const nlohmann::json& list, const std::string& name, const std::filesystem::path& folder);
  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<BatchJob>& jobs() const { return jobs_; }
  const JobState& state(int row) const { return states_.at(row); }
  int count(JobStatus status) const;

  /// Runs what is not done; `options` without folder, program and on_change. The list is written into the folder.
  void run(BatchOptions options);

  /// What a finished job wrote that the studio can open, or an empty path.
  std::filesystem::path result(int row) const;
  /// All that a job has said.
  std::filesystem::path log(int row) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  void show(int row, JobState state, double fraction);
  void read_states();
  QString text_of(int row) const;

  nlohmann::json list_;
  std::filesystem::path folder_;
  std::vector<BatchJob> jobs_;
  std::vector<JobState> states_;
  std::vector<double> fractions_;
};

QString status_text(JobStatus status);

}  // namespace mp4d
