#pragma once
#include <cstdint>
#include <filesystem>

namespace mp4d {

/// Memory that the control groups of this process still leave, bytes; the largest number where none limits it. Of its own group and
/// all above it, versions 1 and 2, the tightest counts: containers limit the root, systemd and Slurm a group below it. Pages of
/// read files do not count as used. `root`: where /proc and /sys are.
std::uint64_t control_group_memory(const std::filesystem::path& root = "/");

}  // namespace mp4d
