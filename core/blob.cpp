#include "core/blob.h"
#include "core/files.h"
#include "core/hash.h"

namespace mp4d {
namespace {

constexpr std::string_view kMagic = "MP4DBLOB1";
constexpr std::size_t kSumSize = 32;

std::string checksum(std::string_view content) { return ContentHash().text(content).hex(); }

}  // namespace

std::string BlobWriter::bytes() const { return std::string(kMagic) + checksum(content_) + content_; }

Result<void> BlobWriter::save(const std::filesystem::path& path) const { return write_atomically(path, bytes()); }

BlobReader BlobReader::of_content(std::string content) {
  BlobReader reader;
  reader.content_ = std::move(content);
  return reader;
}

Result<BlobReader> BlobReader::parse(const std::string& bytes, const std::string& where) {
  const std::size_t header = kMagic.size() + kSumSize;
  if (bytes.size() < header || bytes.compare(0, kMagic.size(), kMagic) != 0)
    return fail(ErrorCode::kInput, "{}: not a checkpoint of this version; delete it", where);
  BlobReader reader = of_content(bytes.substr(header));
  if (checksum(reader.content_) != bytes.substr(kMagic.size(), kSumSize))
    return fail(ErrorCode::kInput, "{}: damaged checkpoint; delete it", where);
  return reader;
}

Result<BlobReader> BlobReader::load(const std::filesystem::path& path) {
  MP4D_TRY(file, read_regular_file(path));
  return parse(file, path.string());
}

}  // namespace mp4d
