#include "core/file_lock.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace mp4d {
namespace {

tl::unexpected<Error> lock_error(const std::filesystem::path& path) {
  return fail(ErrorCode::kInput, "{}: cannot be locked: {}; choose a folder that can be written, on a file system with locks",
              path.string(), std::strerror(errno));
}

}  // namespace

Result<std::optional<FileLock>> FileLock::attempt(const std::filesystem::path& path) {
  FileLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (lock.fd_ < 0) return lock_error(path);
  if (::flock(lock.fd_, LOCK_EX | LOCK_NB) == 0) return std::optional<FileLock>(std::move(lock));
  if (errno == EWOULDBLOCK) return std::optional<FileLock>();
  return lock_error(path);
}

Result<FileLock> FileLock::wait(const std::filesystem::path& path) {
  FileLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (lock.fd_ < 0) return lock_error(path);
  while (::flock(lock.fd_, LOCK_EX) != 0)
    if (errno != EINTR) return lock_error(path);
  return lock;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace mp4d
