#pragma once
#include "app/cli/batch_state.h"
#include "core/job_context.h"
#include <functional>

namespace mp4d {

struct BatchOptions {
  std::filesystem::path folder;       ///< of results and states
  std::vector<std::string> program;   ///< how to start this program: its path and what leads to its command line
  int at_once = 1;                    ///< child processes at a time
  double timeout_s = 0;               ///< of one job, 0 = none
  double memory_gb = 0;               ///< of one job (its --memory), 0 = none
  bool retry_failed = false;
  bool keep_work = false;             ///< checkpoints of finished jobs
  /// Called when a job starts, gets on or ends; `fraction`: of a running one, 0..1.
  std::function<void(const BatchJob& job, const JobState& state, double fraction)> on_change;
};

/// Makes the batch's folder. Error (kInput) if it cannot be made.
Result<void> make_batch_folder(const std::filesystem::path& folder);

/// Runs every job that is not done (or failed, unless retried) in a process of its own, and returns when all are done or
/// failed: those that another process on the same folder runs are waited for, and taken over if it dies. On a cancel running
/// jobs are stopped, keep their checkpoints, and count as queued. Errors: kCancelled, and what concerns the batch itself (its
/// folder cannot be written); a failed job is none.
Result<void> run_batch(const std::vector<BatchJob>& jobs, const BatchOptions& options, JobContext* context);

}  // namespace mp4d
