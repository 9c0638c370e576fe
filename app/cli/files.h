#pragma once
#include "core/json_file.h"
#include "core/result.h"
#include <filesystem>
#include <string>
#include <vector>

namespace mp4d {

/// Whether `path` can be written, asked before the long work: its ending (lower case) is one of `endings`, its folder
/// exists and is writable, and what is there now, if anything, is a regular file. Error: kUsage for the ending, else kInput; names `flag`.
Result<void> check_output(const std::string& flag, const std::filesystem::path& path,
                          const std::vector<std::string>& endings);

/// `error` with the name of the file it is about before it; errors of usage and cancels are no file's.
Error about_file(const std::filesystem::path& path, Error error);

}  // namespace mp4d
