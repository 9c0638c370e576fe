#pragma once
#include "core/job_context.h"
#include "motion/rig.h"
#include <filesystem>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

namespace mp4d {

// What a file holds before it becomes a RiggedModel; private to io. The readers fill it in the file's own
// structure, assemble_model turns it into one mesh on one skeleton.

struct ImportedNode {
  std::string name;  ///< may be empty or taken; made unique when assembled
  int parent = -1;   ///< any other node; no cycles
  Transform rest;
  bool in_scene = true;       ///< meshes of nodes outside the shown scene are left out
  bool holds_object = false;  ///< carries a camera, light or skinned mesh: no joint unless something needs it
};

struct ImportedMesh {
  std::string name;
  int node = 0;
  Points verts;
  Points normals;  ///< or 0 rows
  Points colors;   ///< sRGB, or 0 rows
  Points2 uvs;     ///< origin top left, or 0 rows
  Faces faces;
  std::vector<int> face_material;  ///< F indices into the scene's materials
  std::vector<int> bones;          ///< nodes; empty = rigid on `node`
  std::vector<Mat4> bone_from_mesh;
  std::vector<std::vector<std::pair<int, float>>> influences;  ///< for each vertex (index into bones, weight)
};

enum class Interpolation { kLinear, kStep, kCubic };
enum class Path { kTranslation, kRotation, kScale };

/// Key values of one path of one node. Rotations are x, y, z, w. `values` has one entry a key, or for kCubic
/// three: in-tangent, value, out-tangent.
struct ImportedTrack {
  int node = 0;
  Path path = Path::kTranslation;
  Interpolation interpolation = Interpolation::kLinear;
  std::vector<double> times;
  std::vector<Vec4> values;
};

struct ImportedClip {
  std::string name;
  std::vector<ImportedTrack> tracks;
};

struct ImportedScene {
  std::vector<ImportedNode> nodes;
  std::vector<ImportedMesh> meshes;
  std::vector<Material> materials;
  std::vector<ImportedClip> clips;
  bool motion_only = false;  ///< the file says nothing of meshes; one that does must have triangles
};

/// glTF 2.0 (.gltf with its files, or .glb), every accessor checked against the file before it is read.
Result<ImportedScene> import_gltf(const std::filesystem::path& path, JobContext* job);

/// Wavefront OBJ with vertex colours and MTL. Vertices stay in the file's order (Assimp would give every corner its
/// own, or merge those that happen to coincide), so that a sequence of files keeps its topology.
Result<ImportedScene> import_obj(const std::filesystem::path& path, JobContext* job);

/// BVH. `unit_m` = metres in one unit; 0 = guessed from the skeleton's size, since files do not say. End sites become
/// joints named after their parent with "_end".
Result<ImportedScene> import_bvh(const std::filesystem::path& path, JobContext* job, double unit_m = 0);

/// USD text (.usda, or .usdz with one inside): meshes, one UsdSkel skeleton, all its animations, preview materials with
/// textures. Errors: binary layers, references to other files, transforms that are not applied.
Result<ImportedScene> import_usd(const std::filesystem::path& path, JobContext* job);

/// FBX, Collada, PLY, STL through Assimp in a process of its own (internal/reader_process.h); metres and y up.
Result<ImportedScene> import_foreign(const std::filesystem::path& path, JobContext* job);

/// Joins vertices that agree in everything, influences included (Assimp's own joining forgets these).
void weld_identical(ImportedMesh& mesh);

/// See read_model. Errors: no triangles, values that are not finite, indices out of range, times out of order.
/// Repairs, each with a warning: missing or repeated names, vertices without weights, more than four influences
/// that matter, clips without keys.
Result<RiggedModel> assemble_model(const std::filesystem::path& path, ImportedScene scene, JobContext* job);

/// Samples `clip` at the union of its key times (plus what steps and cubic curves need to become linear).
/// `nodes` gives the rest values of paths that are not animated. Errors name the clip and node.
Result<Clip> sample_imported_clip(const ImportedClip& clip, const std::vector<ImportedNode>& nodes);

/// A file named inside a model file. Errors when it lies outside the folder of `model`, which a file from
/// elsewhere could use to read private files.
Result<std::filesystem::path> resolve_reference(const std::filesystem::path& model, const std::string& reference);

/// Decodes PNG, JPEG, WebP, TIFF, BMP to RGB or RGBA, 8 bit. Errors, without a file's name: it cannot be read, or is too large.
Result<Image> decode_image(std::string_view bytes);

/// The pictures of a model's materials: each is decoded once, and what they take together is bounded, since every material that
/// shows a picture gets a copy of its own.
class Textures {
 public:
  static constexpr std::uint64_t kMostBytes = std::uint64_t{8} << 30;

  /// `where` begins the errors.
  explicit Textures(std::string where, std::uint64_t most_bytes = kMostBytes) : where_(std::move(where)), most_bytes_(most_bytes) {}

  /// Index of the picture called `key`, which `decode` gives at the first call. Errors: those of `decode`, also at later calls,
  /// and kResource, too much for memory with those before.
  Result<int> find(const std::string& key, const std::function<Result<Image>()>& decode);
  const Image& operator[](int index) const { return pictures_[static_cast<std::size_t>(index)]; }

  /// Gives `materials` their pictures; `picture_of` has one index each, -1 = none. Error (kResource) as of find().
  Result<void> hand_out(const std::vector<int>& picture_of, std::vector<Material>& materials) const;

 private:
  Result<void> check_room(std::uint64_t bytes, std::uint64_t more) const;

  std::string where_;
  std::uint64_t most_bytes_;
  std::uint64_t decoded_bytes_ = 0;
  std::vector<Image> pictures_;
  std::map<std::string, Result<int>> known_;
};

}  // namespace mp4d
