#include "core/files.h"
#include "io/internal/foreign_scene.h"
#include "io/internal/reader_process.h"

namespace mp4d {
namespace {

Result<Image> picture_of(const std::filesystem::path& model, internal::ForeignTexture texture) {
  if (!texture.picture.empty()) return std::move(texture.picture);
  if (!texture.encoded.empty()) return decode_image(texture.encoded);
  MP4D_TRY(file, resolve_reference(model, texture.name));
  const auto bytes = read_file(file);
  return bytes ? decode_image(*bytes) : Image{};
}

}  // namespace

Result<ImportedScene> import_foreign(const std::filesystem::path& path, JobContext* job) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  MP4D_TRY(bytes, internal::run_reader(path, internal::reader_limits(error ? 0 : size), job));
  MP4D_TRY(foreign, internal::foreign_scene_from(bytes, path.string()));
  std::vector<Image> pictures;
  for (internal::ForeignTexture& texture : foreign.textures) {
    const std::string name = texture.name;
    MP4D_TRY(picture, picture_of(path, std::move(texture)));
    if (picture.empty())
      warn(job, fmt::format("{}: texture '{}' is missing or unreadable; put it beside the model as PNG or JPEG",
                            path.string(), name));
    pictures.push_back(std::move(picture));
  }
  for (std::size_t m = 0; m < foreign.scene.materials.size(); ++m) {
    const int texture = foreign.texture_of_material[m];
    if (texture < 0 || pictures[texture].empty()) continue;
    Material& material = foreign.scene.materials[m];
    material.texture = pictures[texture];
    material.base_color.head<3>().setOnes();  // these formats do not multiply the two
  }
  return std::move(foreign.scene);
}

}  // namespace mp4d
