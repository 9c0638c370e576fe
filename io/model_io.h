#pragma once
#include "core/job_context.h"
#include "motion/rig.h"
#include <filesystem>

namespace mp4d {

/// Reads GLB/glTF, USD, BVH and OBJ directly, and FBX, DAE, PLY, STL through Assimp (whose glTF misreads normalised weights,
/// steps and cubic curves, and whose OBJ loses vertex order). All meshes are merged; every node becomes a joint
/// except bare holders of skinned meshes, cameras and lights (a file with no skin and no animation gives an empty
/// skeleton and baked node transforms); all clips at the union of their key times; base colour textures (embedded,
/// or files in the model's folder). y up; FBX to metres. The mesh is in the rest pose where the file's bind pose is
/// its rest pose. Errors (kInput) name the file and, for a glTF extension we cannot read (meshopt, Draco), the
/// extension and the remedy. `job` hears of repairs. A file with motion but no surface gives a skeleton with clips and
/// an empty mesh: see require_surface().
Result<RiggedModel> read_model(const std::filesystem::path& path, JobContext* job = nullptr);

/// Error (kInput) naming `path` if `model` is a motion without a mesh.
Result<void> require_surface(const std::filesystem::path& path, const RiggedModel& model);

/// Writes a GLB (export_model() also reads it again, and writes other formats): geometry, normals, colours or texture, one skin (<= 4 influences), all clips with exact times.
/// Written to a temporary name and renamed. A plain mesh (empty skeleton) is written as a static mesh, a skeleton without mesh as bare nodes. Errors
/// (kFailed) name what in the model is inconsistent or not finite.
Result<void> write_glb(const std::filesystem::path& path, const RiggedModel& model);

/// OBJ or binary PLY by ending, with the vertices' colours: a texture is not written, but what it shows at them is.
Result<void> write_mesh(const std::filesystem::path& path, const Mesh& mesh);

/// DeformingThings4D's .anime: int32 frames, vertices, triangles; float32 first frame; int32 triangles;
/// float32 offsets of later frames from the first. `fps` gives the times (the file has none).
Result<MeshSequence> read_anime(const std::filesystem::path& path, double fps = 24);
Result<void> write_anime(const std::filesystem::path& path, const MeshSequence& sequence);

/// A folder of mesh files (natural sort order), one a frame; topology may differ from frame to frame.
Result<std::vector<Mesh>> read_mesh_folder(const std::filesystem::path& folder);

/// `meshes` as a sequence; error if their faces differ.
Result<MeshSequence> to_sequence(const std::vector<Mesh>& meshes, double fps);

}  // namespace mp4d
