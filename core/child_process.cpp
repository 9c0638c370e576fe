#include "core/child_process.h"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace mp4d {
namespace {

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

}  // namespace

Result<ChildProcess> ChildProcess::start(const ChildStart& start) {
  const int output = ::open(start.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (output < 0)
    return fail(ErrorCode::kInput, "{}: cannot write: {}", start.output.string(), std::strerror(errno));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    ::close(output);
    return fail(ErrorCode::kResource, "{}: cannot be started: {}", start.arguments.front(), std::strerror(errno));
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
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    if (start.kept_open >= 0) ::fcntl(start.kept_open, F_SETFD, 0);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(output);
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return fail(ErrorCode::kResource, "{}: cannot be started: {}", start.arguments.front(), std::strerror(fork_error));
  }
  ::setpgid(pid, pid);  // here too: whichever of both comes first
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  ChildProcess child;
  child.pid_ = pid;
  child.errors_ = ends[0];
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      errors_(std::exchange(other.errors_, -1)),
      started_(other.started_),
      end_(other.end_) {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (errors_ >= 0) ::close(errors_);
}

std::string ChildProcess::read_errors() {
  std::string text;
  char buffer[4096];
  while (errors_ >= 0) {
    const ssize_t got = ::read(errors_, buffer, sizeof buffer);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
    else if (got < 0 && errno == EINTR) continue;
    else if (got < 0 && errno == EAGAIN) break;
    else ::close(std::exchange(errors_, -1));
  }
  return text;
}

bool ChildProcess::has_ended() {
  if (pid_ < 0) return true;
  int status = 0;
  rusage usage{};
  const pid_t got = ::wait4(pid_, &status, WNOHANG, &usage);
  if (got != pid_) return false;
  end_.seconds = seconds();
  end_.peak_memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  if (WIFEXITED(status)) end_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end_.signal = WTERMSIG(status);
  pid_ = -1;
  return true;
}

double ChildProcess::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

void ChildProcess::send(int signal) const {
  if (pid_ > 0) ::kill(-pid_, signal);
}

}  // namespace mp4d
