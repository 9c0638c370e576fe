#pragma once
#include "core/result.h"
#include <filesystem>
#include <optional>
#include <utility>

namespace mp4d {

/// The sole right to something, by flock() on a file: other processes see it, also on other machines where their shared
/// file system passes it on. It ends when this object and every process that inherited its descriptor have ended, however
/// they end. The file stays.
class FileLock {
 public:
  /// Nothing if another holds it. Error (kInput): the file cannot be made.
  static Result<std::optional<FileLock>> attempt(const std::filesystem::path& path);
  /// Waits until nobody else holds it.
  static Result<FileLock> wait(const std::filesystem::path& path);

  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileLock();
  int descriptor() const { return fd_; }

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace mp4d
