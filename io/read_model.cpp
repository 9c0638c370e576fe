#include "io/input_kind.h"
#include "io/internal/imported_scene.h"
#include "io/listing.h"
#include "io/model_io.h"
#include <algorithm>
#include <fmt/ranges.h>

namespace mp4d {

Result<RiggedModel> read_model(const std::filesystem::path& path, JobContext* job) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return fail(ErrorCode::kInput, "{}: no such file", path.string());
  if (std::filesystem::is_directory(path, error)) {
    return fail(ErrorCode::kInput, "{}: is a folder, not a model file", path.string());
  }
  if (!std::filesystem::is_regular_file(path, error))
    return fail(ErrorCode::kInput, "{}: a pipe or device, not a model; save it as a file first", path.string());
  const std::string extension = lower_extension(path);
  const auto& known = model_extensions();
  if (std::find(known.begin(), known.end(), extension) == known.end()) {
    return fail(ErrorCode::kInput, "{}: the ending '{}' is no model format that can be read; use {}", path.string(),
                extension, fmt::join(known, " "));
  }
  const bool gltf = extension == ".glb" || extension == ".gltf";
  MP4D_TRY(scene, gltf                            ? import_gltf(path, job)
                  : extension == ".obj"           ? import_obj(path, job)
                  : extension == ".bvh"           ? import_bvh(path, job)
                  : extension.starts_with(".usd") ? import_usd(path, job)
                                                  : import_foreign(path, job));
  return assemble_model(path, std::move(scene), job);
}

Result<void> require_surface(const std::filesystem::path& path, const RiggedModel& model) {
  if (model.mesh.faces.rows() > 0) return {};
  return fail(ErrorCode::kInput, "{}: holds a motion but no surface; give a file with a mesh", path.string());
}

}  // namespace mp4d
