#pragma once
// Internal to io's sources: a parser that others wrote, run as a program of its own.
#include "core/job_context.h"
#include <cstdint>
#include <filesystem>

namespace mp4d::internal {

/// What reading one file may take.
struct ReaderLimits {
  std::uint64_t memory = 0;  ///< bytes of address space
  int cpu_s = 0;             ///< seconds of computing; ten times as long in all, for slow disks
};

/// Far above what a sound file of this size needs: 2 GiB and 100 bytes a byte (but no more than there is), 60 s and 10 s
/// a megabyte.
ReaderLimits reader_limits(std::uint64_t file_bytes);

/// What the program magicpose4d-reader makes of `file`: bytes for foreign_scene_from(). It reads in a process of its
/// own, so that no damaged file can bring down this one. A cancel ends it. Errors: kInput (it crashed or took too long),
/// kResource (too much memory, or the program is missing); each says what to do.
Result<std::string> run_reader(const std::filesystem::path& file, const ReaderLimits& limits, JobContext* job);

}  // namespace mp4d::internal
