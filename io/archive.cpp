#include "io/archive.h"
#include "core/files.h"
#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <fstream>
#include <memory>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

bool stays_inside(const fs::path& path) {
  return path.is_relative() && std::find(path.begin(), path.end(), "..") == path.end();
}

/// True if the rest of the entry was written to `file`; false if the archive is damaged there.
bool copy_content(archive* reader, std::ofstream& file) {
  const void* block = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  int state = ARCHIVE_OK;
  while ((state = archive_read_data_block(reader, &block, &size, &offset)) == ARCHIVE_OK) {
    file.seekp(offset);
    file.write(static_cast<const char*>(block), static_cast<std::streamsize>(size));
  }
  return state == ARCHIVE_EOF;
}

}  // namespace

Result<void> unpack_archive(const fs::path& path, const fs::path& folder, JobContext* job) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  const auto failed = [&] {
    const char* reason = archive_error_string(reader.get());
    return fail(ErrorCode::kInput, "{}: cannot be unpacked: {}; fetch it again", path.string(),
                reason ? reason : "damaged");
  };
  if (archive_read_open_filename(reader.get(), path.c_str(), 65536) != ARCHIVE_OK) return failed();
  archive_entry* entry = nullptr;
  int state = ARCHIVE_OK;
  while ((state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    MP4D_CHECK(check(job));
    const char* stored = archive_entry_pathname(entry);  // null if it is in no known encoding
    const fs::path name = stored ? stored : "..";
    const auto type = archive_entry_filetype(entry);
    const bool linked = archive_entry_hardlink(entry) != nullptr;
    if (!stays_inside(name) || linked || (type != AE_IFREG && type != AE_IFDIR))
      return fail(ErrorCode::kInput, "{}: refused: {} is outside of the archive's folder, a link or a device",
                  path.string(), name.string());
    const fs::path target = folder / name;
    MP4D_CHECK(make_folder(type == AE_IFDIR ? target : target.parent_path()));
    if (type == AE_IFDIR) continue;
    std::ofstream file(target, std::ios::binary);
    if (!copy_content(reader.get(), file)) return failed();
    MP4D_CHECK(close_written(file, target));
  }
  return state == ARCHIVE_EOF ? Result<void>{} : failed();
}

}  // namespace mp4d
