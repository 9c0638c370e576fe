#pragma once
#include "core/result.h"
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace mp4d {

/// The whole file, or all that comes out of a pipe. Errors name the file: kInput with the system's reason, kResource if it does
/// not fit into available_memory().
Result<std::string> read_file(const std::filesystem::path& path);

/// The same of a file that is named by another one, or comes in a folder with others: links are followed, but what is no regular
/// file is an error (kInput), since a pipe would wait for its writer and a device never ends.
Result<std::string> read_regular_file(const std::filesystem::path& path);

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

/// Makes `folder`, and those above it, where there is none. Errors as of write_atomically.
Result<void> make_folder(const std::filesystem::path& folder);

/// Gives a file or folder the name `to` on the same disk; a file there is replaced. Errors as of write_atomically.
Result<void> move_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Closes a stream into a file that messages call `path`. Errors as of write_atomically if not all of it got there.
Result<void> close_written(std::ofstream& stream, const std::filesystem::path& path);

/// `result`, whose error speaks of `shown` instead of the temporary file or folder that stands for it.
Result<void> shown_as(const std::filesystem::path& shown, const std::filesystem::path& temporary, Result<void> result);

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
