#pragma once
#include "core/job_context.h"
#include <cstdint>
#include <filesystem>

namespace mp4d {

/// Unpacks a tar archive (plain, gzip, xz, bzip2 or zstd) into `folder`, which exists. Nothing is written outside of
/// it: absolute paths, paths with "..", links and devices are refused, and so is what unpacks to more than `most_bytes` or more
/// than 100000 files. Errors: kInput (damaged or refused, names the entry), kResource (cannot be written), kCancelled; what was
/// unpacked until then stays.
Result<void> unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder, std::uint64_t most_bytes,
                            JobContext* job = nullptr);

}  // namespace mp4d
