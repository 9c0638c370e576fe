#include "io/input_kind.h"
#include "io/listing.h"
#include <algorithm>

namespace mp4d {

const std::vector<std::string>& model_extensions() {
  static const std::vector<std::string> extensions{".glb", ".gltf", ".fbx", ".bvh", ".usda", ".usdz", ".dae", ".obj", ".ply", ".stl"};
  return extensions;
}

Result<InputKind> input_kind(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return fail(ErrorCode::kInput, "{}: no such file or folder; check the name", path.string());
  if (!std::filesystem::is_regular_file(path, error) && !std::filesystem::is_directory(path, error))
    return fail(ErrorCode::kInput, "{}: a pipe or device, which cannot be read twice; save it as a file first", path.string());
  if (std::filesystem::is_directory(path, error))
    return list_files(path, model_extensions()).empty() ? InputKind::kClip : InputKind::kMeshFolder;
  const std::string ending = lower_extension(path);
  if (ending == ".anime") return InputKind::kAnime;
  if (ending == ".json") return InputKind::kJson;
  const auto& models = model_extensions();
  const bool is_model = std::find(models.begin(), models.end(), ending) != models.end();
  return is_model ? InputKind::kModel : InputKind::kClip;
}

}  // namespace mp4d
