#pragma once
#include "core/result.h"
#include <filesystem>
#include <string>

namespace mp4d {

/// The folder of a batch job's training. A run whose options or inputs are not the job's any more stays as it is until a new one, which is
/// trained apart, is complete and takes its place. Each run says in a hidden file for which key it was begun.
class BatchRun {
 public:
  /// `run`: where the job's run belongs; `work`: a folder of the job's own on the same file system; `key` stands for options and inputs.
  BatchRun(const std::filesystem::path& run, const std::filesystem::path& work, std::string key);

  /// Finishes an exchange that was killed and returns the folder to train in. `recorded`: the key of the job's last attempt, "" = none, for
  /// runs that do not say theirs. Errors as of write_atomically().
  Result<std::filesystem::path> begin(const std::string& recorded) const;

  /// The training in the folder that begin() gave is complete. The user's own files beside an earlier run stay. Errors as of write_atomically(); then
  /// all of both runs is there, and the next begin() goes on.
  Result<void> end() const;

 private:
  Result<void> finish_exchange() const;

  std::filesystem::path run_, apart_, complete_, earlier_;
  std::string key_;
};

}  // namespace mp4d
