#include "app/cli/batch_queue.h"
#include "app/cli/batch_run.h"
#include "core/process.h"
#include "core/file_lock.h"
#include "core/files.h"
#include "core/json_file.h"
#include "io/mesh_folder.h"
#include <algorithm>
#include <csignal>
#include <cstring>
#include <ctime>
#include <deque>
#include <fstream>
#include <list>
#include <omp.h>
#include <poll.h>
#include <unistd.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr double kGraceSeconds = 10;          // between SIGTERM, on which a child saves what it has, and SIGKILL
constexpr double kLockRetrySeconds = 0.5;
constexpr double kSecondsBetweenResults = 10;
constexpr int kPollMilliseconds = 50;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

/// What a child says on stderr, a JSON object a line: kept as plain text in the job's log, the last error apart.
class ErrorLines {
 public:
  explicit ErrorLines(const fs::path& log) : log_(log, std::ios::app) {}

  void add(const std::string& text) {
    rest_ += text;
    for (std::size_t end; (end = rest_.find('\n')) != std::string::npos; rest_.erase(0, end + 1)) take(rest_.substr(0, end));
  }
  /// Nothing more comes.
  void end() {
    if (!rest_.empty()) take(std::exchange(rest_, {}));
  }
  /// The error it named, else the last thing it said; may be empty.
  std::string reason() const { return error_.empty() ? last_ : error_; }
  double fraction() const { return fraction_; }  ///< of its work, as it last said

 private:
  void take(const std::string& line) {
    const json event = json::parse(line, nullptr, false);
    if (!event.is_object() || !event.contains("event")) {  // of a library, or the last words of a crash
      log_ << line << std::endl;
      if (!line.empty()) last_ = line;
      return;
    }
    if (event["event"] == "progress") {
      fraction_ = event.value("fraction", fraction_);
      return;
    }
    const std::string text = event.value("text", "");
    if (event["event"] == "error") error_ = text;
    log_ << event.value("level", event["event"].get<std::string>()) << ": " << text << std::endl;
  }

  std::ofstream log_;
  std::string rest_, error_, last_;
  double fraction_ = 0;
};

/// Why a job is not done. `timeout_s`: what stopped it, else 0.
tl::unexpected<Error> reason_of(const ChildEnd& end, const ErrorLines& said, double timeout_s) {
  if (timeout_s > 0) return fail(ErrorCode::kFailed, "took longer than --timeout {} s; raise it, or make the job smaller", timeout_s);
  if (end.signal == SIGKILL)
    return fail(ErrorCode::kFailed, "killed (signal 9): by the system, which had no memory left, or by somebody; give --memory, or fewer --jobs");
  if (end.signal != 0)
    return fail(ErrorCode::kFailed, "crashed: signal {} ({}){}; please report this with the job's log", end.signal, ::strsignal(end.signal),
                said.reason().empty() ? "" : "; it last said: " + said.reason());
  if (end.exit_code == 3) return fail(ErrorCode::kFailed, "stopped by a signal that did not come from the batch; give --retry-failed to go on with it");
  if (!said.reason().empty()) return fail(ErrorCode::kFailed, "{}", said.reason());
  return fail(ErrorCode::kFailed, "ended with exit code {}", end.exit_code);
}

/// A job that runs.
struct Running {
  const BatchJob* job;
  FileLock lock;
  JobState state;
  ErrorLines said;
  ChildProcess child;
  double stop_sent_s = -1;   ///< when, on its clock; -1 = not
  bool killed = false;
  bool timed_out = false;
};

class Queue {
 public:
  Queue(const std::vector<BatchJob>& jobs, const BatchOptions& options, JobContext* context)
      : jobs_(jobs), options_(options), context_(context) {
    for (const BatchJob& job : jobs) waiting_.push_back(&job);
  }

  Result<void> run() {
    begin_phase(context_, "jobs", static_cast<int>(jobs_.size()));
    while (!waiting_.empty() || !running_.empty()) {
      if (cancelled(context_)) return stop();
      MP4D_CHECK(start_what_can());
      MP4D_CHECK(tend());
      if (Clock::now() - written_ > std::chrono::duration<double>(kSecondsBetweenResults)) {
        MP4D_CHECK(write_results(jobs_, options_.folder));
        written_ = Clock::now();
      }
    }
    return {};
  }

