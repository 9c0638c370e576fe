#pragma once
#include "core/blob.h"
#include "core/hash.h"
#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace mp4d {

/// Finished stages in a folder: NAME-HASH.bin, where the hash covers everything the stage depends on, so that a
/// killed run goes on after its last finished stage and changed input or options never meet an old result.
class StageCache {
 public:
  /// Makes the folder if needed. Error names it.
  static Result<StageCache> open(const std::filesystem::path& folder);

  /// Results of the stage NAME that are there now are not taken; what it gives anew replaces them.
  void make_anew(const std::string& name) { anew_.insert(name); }

  /// The finished stage, or nothing. A damaged file counts as nothing.
  std::optional<BlobReader> load(const std::string& name, const ContentHash& key) const;
  Result<void> save(const std::string& name, const ContentHash& key, const BlobWriter& blob) const;

 private:
  std::filesystem::path file(const std::string& name, const ContentHash& key) const;
  std::filesystem::path folder_;
  std::set<std::string> anew_;
};

}  // namespace mp4d
