#pragma once
#include "core/result.h"
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mp4d {

/// Vectors of length 1 of those of `words` (lower case) that are in the file, which is that of `magicpose4d models install
/// words`; read in one pass, without keeping the rest. Errors (kInput) name the file: not readable, damaged.
Result<std::map<std::string, std::vector<float>>> word_vectors(const std::filesystem::path& file, const std::vector<std::string>& words);

}  // namespace mp4d
