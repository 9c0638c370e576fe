#pragma once
#include "tests/tools/paths.h"
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mp4d::test {

struct Outcome {
  int exit_code = -1;  ///< of the program; -1 if a signal ended it
  std::string out, err;
};

/// XDG_DATA_HOME of every program started: a temporary folder in which no network is installed.
const std::filesystem::path& user_data();

/// The real program, or another one, started with `arguments`; stdout and stderr are kept.
class Program {
 public:
  explicit Program(const std::vector<std::string>& arguments, const std::filesystem::path& folder = {},
                   const std::filesystem::path& executable = program());
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Reads stderr until `text` has come or the program ends; true if it came.
  bool wait_for_error_text(const std::string& text);
  void send(int signal) const;
  pid_t pid() const { return pid_; }
  Outcome wait();

 private:
  void read_error();

  pid_t pid_ = -1;
  int error_pipe_ = -1;
  bool error_open_ = true;
  std::filesystem::path out_file_;
  std::string error_;
};

Outcome run(const std::vector<std::string>& arguments, const std::filesystem::path& folder = {},
            const std::filesystem::path& executable = program());

/// The lines of a text, without empty ones.
std::vector<std::string> lines(const std::string& text);

}  // namespace mp4d::test
