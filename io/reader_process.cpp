#include "io/internal/reader_process.h"
#include "core/runtime.h"
#include "io/internal/reader_exit.h"
#include "io/listing.h"
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mp4d::internal {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRemedy = "open it in Blender and export it as GLB";
constexpr int kPollMs = 50;  // how soon a cancel is seen

/// Installed beside the program's folder, or where it was built.
Result<fs::path> find_reader() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "libexec/magicpose4d/magicpose4d-reader";
  for (const fs::path& place : {installed, fs::path(MP4D_BUILT_READER)})
    if (fs::is_regular_file(place, error)) return place;
  return fail(ErrorCode::kResource, "the program that reads FBX, DAE, PLY and STL is missing: neither {} nor {} is there; "
              "install this program again", installed.string(), MP4D_BUILT_READER);
}

/// The running reader; killed and waited for if it is still there at the end.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait();
    }
    for (const int end : ends_)
      if (end >= 0) ::close(end);
  }

  /// 0, or the system's error number. The child sets its limits itself: between fork and exec of a program with
  /// threads nothing may be done, which posix_spawn sees to.
  int start(const fs::path& program, std::vector<std::string> arguments) {
    if (::pipe2(ends_, O_CLOEXEC) != 0) return errno;
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends_[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ::close(std::exchange(ends_[1], -1));
    if (failed) pid_ = -1;
    return failed;
  }

  /// Appends what has been written within `timeout_ms`; false at the end of it.
  bool read_some(std::string& out, int timeout_ms) {
    pollfd waiting{ends_[0], POLLIN, 0};
    if (::poll(&waiting, 1, timeout_ms) <= 0) return true;
    char block[65536];
    const ssize_t size = ::read(ends_[0], block, sizeof block);
    if (size > 0) out.append(block, static_cast<std::size_t>(size));
    return size > 0 || (size < 0 && errno == EINTR);
  }

  /// The status that waitpid gives.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_ = -1;
  int ends_[2] = {-1, -1};
};

std::string kind_of(const fs::path& file) {
  std::string kind = lower_extension(file);
  kind.erase(0, 1);
  for (char& c : kind) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return kind;
}

}  // namespace

ReaderLimits reader_limits(std::uint64_t file_bytes) {
  const std::uint64_t wanted = (std::uint64_t{2} << 30) + 100 * file_bytes;
  const int megabytes = static_cast<int>(std::min<std::uint64_t>(file_bytes >> 20, 10000));
  return {std::min(wanted, available_memory()), 60 + 10 * megabytes};
}

Result<std::string> run_reader(const fs::path& file, const ReaderLimits& limits, JobContext* job) {
  MP4D_TRY(program, find_reader());
  Child child;
  const int failed = child.start(
      program, {program.string(), std::to_string(limits.memory), std::to_string(limits.cpu_s), file.string()});
  if (failed)
    return fail(ErrorCode::kResource, "{}: {} cannot be started to read it: {}; close other programs", file.string(),
                program.string(), std::strerror(failed));
  const auto too_long = [&] {
    return fail(ErrorCode::kInput, "{}: the {} reader needed more than {} s for it; {}", file.string(), kind_of(file),
                limits.cpu_s, kRemedy);
  };
  const auto too_much = [&] {
    return fail(ErrorCode::kResource, "{}: the {} reader needed more than {} MB of memory for it; {}, or close other programs",
                file.string(), kind_of(file), limits.memory >> 20, kRemedy);
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10 * limits.cpu_s);
  std::string bytes;
  while (child.read_some(bytes, kPollMs)) {
    MP4D_CHECK(check(job));
    if (std::chrono::steady_clock::now() > deadline) return too_long();
    if (bytes.size() > limits.memory) return too_much();
  }
  const int status = child.wait();
  MP4D_CHECK(check(job));  // an interrupt from the keyboard ends both
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return bytes;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kReaderOutOfMemory) return too_much();
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) return too_long();
  return fail(ErrorCode::kInput, "{}: damaged: the {} reader crashed on it; {}", file.string(), kind_of(file), kRemedy);
}

}  // namespace mp4d::internal
