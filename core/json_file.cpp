#include "core/json_file.h"
#include "core/files.h"
#include <algorithm>

namespace mp4d {
namespace {

/// Where comments are allowed, a quote may stand in one: then brackets in strings count too.
bool nests_too_deeply(std::string_view text, bool comments) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') ++i;
    else if (c == '"' && !comments) quoted = !quoted;
    else if (!quoted && (c == '[' || c == '{') && ++depth > kDeepestJson) return true;
    else if (!quoted && (c == ']' || c == '}')) --depth;
  }
  return false;
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, const std::string& where, bool comments) {
  if (nests_too_deeply(text, comments))
    return fail(ErrorCode::kInput, "{}: lists and objects more than {} deep; no file of this program is like that", where,
                kDeepestJson);
  try {
    return nlohmann::json::parse(text, nullptr, true, comments);
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t stop = std::min(text.size(), std::max<std::size_t>(error.byte, 1) - 1);
    const std::string_view before = text.substr(0, stop);
    const std::size_t line_start = before.rfind('\n') + 1;  // of the first line: npos + 1 = 0
    return fail(ErrorCode::kInput,
                "{}: not valid JSON: parse error at line {}, column {}{}; look there for a missing comma, quote or "
                "bracket",
                where, 1 + std::count(before.begin(), before.end(), '\n'), stop - line_start + 1,
                stop >= text.size() ? ", where the file ends" : "");
  } catch (const nlohmann::json::exception& error) {  // a number that is too large
    return fail(ErrorCode::kInput, "{}: not usable JSON: {}", where, reason_of(error));
  }
}

Result<nlohmann::json> read_json(const std::filesystem::path& path) {
  MP4D_TRY(text, read_file(path));
  return parse_json(text, path.string());
}

std::string reason_of(const nlohmann::json::exception& error) {
  const std::string text = error.what();
  const std::size_t tag = text.find("] ");
  return tag == std::string::npos ? text : text.substr(tag + 2);
}

std::string json_text(const nlohmann::json& json, int indent) {
  return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<void> write_json(const std::filesystem::path& path, const nlohmann::json& json) {
  return write_atomically(path, json_text(json, 2) + "\n");
}

}  // namespace mp4d
