#pragma once
#include "core/result.h"
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mp4d {

/// A cancel request that any thread may set and any may read.
class CancelToken {
 public:
  void cancel() { flag_->store(true, std::memory_order_relaxed); }
  bool cancelled() const { return flag_->load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<std::atomic<bool>> flag_ = std::make_shared<std::atomic<bool>>(false);
};

/// One progress report. `fraction` is of the whole job, never falls, and reaches 1 at the end.
struct Progress {
  std::string phase;    ///< name of the running phase
  int phase_index = 0;  ///< from 0
  int phase_count = 1;
  int step = 0;         ///< steps done in this phase
  int steps = 0;        ///< steps of this phase, 0 = unknown
  double fraction = 0;  ///< 0..1 of the whole job
  double elapsed_s = 0;
  double eta_s = -1;  ///< remaining seconds, -1 = not known yet
};

enum class MessageLevel { kInfo, kWarning };

/// What a long computation reports to and is cancelled through. Owned by the caller, used from one
/// thread at a time (the cancel token from any). Functions take it as a pointer; null means silent.
class JobContext {
 public:
  struct Phase {
    std::string name;
    double weight = 1;  ///< expected share of the time, any unit
  };

  JobContext() = default;
  JobContext(std::vector<Phase> phases, std::function<void(const Progress&)> on_progress,
             std::function<void(MessageLevel, const std::string&)> on_message = {}, CancelToken cancel = {});

  /// Enters the named phase (must be one given to the constructor, in order; skipped ones count as done).
  void begin_phase(const std::string& name, int steps = 0);
  /// `done` steps of the current phase are finished. Reports at most 20 times a second, but always the last.
  void step(int done);
  /// Everything is finished: reports fraction 1.
  void finish();

  void info(const std::string& text) const;
  void warn(const std::string& text) const;
  bool cancelled() const { return cancel_.cancelled(); }
  /// Error of code kCancelled naming the current phase when cancelled, else success.
  Result<void> check() const;
  const CancelToken& cancel_token() const { return cancel_; }

 private:
  void report(bool force);

  std::vector<Phase> phases_;
  std::function<void(const Progress&)> on_progress_;
  std::function<void(MessageLevel, const std::string&)> on_message_;
  CancelToken cancel_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_report_{};
  int phase_ = -1;
  int step_ = 0;
  int steps_ = 0;
  double fraction_ = 0;
};

// Null-tolerant forms, so that callees need no tests.
inline void begin_phase(JobContext* job, const std::string& name, int steps = 0) {
  if (job) job->begin_phase(name, steps);
}
inline void step(JobContext* job, int done) {
  if (job) job->step(done);
}
inline bool cancelled(const JobContext* job) { return job && job->cancelled(); }
inline Result<void> check(const JobContext* job) { return job ? job->check() : Result<void>{}; }
inline void info(const JobContext* job, const std::string& text) {
  if (job) job->info(text);
}
inline void warn(const JobContext* job, const std::string& text) {
  if (job) job->warn(text);
}

}  // namespace mp4d
