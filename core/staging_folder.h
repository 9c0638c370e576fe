#pragma once
#include "core/result.h"
#include <filesystem>
#include <utility>
#include <vector>

namespace mp4d {

/// A new hidden folder for what is not complete yet, removed with what is left in it.
class StagingFolder {
 public:
  /// Beside `path`, on the same file system.
  static Result<StagingFolder> beside(const std::filesystem::path& path);
  /// For new content of `folder`, to be taken there by replace_files(): in it if it is there, after put_back_files(), else beside it.
  static Result<StagingFolder> of(const std::filesystem::path& folder);
  StagingFolder(StagingFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~StagingFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit StagingFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// Moves every file below `from` to its place below `folder`, on the same file system. What is there under the same names goes, and so do
/// the files `stale`; all others stay. A folder that was not there appears as a whole; in one that was, `last`, which tells readers that
/// all is there, is taken away first and comes last. Names are relative to the two folders. On failure `folder` holds what it held
/// before. Errors as of write_atomically().
Result<void> replace_files(const std::filesystem::path& from, const std::filesystem::path& folder,
                           const std::vector<std::filesystem::path>& stale, const std::filesystem::path& last);

/// Undoes in `folder` what a replace_files() did that was killed on this machine, or could not be undone then. Errors as of write_atomically(),
/// and kInput while another one is at work there.
Result<void> put_back_files(const std::filesystem::path& folder);

}  // namespace mp4d
