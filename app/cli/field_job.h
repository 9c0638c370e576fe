#pragma once
#include "app/cli/field_path.h"
#include "core/job_context.h"
#include "core/mesh.h"
#include "reconstruction/field/field_checkpoint.h"
#include "reconstruction/field/field_mesh.h"

namespace mp4d {

/// How rays of a trained field are followed, and what is behind it.
MarchOptions march_of(const nlohmann::json& about);
Vec3 background_of(const nlohmann::json& about);

/// Draws a field: a video along the options' path (.mp4, .gif) or its first picture (.png, .jpg), or that one's floats (.npy, height x
/// width, x 3 for colours and normals). Phase "draw". Errors: those of
/// field_path(), not enough memory for the video, the file cannot be written, kCancelled.
Result<void> write_field_view(const FieldCheckpoint& saved, const FieldRenderOptions& options, const std::filesystem::path& out,
                              JobContext* job);

/// field_mesh() as its own cameras saw it. Phases "look", "surface".
Result<Mesh> mesh_of_field(const FieldCheckpoint& saved, const FieldMeshOptions& options, JobContext* job);

/// The same, written as .glb, .ply or .obj.
Result<Mesh> write_field_mesh(const FieldCheckpoint& saved, const FieldMeshOptions& options, const std::filesystem::path& out,
                              JobContext* job);

}  // namespace mp4d
