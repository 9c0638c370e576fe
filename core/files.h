#pragma once
#include "core/result.h"
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace mp4d {

/// The whole file. Error (kInput) names the file and the system's reason.
Result<std::string> read_file(const std::filesystem::path& path);

/// A name for what is to become `path`: hidden, in the same folder, with the same ending, unique among processes and calls. The
/// first one asked for in a folder removes what processes of this machine that were killed left there under such names.
std::filesystem::path temporary_name(const std::filesystem::path& path);

/// Replaces `path` as a whole or not at all: `write` fills a temporary file in the same folder (with the same
/// ending, so that libraries which go by it work), which is then synced and renamed over `path`. On failure the
/// temporary is gone and an older file at `path` is untouched. Errors (kInput: missing folder, not writable,
/// not a regular file; kResource: disk full) name the file.
Result<void> write_atomically(const std::filesystem::path& path,
                              const std::function<Result<void>(const std::filesystem::path& temporary)>& write);
Result<void> write_atomically(const std::filesystem::path& path, std::string_view content);

/// A new empty folder below the system's folder for temporary files, removed with all in it on destruction, or by the next one
/// that is made after this process was killed.
class TempFolder {
 public:
  /// Error (kResource) if it cannot be made.
  static Result<TempFolder> create();

  TempFolder(TempFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TempFolder& operator=(TempFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TempFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TempFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace mp4d
