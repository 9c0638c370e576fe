#include "process.h"
#include "samples.h"
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace mp4d::test {

const std::filesystem::path& user_data() {
  static const Folder folder;
  return folder.path();
}

Program::Program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                 const std::filesystem::path& executable) {
  std::string out_name = (std::filesystem::temp_directory_path() / "mp4d_test_out_XXXXXX").string();
  const int out = mkstemp(out_name.data());
  int ends[2];
  if (out < 0 || pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe or temporary file for the program");
  out_file_ = out_name;
  error_pipe_ = ends[0];
  std::vector<std::string> owned{executable.string()};
  owned.insert(owned.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const std::string data_home = user_data().string();
  pid_ = fork();
  if (pid_ == 0) {
    if (!folder.empty() && chdir(folder.c_str()) != 0) _exit(127);
    setenv("XDG_DATA_HOME", data_home.c_str(), 1);
    dup2(out, STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(out);
  close(ends[1]);
}

Program::~Program() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(error_pipe_);
  std::error_code ignored;
  std::filesystem::remove(out_file_, ignored);
}

void Program::read_error() {
  char buffer[4096];
  const ssize_t got = read(error_pipe_, buffer, sizeof buffer);
  if (got > 0) error_.append(buffer, static_cast<std::size_t>(got));
  else error_open_ = false;
}

bool Program::wait_for_error_text(const std::string& text) {
  while (error_open_ && error_.find(text) == std::string::npos) read_error();
  return error_.find(text) != std::string::npos;
}

void Program::send(int signal) const { kill(pid_, signal); }

Outcome Program::wait() {
  while (error_open_) read_error();
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  std::ifstream file(out_file_);
  std::ostringstream content;
  content << file.rdbuf();
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content.str(), error_};
}

Outcome run(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
            const std::filesystem::path& executable) {
  return Program(arguments, folder, executable).wait();
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    if (!line.empty()) found.push_back(line);
  return found;
}

}  // namespace mp4d::test
