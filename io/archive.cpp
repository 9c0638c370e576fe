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

enum class Copied { kAll, kDamaged, kTooMuch };

/// Writes the rest of the entry to `file` and takes what it has, holes included, off `left`.
Copied copy_content(archive* reader, std::ofstream& file, std::uint64_t& left, JobContext* job) {
  const void* block = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  std::uint64_t end = 0;
  int state = ARCHIVE_OK;
  while (!cancelled(job) && (state = archive_read_data_block(reader, &block, &size, &offset)) == ARCHIVE_OK) {
    if (offset < 0) return Copied::kDamaged;
    end = std::max(end, static_cast<std::uint64_t>(offset) + size);
    if (end > left) return Copied::kTooMuch;
    file.seekp(offset);
    file.write(static_cast<const char*>(block), static_cast<std::streamsize>(size));
  }
  left -= end;
  return state == ARCHIVE_EOF || cancelled(job) ? Copied::kAll : Copied::kDamaged;
}

}  // namespace

Result<void> unpack_archive(const fs::path& path, const fs::path& folder, std::uint64_t most_bytes, JobContext* job) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  const auto failed = [&] {
    const char* reason = archive_error_string(reader.get());
    return fail(ErrorCode::kInput, "{}: cannot be unpacked: {}; fetch it again", path.string(),
                reason ? reason : "damaged");
  };
  if (archive_read_open_filename(reader.get(), path.c_str(), 65536) != ARCHIVE_OK) return failed();
  constexpr int kMostEntries = 100000;
  const auto too_much = [&] {
    return fail(ErrorCode::kInput, "{}: refused: it unpacks to more than {} MB or {} files; fetch it again", path.string(),
                most_bytes / 1000000, kMostEntries);
  };
  std::uint64_t left = most_bytes;
  int entries = 0;
  archive_entry* entry = nullptr;
  int state = ARCHIVE_OK;
  while ((state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    MP4D_CHECK(check(job));
    if (++entries > kMostEntries) return too_much();
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
    if (archive_entry_size_is_set(entry) && static_cast<std::uint64_t>(archive_entry_size(entry)) > left) return too_much();
    std::ofstream file(target, std::ios::binary);
    const Copied copied = copy_content(reader.get(), file, left, job);
    MP4D_CHECK(check(job));
    if (copied == Copied::kDamaged) return failed();
    if (copied == Copied::kTooMuch) return too_much();
    MP4D_CHECK(close_written(file, target));
  }
  return state == ARCHIVE_EOF ? Result<void>{} : failed();
}

}  // namespace mp4d