 private:
  Result<void> start_what_can() {
    if (Clock::now() < retry_locks_ || static_cast<int>(running_.size()) >= options_.at_once) return {};
    std::deque<const BatchJob*> locked;
    while (!waiting_.empty() && static_cast<int>(running_.size()) < options_.at_once && !cancelled(context_)) {
      const BatchJob* job = waiting_.front();
      waiting_.pop_front();
      MP4D_TRY(free, start(*job));
      if (!free) locked.push_back(job);
    }
    if (waiting_.empty() && !locked.empty())
      retry_locks_ = Clock::now() + std::chrono::milliseconds(static_cast<int>(1000 * kLockRetrySeconds));
    waiting_.insert(waiting_.end(), locked.begin(), locked.end());
    return {};
  }

  /// False if another process holds the job; true if it was started, or need not be.
  Result<bool> start(const BatchJob& job) {
    const fs::path folder = options_.folder / job_folder(job);
    MP4D_CHECK(make_folder(folder));
    MP4D_TRY(lock, FileLock::attempt(lock_path(job, options_.folder)));
    if (!lock) return false;
    JobState state = read_state(job, options_.folder);
    if (state.status == JobStatus::kDone) {
      tell(job, state, 1);
      finished(job, "was done before");
      return true;
    }
    if (state.status == JobStatus::kFailed && !options_.retry_failed) {
      tell(job, state, 1);
      finished(job, "failed before: " + state.error, true);
      return true;
    }
    for (const fs::path& output : job.outputs)
      if (const auto room = make_room(options_.folder / output); !room) return fail_at_once(job, std::move(state), room.error().message);
    fs::path run;
    if (!job.run.empty()) {
      auto begun = run_of(job, state.key).begin(recorded_key(job, options_.folder));
      if (!begun) return fail_at_once(job, std::move(state), begun.error().message);
      run = std::move(*begun);
    }
    state.status = JobStatus::kRunning;
    state.error.clear();
    state.host = host_name();
    ++state.attempts;
    MP4D_CHECK(write_state(job, options_.folder, state));
    MP4D_TRY(child, ChildProcess::start(start_of(job, folder, run, lock->descriptor())));
    running_.push_back({&job, std::move(*lock), std::move(state), ErrorLines(folder / "log.txt"), std::move(child)});
    tell(job, running_.back().state, 0);
    return true;
  }

  /// What stands in the way of one job does not stop the others.
  Result<bool> fail_at_once(const BatchJob& job, JobState state, const std::string& why) {
    state.status = JobStatus::kFailed;
    state.error = why;
    state.host = host_name();
    state.ended = utc_now();
    ++state.attempts;
    MP4D_CHECK(write_state(job, options_.folder, state));
    tell(job, state, 1);
    finished(job, "failed: " + why, true);
    return true;
  }

  /// The folder of an output.
  static Result<void> make_room(const fs::path& output) {
    const fs::path folder = output.parent_path();
    return make_folder(is_mesh_folder(output) ? folder.parent_path() : folder);
  }

  fs::path work_of(const BatchJob& job) const { return options_.folder / job_folder(job) / "work"; }

  BatchRun run_of(const BatchJob& job, const std::string& key) const { return {options_.folder / job.run, work_of(job), key}; }

  void tell(const BatchJob& job, const JobState& state, double fraction) const {
    if (options_.on_change) options_.on_change(job, state, fraction);
  }

  /// `run`: where a training goes; "" for other jobs.
  ChildStart start_of(const BatchJob& job, const fs::path& folder, const fs::path& run, int lock) const {
    const auto knows = [&](const char* flag) {
      return std::find(job.optional_flags.begin(), job.optional_flags.end(), flag) != job.optional_flags.end();
    };
    ChildStart start;
    start.arguments = options_.program;
    const auto positional = std::find(job.arguments.begin(), job.arguments.end(), "--");
    start.arguments.insert(start.arguments.end(), job.arguments.begin(), positional);
    if (!run.empty())
      std::replace(start.arguments.begin(), start.arguments.end(), "--out=" + (options_.folder / job.run).string(), "--out=" + run.string());
    start.arguments.push_back("--progress=json");
    if (options_.memory_gb > 0) start.arguments.push_back(fmt::format("--memory={}", options_.memory_gb));
    if (knows("replace") && std::any_of(job.outputs.begin(), job.outputs.end(), is_mesh_folder)) start.arguments.push_back("--replace");
    if (options_.at_once > 1) {  // each its share of the cores
      const int threads = std::max(1, omp_get_num_procs() / options_.at_once);
      if (knows("threads")) start.arguments.push_back(fmt::format("--threads={}", threads));
      start.environment.push_back(fmt::format("OMP_NUM_THREADS={}", threads));
    }
    start.arguments.insert(start.arguments.end(), positional, job.arguments.end());
    start.piped = Piped::kErrors;
    start.output = folder / "log.txt";
    start.kept_open = lock;  // a child that outlives the batch by a moment keeps others from its job
    return start;
  }

