#include "io/internal/foreign_scene.h"
#include "core/blob.h"

namespace mp4d::internal {
namespace {

// One function for both directions, so that they cannot differ.
template <class Blob, class T>
void pass(Blob& blob, T& value) {
  if constexpr (requires { blob.put(value); }) blob.put(value);
  else blob.get(value);
}

template <class Blob>
constexpr bool kReads = std::is_same_v<Blob, BlobReader>;

/// Anything but 0 is true: a byte that is neither would be no bool.
template <class Blob>
void pass_flag(Blob& blob, bool& flag) {
  std::uint8_t byte = flag ? 1 : 0;
  pass(blob, byte);
  flag = byte != 0;
}

/// Numbers 0 ... `last` of an enumeration.
template <class Blob, class Enum>
bool pass_choice(Blob& blob, Enum& choice, Enum last) {
  std::int32_t number = static_cast<std::int32_t>(choice);
  pass(blob, number);
  if (number < 0 || number > static_cast<std::int32_t>(last)) return false;
  choice = static_cast<Enum>(number);
  return true;
}

/// A list of what `pass_one` passes. An entry takes a byte at least, so that a wrong size runs out of content early.
template <class Blob, class T, class PassOne>
bool pass_list(Blob& blob, std::vector<T>& list, const PassOne& pass_one) {
  std::uint64_t count = list.size();
  pass(blob, count);
  for (std::uint64_t i = 0; i < count; ++i) {
    if constexpr (kReads<Blob>) {
      if (!blob.ok()) return false;
      list.emplace_back();
    }
    if (!pass_one(list[i])) return false;
  }
  return true;
}

template <class Blob>
bool pass_image(Blob& blob, Image& image) {
  pass(blob, image.width);
  pass(blob, image.height);
  pass(blob, image.channels);
  pass(blob, image.data);
  const bool sane = image.width >= 0 && image.height >= 0 && image.width <= 65536 && image.height <= 65536 &&
                    image.channels >= 0 && image.channels <= 4;
  return sane && image.data.size() == image.pixels() * static_cast<std::size_t>(image.channels);
}

template <class Blob>
bool pass_node(Blob& blob, ImportedNode& node) {
  pass(blob, node.name);
  pass(blob, node.parent);
  pass(blob, node.rest.translation);
  pass(blob, node.rest.rotation.coeffs());
  pass(blob, node.rest.scale);
  pass_flag(blob, node.in_scene);
  pass_flag(blob, node.holds_object);
  return true;
}

template <class Blob>
bool pass_influences(Blob& blob, ImportedMesh& mesh) {
  std::vector<std::uint32_t> counts;
  std::vector<std::int32_t> bones;
  std::vector<float> weights;
  for (const auto& vertex : mesh.influences) {
    counts.push_back(static_cast<std::uint32_t>(vertex.size()));
    for (const auto& [bone, weight] : vertex) {
      bones.push_back(bone);
      weights.push_back(weight);
    }
  }
  pass(blob, counts);
  pass(blob, bones);
  pass(blob, weights);
  if constexpr (kReads<Blob>) {
    if (bones.size() != weights.size()) return false;
    std::size_t at = 0;
    for (const std::uint32_t count : counts) {
      if (count > bones.size() - at) return false;
      auto& vertex = mesh.influences.emplace_back();
      for (std::uint32_t k = 0; k < count; ++k, ++at) vertex.emplace_back(bones[at], weights[at]);
    }
    return at == bones.size();
  }
  return true;
}

template <class Blob>
bool pass_mesh(Blob& blob, ImportedMesh& mesh) {
  pass(blob, mesh.name);
  pass(blob, mesh.node);
  pass(blob, mesh.verts);
  pass(blob, mesh.normals);
  pass(blob, mesh.colors);
  pass(blob, mesh.uvs);
  pass(blob, mesh.faces);
  pass(blob, mesh.face_material);
  pass(blob, mesh.bones);
  return pass_list(blob, mesh.bone_from_mesh, [&](Mat4& matrix) { return pass(blob, matrix), true; }) &&
         pass_influences(blob, mesh);
}

template <class Blob>
bool pass_track(Blob& blob, ImportedTrack& track) {
  pass(blob, track.node);
  if (!pass_choice(blob, track.path, Path::kScale)) return false;
  if (!pass_choice(blob, track.interpolation, Interpolation::kCubic)) return false;
  pass(blob, track.times);
  return pass_list(blob, track.values, [&](Vec4& value) { return pass(blob, value), true; });
}

template <class Blob>
bool pass_material(Blob& blob, Material& material) {
  pass(blob, material.name);
  pass(blob, material.base_color);
  pass_flag(blob, material.double_sided);
  return true;
}

template <class Blob>
bool pass_scene(Blob& blob, ForeignScene& foreign) {
  ImportedScene& scene = foreign.scene;
  const auto texture = [&](ForeignTexture& entry) {
    pass(blob, entry.name);
    pass(blob, entry.encoded);
    return pass_image(blob, entry.picture);
  };
  const auto clip = [&](ImportedClip& entry) {
    pass(blob, entry.name);
    return pass_list(blob, entry.tracks, [&](ImportedTrack& track) { return pass_track(blob, track); });
  };
  pass_flag(blob, scene.motion_only);
  pass(blob, foreign.texture_of_material);
  return pass_list(blob, scene.nodes, [&](ImportedNode& node) { return pass_node(blob, node); }) &&
         pass_list(blob, scene.meshes, [&](ImportedMesh& mesh) { return pass_mesh(blob, mesh); }) &&
         pass_list(blob, scene.materials, [&](Material& material) { return pass_material(blob, material); }) &&
         pass_list(blob, scene.clips, clip) && pass_list(blob, foreign.textures, texture);
}

bool below(int index, std::size_t count) { return index >= 0 && static_cast<std::size_t>(index) < count; }

bool consistent(const ImportedMesh& mesh, const ImportedScene& scene) {
  const Eigen::Index count = mesh.verts.rows();
  for (const Eigen::Index rows : {mesh.normals.rows(), mesh.colors.rows(), mesh.uvs.rows()})
    if (rows != 0 && rows != count) return false;
  if (!below(mesh.node, scene.nodes.size())) return false;
  if (static_cast<Eigen::Index>(mesh.face_material.size()) != mesh.faces.rows()) return false;
  for (const int material : mesh.face_material)
    if (!below(material, scene.materials.size())) return false;
  for (const int bone : mesh.bones)
    if (!below(bone, scene.nodes.size())) return false;
  if (mesh.bone_from_mesh.size() != mesh.bones.size()) return false;
  if (mesh.influences.size() != (mesh.bones.empty() ? 0 : static_cast<std::size_t>(count))) return false;
  for (const auto& vertex : mesh.influences)
    for (const auto& [bone, weight] : vertex)
      if (!below(bone, mesh.bones.size())) return false;
  return true;
}

bool consistent(const ForeignScene& foreign) {
  const ImportedScene& scene = foreign.scene;
  for (const ImportedNode& node : scene.nodes)
    if (node.parent != -1 && !below(node.parent, scene.nodes.size())) return false;
  for (const ImportedMesh& mesh : scene.meshes)
    if (!consistent(mesh, scene)) return false;
  for (const ImportedClip& clip : scene.clips)
    for (const ImportedTrack& track : clip.tracks)
      if (!below(track.node, scene.nodes.size()) ||
          track.values.size() != track.times.size() * (track.interpolation == Interpolation::kCubic ? 3 : 1))
        return false;
  if (foreign.texture_of_material.size() != scene.materials.size()) return false;
  for (const int texture : foreign.texture_of_material)
    if (texture != -1 && !below(texture, foreign.textures.size())) return false;
  return true;
}

}  // namespace

std::string to_bytes(const Result<ForeignScene>& scene) {
  BlobWriter blob;
  blob.put(std::uint8_t(scene ? 1 : 0));
  if (scene) {
    ForeignScene copy = *scene;
    pass_scene(blob, copy);
  } else {
    blob.put(static_cast<std::int32_t>(scene.error().code)).put(scene.error().message);
  }
  return blob.bytes();
}

Result<ForeignScene> foreign_scene_from(const std::string& bytes, const std::string& where) {
  const auto damaged = [&] {
    return fail(ErrorCode::kInput, "{}: what its reader made of it is damaged; open it in Blender and export it as GLB",
                where);
  };
  auto blob = BlobReader::parse(bytes, where);
  if (!blob) return damaged();
  std::uint8_t good = 0;
  blob->get(good);
  if (good == 0) {
    Error error;
    const bool known = pass_choice(*blob, error.code, ErrorCode::kFailed);
    blob->get(error.message);
    if (!known || !blob->ok() || error.message.empty()) return damaged();
    return tl::unexpected(std::move(error));
  }
  ForeignScene scene;
  if (!pass_scene(*blob, scene) || !blob->ok() || !consistent(scene)) return damaged();
  return scene;
}

}  // namespace mp4d::internal
