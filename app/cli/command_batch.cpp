#include "app/cli/batch_queue.h"
#include "app/cli/session.h"
#include "core/text.h"
#include <algorithm>
#include <charconv>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

struct BatchFlags {
  std::string list, preset, out, only;
  int jobs = 1;
  double timeout = 0;
  bool retry_failed = false, keep_work = false, summary = false;
};

Result<int> index_of(const std::string& only, const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty())
    return fail(ErrorCode::kUsage, "--only {}: give one number, as 3, or two, as 0-9", only);
  return value;
}

/// The jobs of --only.
Result<std::vector<BatchJob>> chosen(std::vector<BatchJob> jobs, const std::string& only) {
  if (only.empty()) return jobs;
  const std::size_t dash = only.find('-');
  MP4D_TRY(first, index_of(only, only.substr(0, dash)));
  MP4D_TRY(last, index_of(only, dash == std::string::npos ? only : only.substr(dash + 1)));
  const int count = static_cast<int>(jobs.size());
  if (first > last || last >= count)
    return fail(ErrorCode::kUsage, "--only {}: the list has {}, 0 to {}", only, counted(jobs.size(), "job"), count - 1);
  return std::vector<BatchJob>(jobs.begin() + first, jobs.begin() + last + 1);
}

/// Error (kFailed) naming those that failed, or telling that some must be run again.
Result<void> check_all_done(const std::vector<BatchJob>& jobs, const std::vector<JobState>& states, const std::string& out) {
  constexpr std::size_t kNamed = 20;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < jobs.size(); ++i)
    if (states[i].status == JobStatus::kFailed) names.push_back(jobs[i].name);
  const auto queued = std::count_if(states.begin(), states.end(), [](const JobState& state) { return state.status == JobStatus::kQueued; });
  if (names.empty() && queued > 0)
    return fail(ErrorCode::kFailed, "{} of {} did not end with what is there now: their inputs or results changed meanwhile; give the same command again",
                queued, counted(jobs.size(), "job"));
  if (names.empty()) return {};
  const std::size_t shown = std::min(kNamed, names.size());
  return fail(ErrorCode::kFailed, "{} of {} failed: {}{}; {} says why; --retry-failed runs them again", names.size(),
              counted(jobs.size(), "job"), fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
              shown < names.size() ? ", …" : "", (fs::path(out) / "results.csv").string());
}

Result<void> run(const BatchFlags& flags, Session& session) {
  MP4D_TRY(all, read_batch(flags.list, flags.preset, flags.out));
  MP4D_TRY(jobs, chosen(all, flags.only));
  if (flags.summary) {
    std::vector<JobState> states;
    for (const BatchJob& job : jobs) states.push_back(read_state(job, flags.out));
    fmt::print("{}", summary(jobs, states));
    return {};
  }
  MP4D_CHECK(make_batch_folder(flags.out));
  BatchOptions options;
  options.folder = flags.out;
  options.program = session.program;
  options.at_once = flags.jobs;
  options.timeout_s = flags.timeout;
  options.memory_gb = session.memory_gb;
  options.retry_failed = flags.retry_failed;
  options.keep_work = flags.keep_work;
  JobContext context = session.console.job({{"jobs", 1}}, session.cancel);
  const Result<void> ran = run_batch(jobs, options, &context);
  if (!ran && ran.error().code != ErrorCode::kCancelled) return ran;
  MP4D_TRY(all_states, write_results(all, flags.out));
  MP4D_CHECK(ran);
  std::vector<JobState> states;
  for (const BatchJob& job : jobs) states.push_back(all_states[static_cast<std::size_t>(job.index)]);
  fmt::print("{}{}\n", summary(jobs, states), (fs::path(flags.out) / "results.csv").string());
  return check_all_done(jobs, states, flags.out);
}

}  // namespace

void add_batch(CLI::App& app, Session& session) {
  CLI::App* sub = app.add_subcommand("batch", "Run many jobs, each in a process of its own; finished ones are not run again unless their options or inputs changed (docs/batch.md).");
  const auto flags = std::make_shared<BatchFlags>();
  sub->add_option("LIST", flags->list, "JSON list of jobs, folder, or pattern such as 'clips/*.mp4'")->required();
  sub->add_option("-o,--out", flags->out, "folder of the results; give the same one again to go on")->type_name("DIR")->required();
  sub->add_option("--preset", flags->preset, "JSON object with the options that all jobs of its command start from")->type_name("FILE.json");
  sub->add_option("--jobs", flags->jobs, "how many run at a time, each with its share of the cores")
      ->check(CLI::Range(1, 1024))->type_name("N")->capture_default_str();
  sub->add_option("--timeout", flags->timeout, "seconds after which a job is stopped and has failed; 0 = none")
      ->check(CLI::Range(0.0, 1e7))->type_name("S")->capture_default_str();
  sub->add_option("--only", flags->only, "job of this index, from 0, or those of a range such as 0-9")->type_name("I|A-B");
  sub->add_flag("--retry-failed", flags->retry_failed, "run failed jobs again too");
  sub->add_flag("--keep-work", flags->keep_work, "keep the checkpoints of finished jobs");
  sub->add_flag("--summary", flags->summary, "print the state of every job and stop");
  add_run_flags(*sub, session);
  sub->callback([flags, &session] { session.command = [flags, &session] { return run(*flags, session); }; });
}

}  // namespace mp4d
