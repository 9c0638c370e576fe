#include "core/memory_need.h"
#include "io/input_kind.h"
#include "io/listing.h"
#include "io/model_io.h"
#include <algorithm>
#include <fmt/ranges.h>

namespace mp4d {

namespace {

/// The positions twice: what is made of a row of meshes keeps them, too.
double memory_of(const Mesh& mesh) {
  double bytes = sizeof(float) * (2.0 * static_cast<double>(mesh.verts.size()) + static_cast<double>(mesh.normals.size() + mesh.colors.size() + mesh.uvs.size())) +
                 sizeof(int) * static_cast<double>(mesh.faces.size()) + sizeof(int) * static_cast<double>(mesh.face_material.size());
  for (const Material& material : mesh.materials) bytes += static_cast<double>(material.texture.data.size());
  return bytes;
}

double size_of(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  return error ? 0 : static_cast<double>(size);
}

/// Of meshes whose first takes `first` bytes; the others are to it as their files are to its own.
Result<void> check_memory(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files, double first) {
  double sizes = 0;
  for (const auto& file : files) sizes += size_of(file);
  const auto lack = memory_lack(first * sizes / std::max(1.0, size_of(files.front())));
  if (!lack) return {};
  return fail(ErrorCode::kResource, "{}: its {} meshes need {}; put fewer or smaller ones there, close other programs, or raise --memory",
              folder.string(), files.size(), *lack);
}

}  // namespace

Result<std::vector<Mesh>> read_mesh_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    return fail(ErrorCode::kInput, "{}: no such folder", folder.string());
  }
  const auto files = list_files(folder, model_extensions());
  if (files.empty()) {
    return fail(ErrorCode::kInput, "{}: holds no meshes; put one a frame into it ({})", folder.string(),
                fmt::join(model_extensions(), " "));
  }
  std::vector<Mesh> meshes;
  for (const auto& file : files) {
    MP4D_TRY(model, read_model(file));
    MP4D_CHECK(require_surface(file, model));
    if (meshes.empty()) MP4D_CHECK(check_memory(folder, files, memory_of(model.mesh)));
    meshes.push_back(std::move(model.mesh));
  }
  return meshes;
}

Result<MeshSequence> to_sequence(const std::vector<Mesh>& meshes, double fps) {
  if (meshes.empty()) return fail(ErrorCode::kInput, "a mesh sequence needs at least one mesh");
  if (!(fps > 0)) return fail(ErrorCode::kUsage, "fps is {}; it must be above 0", fps);
  MeshSequence sequence;
  sequence.faces = meshes[0].faces;
  for (std::size_t i = 0; i < meshes.size(); ++i) {
    const Mesh& mesh = meshes[i];
    if (mesh.verts.rows() != meshes[0].verts.rows() || mesh.faces.rows() != sequence.faces.rows() ||
        mesh.faces != sequence.faces) {
      return fail(ErrorCode::kInput,
                  "mesh {} has {} vertices and {} triangles and differs in them from the first ({} and {}); the meshes of "
                  "a sequence must share their triangles",
                  i, mesh.verts.rows(), mesh.faces.rows(), meshes[0].verts.rows(), sequence.faces.rows());
    }
    sequence.frames.push_back(mesh.verts);
    sequence.times.push_back(static_cast<double>(i) / fps);
  }
  return sequence;
}

}  // namespace mp4d
