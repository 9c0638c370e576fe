#include "app/cli/input_kind.h"
#include "io/listing.h"
#include <algorithm>

namespace mp4d {
namespace {
const std::vector<std::string> kModelEndings{".glb", ".gltf", ".fbx", ".dae", ".obj", ".ply", ".stl"};
}

Result<InputKind> input_kind(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return fail(ErrorCode::kInput, "{}: no such file or folder; check the name", path.string());
  if (std::filesystem::is_directory(path, error))
    return list_files(path, kModelEndings).empty() ? InputKind::kClip : InputKind::kMeshFolder;
  const std::string ending = lower_extension(path);
  if (ending == ".anime") return InputKind::kAnime;
  if (ending == ".json") return InputKind::kJson;
  const bool is_model = std::find(kModelEndings.begin(), kModelEndings.end(), ending) != kModelEndings.end();
  return is_model ? InputKind::kModel : InputKind::kClip;
}

}  // namespace mp4d
