#include "reconstruction/articulated/stage_cache.h"
#include "core/files.h"

namespace mp4d {

namespace fs = std::filesystem;

Result<StageCache> StageCache::open(const fs::path& folder) {
  MP4D_CHECK(make_folder(folder));
  StageCache cache;
  cache.folder_ = folder;
  return cache;
}

fs::path StageCache::file(const std::string& name, const ContentHash& key) const {
  return folder_ / (name + "-" + key.hex() + ".bin");
}

std::optional<BlobReader> StageCache::load(const std::string& name, const ContentHash& key) const {
  const fs::path path = file(name, key);
  std::error_code error;
  if (anew_.count(name) || !fs::exists(path, error)) return std::nullopt;
  auto blob = BlobReader::load(path);
  if (!blob) return std::nullopt;
  return std::move(*blob);
}

Result<void> StageCache::save(const std::string& name, const ContentHash& key, const BlobWriter& blob) const {
  return blob.save(file(name, key));
}

}  // namespace mp4d
