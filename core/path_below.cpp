#include "core/path_below.h"

namespace mp4d {

namespace fs = std::filesystem;

Result<fs::path> path_below(const fs::path& folder, const std::string& name, const std::string& where) {
  const fs::path base = fs::absolute(folder).lexically_normal();
  const fs::path below = (base / name).lexically_normal().lexically_relative(base);
  if (below.empty() || *below.begin() == ".." || name.find('\0') != std::string::npos)
    return fail(ErrorCode::kInput, "{}: names '{}', which is not below {}; copy it there and name it from there", where,
                name, folder.string());
  return folder / below;
}

}  // namespace mp4d
