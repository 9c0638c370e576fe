#include "core/process.h"
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace mp4d {
namespace {

constexpr int kPollMilliseconds = 100;
constexpr std::size_t kLastLines = 5;

/// Both ends, closed with this object unless taken.
struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) ends[0] = ends[1] = -1;
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (int& end : ends) close(end);
  }
  static void close(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  for (char** entry = environ; *entry; ++entry) {
    const std::string name(*entry, std::strcspn(*entry, "=") + 1);
    bool replaced = false;
    for (const std::string& text : added) replaced = replaced || text.starts_with(name);
    if (!replaced) all.emplace_back(*entry);
  }
  return all;
}

/// 0 once the child runs the other program, else why it could not.
int error_of_exec(int pipe) {
  int error = 0;
  ssize_t got = 0;
  while ((got = ::read(pipe, &error, sizeof error)) < 0 && errno == EINTR) {
  }
  return got == sizeof error ? error : 0;
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const ChildStart& start) {
  const auto cannot = [&](int error) {
    return fail(ErrorCode::kResource, "{}: cannot be started: {}", start.arguments.front(), std::strerror(error));
  };
  const bool to_file = start.piped == Piped::kErrors;
  int output = -1;
  if (to_file) output = ::open(start.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (to_file && output < 0)
    return fail(ErrorCode::kInput, "{}: cannot write: {}; choose another folder", start.output.string(), std::strerror(errno));
  Pipe said, failed;
  if (said.ends[0] < 0 || failed.ends[0] < 0) {
    const int error = errno;
    Pipe::close(output);
    return cannot(error);
  }
  std::vector<std::string> arguments = start.arguments, environment = environment_with(start.environment);
  std::vector<char*> argv = pointers(arguments), envp = pointers(environment);
  const pid_t parent = ::getpid();
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) {  // only calls that are safe beside threads
    ::setpgid(0, 0);
    // This process's handlers would swallow a signal that comes before the other program is there.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    ::dup2(to_file ? output : said.ends[1], STDOUT_FILENO);
    ::dup2(start.piped == Piped::kOutput ? ::open("/dev/null", O_WRONLY | O_CLOEXEC) : said.ends[1], STDERR_FILENO);
    if (start.kept_open >= 0) ::fcntl(start.kept_open, F_SETFD, 0);
    ::execve(argv[0], argv.data(), envp.data());
    const int error = errno;
    const ssize_t told = ::write(failed.ends[1], &error, sizeof error);
    ::_exit(told > 0 ? 127 : 126);
  }
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  Pipe::close(output);
  Pipe::close(failed.ends[1]);
  Pipe::close(said.ends[1]);
  if (pid < 0) return cannot(fork_error);
  ::setpgid(pid, pid);  // here too: whichever of both comes first
  ::fcntl(said.ends[0], F_SETFL, O_NONBLOCK);
  ChildProcess child;
  child.pid_ = pid;
  child.pipe_ = std::exchange(said.ends[0], -1);
  if (const int error = error_of_exec(failed.ends[0])) return cannot(error);
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pipe_(std::exchange(other.pipe_, -1)),
      started_(other.started_),
      end_(other.end_) {}

ChildProcess::~ChildProcess() {
  send(SIGKILL);
  wait();
  Pipe::close(pipe_);
}

std::string ChildProcess::read_pipe() {
  std::string text;
  char buffer[65536];
  while (pipe_ >= 0) {
    const ssize_t got = ::read(pipe_, buffer, sizeof buffer);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    else if (got < 0 && errno == EINTR) continue;
    else if (got < 0 && errno == EAGAIN) break;
    else Pipe::close(pipe_);
  }
  return text;
}

void ChildProcess::wait_for_pipe(int milliseconds) const {
  pollfd waiting{pipe_, POLLIN, 0};
  ::poll(&waiting, 1, milliseconds);
}

bool ChildProcess::collect(bool waiting) {
  if (pid_ < 0) return true;
  int status = 0;
  rusage usage{};
  pid_t got = 0;
  while ((got = ::wait4(pid_, &status, waiting ? 0 : WNOHANG, &usage)) < 0 && errno == EINTR) {
  }
  if (got != pid_) return false;
  end_.seconds = seconds();
  end_.peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  if (WIFEXITED(status)) end_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end_.signal = WTERMSIG(status);
  pid_ = -1;
  return true;
}

const ChildEnd& ChildProcess::wait() {
  collect(true);
  return end_;
}

double ChildProcess::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

void ChildProcess::send(int signal) const {
  if (pid_ > 0) ::kill(-pid_, signal);
}

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
  ChildStart start;
  start.arguments = {program.string()};
  start.arguments.insert(start.arguments.end(), arguments.begin(), arguments.end());
  start.environment = environment;
  MP4D_TRY(child, ChildProcess::start(start));

  std::string rest;
  std::deque<std::string> last;
  bool stopped = false;
  while (child.pipe_descriptor() >= 0) {
    if (!stopped && cancelled(job)) {
      child.send(SIGTERM);
      stopped = true;
    }
    child.wait_for_pipe(kPollMilliseconds);
    rest += child.read_pipe();
    for (std::size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1)) {
      last.push_back(rest.substr(0, end));
      if (last.size() > kLastLines) last.pop_front();
      line(last.back());
    }
  }
  const ChildEnd& end = child.wait();
  if (stopped) return job->check();
  if (end.exit_code == 0) return {};
  std::string said = rest;
  for (auto it = last.rbegin(); it != last.rend(); ++it) said = *it + "\n" + said;
  const std::string how = end.signal ? fmt::format("was ended by signal {}", end.signal) : fmt::format("ended with status {}", end.exit_code);
  return fail(ErrorCode::kFailed, "{} {}; its last lines:\n{}", program.filename().string(), how, said);
}

}  // namespace mp4d
