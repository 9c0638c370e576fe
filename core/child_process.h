#pragma once
#include "core/result.h"
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mp4d {

struct ChildStart {
  std::vector<std::string> arguments;    ///< [0] is the program's path
  std::vector<std::string> environment;  ///< "NAME=VALUE", laid over this process's
  std::filesystem::path output;          ///< file that its stdout is appended to
  int kept_open = -1;                    ///< a descriptor that it inherits, -1 = none
};

struct ChildEnd {
  int exit_code = -1;  ///< -1 if a signal ended it
  int signal = 0;      ///< that signal
  double seconds = 0;
  std::uint64_t peak_memory = 0;  ///< largest resident size of it and its own children, bytes
};

/// Another program that runs beside this one, in a process group of its own, so that Ctrl-C reaches this one only. It is
/// killed when this object or the thread that started it ends, even by SIGKILL. Use from one thread.
class ChildProcess {
 public:
  /// Errors: kResource (no process, no pipe), kInput (`output` cannot be written). A program that cannot be started ends
  /// with exit code 127.
  static Result<ChildProcess> start(const ChildStart& start);

  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Its stderr, for poll(); -1 once it is closed.
  int error_descriptor() const { return errors_; }
  /// What it has said on stderr since the last call; does not wait.
  std::string read_errors();
  /// True once it has ended; does not wait. Afterwards end() is set.
  bool has_ended();
  const ChildEnd& end() const { return end_; }
  double seconds() const;
  void send(int signal) const;

 private:
  ChildProcess() = default;

  pid_t pid_ = -1;
  int errors_ = -1;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  ChildEnd end_;
};

}  // namespace mp4d
