#include "core/process.h"
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace mp4d {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr std::size_t kLastLines = 5;

struct Pipe {
  int ends[2] = {-1, -1};
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) close(end);
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::string ending_of(int status) {
  return WIFSIGNALED(status) ? fmt::format("was ended by signal {}", WTERMSIG(status))
                             : fmt::format("ended with status {}", WEXITSTATUS(status));
}

}  // namespace

std::filesystem::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string folders = path ? path : "";
  for (std::size_t begin = 0; begin <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', begin), folders.size());
    const std::filesystem::path candidate = std::filesystem::path(folders.substr(begin, end - begin)) / name;
    std::error_code error;
    if (std::filesystem::is_regular_file(candidate, error) && access(candidate.c_str(), X_OK) == 0) return candidate;
    begin = end + 1;
  }
  return {};
}

Result<void> run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment, const std::function<void(const std::string&)>& line,
                         JobContext* job) {
  const auto cannot = [&program](int code) {
    return fail(ErrorCode::kFailed, "{}: cannot be run: {}", program.string(), std::strerror(code));
  };
  Pipe pipe;
  if (pipe2(pipe.ends, O_CLOEXEC) != 0) return cannot(errno);
  std::vector<std::string> words{program.string()}, variables;
  words.insert(words.end(), arguments.begin(), arguments.end());
  for (char** v = environ; *v; ++v) variables.emplace_back(*v);
  variables.insert(variables.end(), environment.begin(), environment.end());
  std::vector<char*> argv = pointers(words), envp = pointers(variables);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe.ends[1], STDERR_FILENO);
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  close(std::exchange(pipe.ends[1], -1));
  if (failed) return cannot(failed);

  std::string rest;
  std::deque<std::string> last;
  bool stopped = false;
  for (;;) {
    if (!stopped && cancelled(job)) {
      kill(child, SIGTERM);
      stopped = true;
    }
    pollfd wait{pipe.ends[0], POLLIN, 0};
    if (poll(&wait, 1, kPollMilliseconds) <= 0) continue;
    char buffer[4096];
    const ssize_t n = read(pipe.ends[0], buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    rest.append(buffer, static_cast<std::size_t>(n));
    for (std::size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
      last.push_back(rest.substr(0, end));
      if (last.size() > kLastLines) last.pop_front();
      line(last.back());
    }
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (stopped) return job->check();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  std::string said = rest;
  for (auto it = last.rbegin(); it != last.rend(); ++it) said = *it + "\n" + said;
  return fail(ErrorCode::kFailed, "{} {}; its last lines:\n{}", program.filename().string(), ending_of(status), said);
}

}  // namespace mp4d
