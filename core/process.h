#pragma once
#include "core/job_context.h"
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mp4d {

/// What of a child comes through its pipe.
enum class Piped {
  kOutput,  ///< stdout; stderr is dropped
  kErrors,  ///< stderr; stdout is appended to ChildStart::output
  kBoth
};

struct ChildStart {
  std::vector<std::string> arguments;    ///< [0] is the program's path
  std::vector<std::string> environment;  ///< "NAME=VALUE", laid over this process's
  Piped piped = Piped::kBoth;
  std::filesystem::path output = {};  ///< file for stdout, with kErrors
  int kept_open = -1;                 ///< a descriptor that it inherits, -1 = none
};

struct ChildEnd {
  int exit_code = -1;  ///< -1 if a signal ended it
  int signal = 0;      ///< that signal
  double seconds = 0;
  std::uint64_t peak_memory = 0;  ///< largest resident size of it and its own children, bytes
};

/// Another program that runs beside this one, without a shell and with an empty input, in a process group of its own, so that
/// Ctrl-C reaches this one only. Its group is killed when this object or the thread that started it ends, even by SIGKILL. Use
/// from one thread.
class ChildProcess {
 public:
  /// Errors: kResource (cannot be started: no such program, no process, no pipe), kInput (`output` cannot be written).
  static Result<ChildProcess> start(const ChildStart& start);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// For poll(); -1 once the other end is closed.
  int pipe_descriptor() const { return pipe_; }
  /// What has come through the pipe since the last call; does not wait.
  std::string read_pipe();
  /// Waits until something can be read, the pipe is closed, or `milliseconds` have passed.
  void wait_for_pipe(int milliseconds) const;
  /// True once it has ended; does not wait. Afterwards end() is set.
  bool has_ended() { return collect(false); }
  /// Waits for its end.
  const ChildEnd& wait();
  const ChildEnd& end() const { return end_; }
  double seconds() const;
  void send(int signal) const;

 private:
  ChildProcess() = default;
  bool collect(bool waiting);

  pid_t pid_ = -1;
  int pipe_ = -1;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  ChildEnd end_;
};

/// The program `name` on PATH, or "" if there is none that may be run.
std::filesystem::path find_program(const std::string& name);

/// Runs a program to its end; `line` gets what it prints, standard error included, line by line. Its environment is ours with
/// `environment` ("NAME=VALUE") added. A cancel of `job` ends it.
/// Errors: kCancelled; kResource if it cannot be run; kFailed if it ends on a signal or with a status other than 0, with its last lines.
Result<void> run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment, const std::function<void(const std::string&)>& line,
                         JobContext* job = nullptr);

}  // namespace mp4d
