#pragma once
#include "app/cli/batch_list.h"
#include "core/result.h"

namespace mp4d {

enum class JobStatus { kQueued, kRunning, kDone, kFailed };

/// "queued", "running", "done", "failed".
const char* to_string(JobStatus status);

/// What is known of a job, kept in state.json of its folder.
struct JobState {
  std::string key;  ///< hash of what it was asked to do and of its inputs: one of another key says nothing about the job
  JobStatus status = JobStatus::kQueued;
  std::string error;  ///< of a failed one
  int exit_code = 0;
  int attempts = 0;
  double seconds = 0;  ///< of the last attempt
  double peak_memory_gb = 0;
  std::string ended;  ///< UTC, "2026-01-31T12:00:00Z"
  std::string host;
};

/// Hash of the recipe and of the names, sizes and times of change of all inputs (not of their content, which would take as
/// long as the job for some). Inputs that vanished count as such.
std::string job_key(const BatchJob& job);

/// The state of `job` in the batch's `folder`; queued if there is none, if it is of other inputs or options, if its outputs
/// are gone, or if it is said to run and no process holds its lock.
JobState read_state(const BatchJob& job, const std::filesystem::path& folder);

/// The key that the job's state was last written for; empty if there is none.
std::string recorded_key(const BatchJob& job, const std::filesystem::path& folder);

/// Replaces the state as a whole.
Result<void> write_state(const BatchJob& job, const std::filesystem::path& folder, const JobState& state);

std::filesystem::path lock_path(const BatchJob& job, const std::filesystem::path& folder);

/// results.json and results.csv: the states of all jobs, as they lie in `folder` now. Several processes may do so at once.
Result<std::vector<JobState>> write_results(const std::vector<BatchJob>& jobs, const std::filesystem::path& folder);

/// A line a job, and one that counts them.
std::string summary(const std::vector<BatchJob>& jobs, const std::vector<JobState>& states);

}  // namespace mp4d
