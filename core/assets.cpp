#include "core/assets.h"
#include <cstdlib>
#include <vector>

namespace mp4d {

Result<std::filesystem::path> find_asset(const std::filesystem::path& relative) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("MP4D_ASSETS"); chosen && *chosen) folders.emplace_back(chosen);
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(program.parent_path().parent_path() / "share/magicpose4d/assets");
  folders.emplace_back(MP4D_SOURCE_ASSETS);

  std::string searched;
  for (const fs::path& folder : folders) {
    if (fs::exists(folder / relative, error)) return folder / relative;
    searched += (searched.empty() ? "" : ", ") + folder.string();
  }
  return fail(ErrorCode::kInput,
              "{}: not found in {}; install the program again or set MP4D_ASSETS to its assets folder",
              relative.string(), searched);
}

}  // namespace mp4d
