#include "core/files.h"
#include "io/internal/foreign_scene.h"
#include "io/internal/reader_process.h"

namespace mp4d {
namespace {

/// Index in `pictures`, -1 if the texture is missing or unreadable.
Result<int> picture_of(const std::filesystem::path& model, internal::ForeignTexture& texture, std::size_t number, Textures& pictures) {
  std::filesystem::path file;
  if (texture.picture.empty() && texture.encoded.empty()) {
    MP4D_TRY(beside, resolve_reference(model, texture.name));
    file = beside;
  }
  const std::string key = file.empty() ? fmt::format("{}", number) : file.string();
  const auto picture = pictures.find(key, [&]() -> Result<Image> {
    if (!texture.picture.empty()) return std::move(texture.picture);
    if (!texture.encoded.empty()) return decode_image(texture.encoded);
    MP4D_TRY(bytes, read_regular_file(file));
    return decode_image(bytes);
  });
  return picture || picture.error().code == ErrorCode::kResource ? picture : Result<int>(-1);
}

}  // namespace

Result<ImportedScene> import_foreign(const std::filesystem::path& path, JobContext* job) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  MP4D_TRY(bytes, internal::run_reader(path, internal::reader_limits(error ? 0 : size), job));
  MP4D_TRY(foreign, internal::foreign_scene_from(bytes, path.string()));
  Textures pictures(path.string());
  std::vector<int> picture_of_texture;
  for (internal::ForeignTexture& texture : foreign.textures) {
    MP4D_TRY(picture, picture_of(path, texture, picture_of_texture.size(), pictures));
    if (picture < 0)
      warn(job, fmt::format("{}: texture '{}' is missing or unreadable; put it beside the model as PNG or JPEG",
                            path.string(), texture.name));
    picture_of_texture.push_back(picture);
  }
  std::vector<int> picture_of_material;
  for (std::size_t m = 0; m < foreign.scene.materials.size(); ++m) {
    const int texture = foreign.texture_of_material[m];
    picture_of_material.push_back(texture < 0 ? -1 : picture_of_texture[static_cast<std::size_t>(texture)]);
    if (picture_of_material.back() >= 0)
      foreign.scene.materials[m].base_color.head<3>().setOnes();  // these formats do not multiply the two
  }
  MP4D_CHECK(pictures.hand_out(picture_of_material, foreign.scene.materials));
  return std::move(foreign.scene);
}

}  // namespace mp4d
