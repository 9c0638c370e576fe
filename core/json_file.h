#pragma once
#include "core/result.h"
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mp4d {

/// Deepest nesting of lists and objects that parse_json() takes: the library copies and prints them by recursion.
inline constexpr int kDeepestJson = 200;

/// Parses JSON; `comments` of C and C++ are passed over if allowed. Errors (kInput) begin with `where` and name the
/// line and column where it stops being JSON, or say that it is nested too deeply.
Result<nlohmann::json> parse_json(std::string_view text, const std::string& where, bool comments = false);

/// Parses a JSON file; errors name it.
Result<nlohmann::json> read_json(const std::filesystem::path& path);

/// What is wrong, without the library's own words.
std::string reason_of(const nlohmann::json::exception& error);

/// As text, on one line or indented by `indent`. Names of files need not be UTF-8, as JSON must be: what is not becomes U+FFFD.
std::string json_text(const nlohmann::json& json, int indent = -1);

/// Writes JSON, indented by two, to a temporary name and renames it.
Result<void> write_json(const std::filesystem::path& path, const nlohmann::json& json);

}  // namespace mp4d
