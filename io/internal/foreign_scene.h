#pragma once
// Internal to io's sources: what the reader program (io/reader) hands back over its pipe.
#include "io/internal/imported_scene.h"

namespace mp4d::internal {

/// A picture as the file has it: `encoded` (PNG, JPEG…), or `picture`, or, with both empty, a file named `name`.
struct ForeignTexture {
  std::string name;
  std::string encoded;
  Image picture;
};

struct ForeignScene {
  ImportedScene scene;  ///< its materials without their textures
  std::vector<ForeignTexture> textures;
  std::vector<int> texture_of_material;  ///< one a material; -1 = none
};

/// Bytes for a pipe, of the scene or of the error in its place.
std::string to_bytes(const Result<ForeignScene>& scene);

/// The scene or the error that to_bytes() was given. The bytes may be anything: sizes and indices are checked, so that
/// the rest of io may rely on them. Error (kInput) that begins with `where`: they are damaged.
Result<ForeignScene> foreign_scene_from(const std::string& bytes, const std::string& where);

}  // namespace mp4d::internal
