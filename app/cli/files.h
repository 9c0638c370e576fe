#pragma once
#include "core/result.h"
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mp4d {

/// Parses a JSON file. Errors name the file, and the line and column of a syntax error.
Result<nlohmann::json> read_json(const std::filesystem::path& path);

/// Writes JSON, indented by two, to a temporary name and renames it.
Result<void> write_json(const std::filesystem::path& path, const nlohmann::json& json);

/// Whether `path` can be written, asked before the long work: its ending (lower case) is one of `endings`, its folder
/// exists and is writable, and what is there now, if anything, is a regular file. Error: kUsage for the ending, else kInput; names `flag`.
Result<void> check_output(const std::string& flag, const std::filesystem::path& path,
                          const std::vector<std::string>& endings);

}  // namespace mp4d
