#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace mp4d {

/// The first whole number of a file of /proc or /sys, or of its line that begins with `key`.
std::optional<std::uint64_t> number_in(const std::filesystem::path& path, const std::string& key = {});

}  // namespace mp4d
