#include "app/cli/files.h"
#include "io/listing.h"
#include <algorithm>
#include <unistd.h>

namespace mp4d {

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

Error about_file(const std::filesystem::path& path, Error error) {
  const bool named = error.message.find(path.filename().string()) != std::string::npos;
  if ((error.code == ErrorCode::kInput || error.code == ErrorCode::kFailed) && !named)
    error.message = fmt::format("{}: {}", path.string(), error.message);
  return error;
}

}  // namespace mp4d