  /// Waits a moment for what the children say, and records those that ended.
  Result<void> tend() {
    std::vector<pollfd> watched;
    for (const Running& one : running_) watched.push_back({one.child.pipe_descriptor(), POLLIN, 0});
    ::poll(watched.data(), watched.size(), kPollMilliseconds);
    for (auto one = running_.begin(); one != running_.end();) {
      const double before = one->said.fraction();
      one->said.add(one->child.read_pipe());
      if (!one->child.has_ended()) {
        if (one->said.fraction() != before) tell(*one->job, one->state, one->said.fraction());
        limit_time(*one++);
        continue;
      }
      one->said.add(one->child.read_pipe());
      one->said.end();
      MP4D_CHECK(stopping_ ? put_back(*one) : record(*one));
      one = running_.erase(one);
    }
    return {};
  }

  void limit_time(Running& one) {
    const double now = one.child.seconds();
    if (options_.timeout_s > 0 && now > options_.timeout_s && one.stop_sent_s < 0) {
      one.timed_out = true;
      ask_to_stop(one);
    }
    if (one.stop_sent_s >= 0 && now > one.stop_sent_s + kGraceSeconds && !std::exchange(one.killed, true))
      one.child.send(SIGKILL);
  }

  static void ask_to_stop(Running& one) {
    one.stop_sent_s = one.child.seconds();
    one.child.send(SIGTERM);
  }

  Result<void> record(Running& one) {
    const ChildEnd& end = one.child.end();
    JobState& state = one.state;
    take_figures(one);
    const auto ended = end.exit_code != 0     ? Result<void>(reason_of(end, one.said, one.timed_out ? options_.timeout_s : 0))
                       : one.job->run.empty() ? Result<void>()
                                              : run_of(*one.job, state.key).end();
    const bool done = ended.has_value();
    state.status = done ? JobStatus::kDone : JobStatus::kFailed;
    if (!done) state.error = ended.error().message;
    MP4D_CHECK(write_state(*one.job, options_.folder, state));
    tell(*one.job, state, 1);
    std::error_code ignored;
    if (done && !options_.keep_work) fs::remove_all(work_of(*one.job), ignored);
    if (done) finished(*one.job, fmt::format("done, {:.1f} s, {:.2f} GB", state.seconds, state.peak_memory_gb));
    else finished(*one.job, "failed: " + state.error, true);
    return {};
  }

  /// A job that a cancel stopped. One that was done all the same stays done.
  Result<void> put_back(Running& one) {
    if (one.child.end().exit_code == 0) return record(one);
    take_figures(one);
    one.state.status = JobStatus::kQueued;
    tell(*one.job, one.state, 0);
    return write_state(*one.job, options_.folder, one.state);
  }

  static void take_figures(Running& one) {
    const ChildEnd& end = one.child.end();
    one.state.exit_code = end.exit_code;
    one.state.seconds = end.seconds;
    one.state.peak_memory_gb = static_cast<double>(end.peak_memory) / 1e9;
    one.state.ended = utc_now();
  }

  void finished(const BatchJob& job, const std::string& what, bool bad = false) {
    ++finished_;
    const std::string text = fmt::format("[{}/{}] {}: {}", finished_, jobs_.size(), job.name, what);
    if (bad) warn(context_, text);
    else info(context_, text);
    step(context_, finished_);
  }

  Result<void> stop() {
    stopping_ = true;
    for (Running& one : running_) ask_to_stop(one);
    while (!running_.empty()) MP4D_CHECK(tend());
    return check(context_);
  }

  const std::vector<BatchJob>& jobs_;
  const BatchOptions& options_;
  JobContext* context_;
  std::deque<const BatchJob*> waiting_;
  std::list<Running> running_;
  Clock::time_point retry_locks_{}, written_ = Clock::now();
  int finished_ = 0;
  bool stopping_ = false;
};

}  // namespace

Result<void> make_batch_folder(const fs::path& folder) { return make_folder(folder / "jobs"); }

Result<void> run_batch(const std::vector<BatchJob>& jobs, const BatchOptions& options, JobContext* context) {
  return Queue(jobs, options, context).run();
}

}  // namespace mp4d
