#pragma once
#include "core/job_context.h"
#include <filesystem>

namespace mp4d {

/// Unpacks a tar archive (plain, gzip, xz, bzip2 or zstd) into `folder`, which exists. Nothing is written outside of
/// it: absolute paths, paths with "..", links and devices are refused. Errors: kInput (damaged or refused, names the
/// entry), kResource (cannot be written), kCancelled; what was unpacked until then stays.
Result<void> unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder,
                            JobContext* job = nullptr);

}  // namespace mp4d
