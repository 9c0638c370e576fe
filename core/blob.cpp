#include "core/blob.h"
#include "core/files.h"
#include "core/hash.h"

namespace mp4d {
namespace {

constexpr std::string_view kMagic = "MP4DBLOB1";
constexpr std::size_t kSumSize = 32;

std::string checksum(std::string_view content) { return ContentHash().text(content).hex(); }

}  // namespace

Result<void> BlobWriter::save(const std::filesystem::path& path) const {
  std::string file(kMagic);
  file += checksum(content_);
  file += content_;
  return write_atomically(path, file);
}

Result<BlobReader> BlobReader::load(const std::filesystem::path& path) {
  MP4D_TRY(file, read_file(path));
  const std::size_t header = kMagic.size() + kSumSize;
  if (file.size() < header || file.compare(0, kMagic.size(), kMagic) != 0)
    return fail(ErrorCode::kInput, "{}: not a checkpoint of this version; delete it", path.string());
  BlobReader reader;
  reader.content_ = file.substr(header);
  if (checksum(reader.content_) != file.substr(kMagic.size(), kSumSize))
    return fail(ErrorCode::kInput, "{}: damaged checkpoint; delete it", path.string());
  return reader;
}

}  // namespace mp4d
