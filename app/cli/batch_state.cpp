#include "app/cli/batch_state.h"
#include "core/file_lock.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/json_file.h"
#include "core/text.h"
#include "io/mesh_folder.h"
#include <algorithm>
#include <array>
#include <sys/stat.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::array kStatuses{JobStatus::kQueued, JobStatus::kRunning, JobStatus::kDone, JobStatus::kFailed};

void add_file(ContentHash& hash, const fs::path& path, const std::string& name) {
  struct stat status {};
  hash.text(name);
  if (::stat(path.c_str(), &status) != 0) return;
  hash.number(status.st_size).number(status.st_mtim.tv_sec).number(status.st_mtim.tv_nsec);
}

void add_input(ContentHash& hash, const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return add_file(hash, path, path.string());
  hash.text(path.string());
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator it(path, error), end; !error && it != end; it.increment(error))
    if (!it->is_directory(error)) files.push_back(it->path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) add_file(hash, file, file.lexically_relative(path).string());
}

json to_json(const JobState& state) {
  return {{"key", state.key},
          {"state", to_string(state.status)},
          {"error", state.error},
          {"exit_code", state.exit_code},
          {"attempts", state.attempts},
          {"seconds", state.seconds},
          {"peak_memory_gb", state.peak_memory_gb},
          {"ended", state.ended},
          {"host", state.host}};
}

/// A damaged file counts as none.
JobState state_from(const json& object) {
  JobState state;
  try {
    state.key = object.at("key");
    const std::string status = object.at("state");
    for (const JobStatus one : kStatuses)
      if (status == to_string(one)) state.status = one;
    state.error = object.at("error");
    state.exit_code = object.at("exit_code");
    state.attempts = object.at("attempts");
    state.seconds = object.at("seconds");
    state.peak_memory_gb = object.at("peak_memory_gb");
    state.ended = object.at("ended");
    state.host = object.at("host");
  } catch (const json::exception&) {
    return {};
  }
  return state;
}

fs::path state_path(const BatchJob& job, const fs::path& folder) { return folder / job_folder(job) / "state.json"; }

bool lock_is_held(const BatchJob& job, const fs::path& folder) {
  const auto lock = FileLock::attempt(lock_path(job, folder));
  return lock && !*lock;
}

/// RFC 4180.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::map<std::string, std::size_t> counts(const std::vector<JobState>& states) {
  std::map<std::string, std::size_t> counted;
  for (const JobStatus status : kStatuses)
    counted[to_string(status)] = static_cast<std::size_t>(
        std::count_if(states.begin(), states.end(), [&](const JobState& state) { return state.status == status; }));
  return counted;
}

}  // namespace

const char* to_string(JobStatus status) {
  switch (status) {
    case JobStatus::kQueued: return "queued";
    case JobStatus::kRunning: return "running";
    case JobStatus::kDone: return "done";
    case JobStatus::kFailed: return "failed";
  }
  return "";
}

std::string job_key(const BatchJob& job) {
  ContentHash hash;
  hash.text("batch 1").text(job.recipe);
  for (const fs::path& input : job.inputs) add_input(hash, input);
  return hash.hex();
}

JobState read_state(const BatchJob& job, const fs::path& folder) {
  const auto object = read_json(state_path(job, folder));
  const std::string key = job_key(job);
  JobState state = object ? state_from(*object) : JobState{};
  if (state.key != key) state = {};
  state.key = key;
  const bool lost = std::any_of(job.outputs.begin(), job.outputs.end(), [&](const fs::path& output) {
    std::error_code error;
    return !fs::exists(finished_file(folder / output), error);
  });
  if (state.status == JobStatus::kDone && lost) state.status = JobStatus::kQueued;
  if (state.status == JobStatus::kRunning && !lock_is_held(job, folder)) state.status = JobStatus::kQueued;
  return state;
}

std::string recorded_key(const BatchJob& job, const fs::path& folder) {
  const auto object = read_json(state_path(job, folder));
  return object ? state_from(*object).key : "";
}

Result<void> write_state(const BatchJob& job, const fs::path& folder, const JobState& state) {
  return write_json(state_path(job, folder), to_json(state));
}

fs::path lock_path(const BatchJob& job, const fs::path& folder) { return folder / job_folder(job) / "lock"; }

Result<std::vector<JobState>> write_results(const std::vector<BatchJob>& jobs, const fs::path& folder) {
  MP4D_TRY(lock, FileLock::wait(folder / "jobs" / "results.lock"));
  (void)lock;
  std::vector<JobState> states;
  json list = json::array();
  std::string csv = "index,name,command,state,exit_code,attempts,seconds,peak_memory_gb,ended,host,output,error\n";
  for (const BatchJob& job : jobs) {
    const JobState& state = states.emplace_back(read_state(job, folder));
    json entry = to_json(state);
    json outputs = json::array();
    for (const fs::path& path : job.outputs) outputs.push_back(path.string());
    entry.update({{"index", job.index}, {"name", job.name}, {"command", job.command}, {"outputs", outputs}});
    list.push_back(entry);
    csv += fmt::format("{},{},{},{},{},{},{:.1f},{:.2f},{},{},{},{}\n", job.index, csv_field(job.name), job.command,
                       to_string(state.status), state.exit_code, state.attempts, state.seconds, state.peak_memory_gb,
                       state.ended, csv_field(state.host), csv_field(job.outputs.front().string()), csv_field(state.error));
  }
  MP4D_CHECK(write_json(folder / "results.json", {{"counts", counts(states)}, {"jobs", list}}));
  MP4D_CHECK(write_atomically(folder / "results.csv", csv));
  return states;
}

std::string summary(const std::vector<BatchJob>& jobs, const std::vector<JobState>& states) {
  std::size_t width = 4;
  for (const BatchJob& job : jobs) width = std::max(width, std::min<std::size_t>(job.name.size(), 32));
  std::string text = fmt::format("{:>5}  {:<{}}  {:<8}  {:>8}  {:>7}\n", "index", "name", width, "state", "seconds", "peak GB");
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const JobState& state = states[i];
    text += fmt::format("{:>5}  {:<{}}  {:<8}  {:>8.1f}  {:>7.2f}{}\n", jobs[i].index, jobs[i].name, width,
                        to_string(state.status), state.seconds, state.peak_memory_gb,
                        state.status == JobStatus::kFailed ? "  " + state.error : "");
  }
  const auto count = counts(states);
  text += counted(jobs.size(), "job") + ":";
  const char* separator = " ";
  for (const JobStatus status : {JobStatus::kDone, JobStatus::kFailed, JobStatus::kRunning, JobStatus::kQueued})
    if (count.at(to_string(status)) > 0) text += fmt::format("{}{} {}", std::exchange(separator, ", "), count.at(to_string(status)), to_string(status));
  return text + "\n";
}

}  // namespace mp4d
