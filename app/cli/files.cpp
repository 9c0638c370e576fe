#include "app/cli/files.h"
#include "core/files.h"
#include "io/listing.h"
#include <algorithm>
#include <unistd.h>

namespace mp4d {

Result<nlohmann::json> read_json(const std::filesystem::path& path) {
  MP4D_TRY(text, read_file(path));
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    const std::string what = error.what();
    const std::size_t place = what.find("parse error");
    return fail(ErrorCode::kInput, "{}: not valid JSON: {}", path.string(),
                place == std::string::npos ? what : what.substr(place));
  }
}

Result<void> write_json(const std::filesystem::path& path, const nlohmann::json& json) {
  return write_atomically(path, json.dump(2) + "\n");
}

Result<void> check_output(const std::string& flag, const std::filesystem::path& path,
                          const std::vector<std::string>& endings) {
  if (std::find(endings.begin(), endings.end(), lower_extension(path)) == endings.end())
    return fail(ErrorCode::kUsage, "{} '{}': the name must end in {}", flag, path.string(),
                fmt::join(endings, " or "));
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    return fail(ErrorCode::kInput, "{} {}: the folder {} does not exist; make it first or choose another", flag,
                path.string(), folder.string());
  if (access(folder.c_str(), W_OK) != 0)
    return fail(ErrorCode::kInput, "{} {}: the folder {} is not writable; choose another", flag, path.string(),
                folder.string());
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error))
    return fail(ErrorCode::kInput, "{} {}: is there already and is not a regular file; choose another name", flag,
                path.string());
  return {};
}

}  // namespace mp4d
