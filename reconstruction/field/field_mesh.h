#pragma once
#include "core/camera.h"
#include "core/job_context.h"
#include "core/mesh.h"
#include "core/options.h"
#include "reconstruction/field/grid_march.h"

namespace mp4d {

/// How `magicpose4d field mesh` makes a surface; see field_mesh_options().
struct FieldMeshOptions {
  int least_views = 2;
  double reach = 2;
  double time = 0;
  double least_part = 0.01;
  int faces = 0;
  int texture = 0;
};
const OptionTable<FieldMeshOptions>& field_mesh_options();

/// The surface of a field, in the scene's coordinates: its distances' zero, or where the cameras' depth maps of its densities
/// agree that it is. Coloured as the cameras see it. `cameras`: of the pictures; parts that fewer of them see than
/// least_views are cut off, and pieces with a smaller share of the faces than least_part. With a texture, vertices are doubled
/// along its cuts. Errors: kFailed if nothing is left, kUsage for a texture with too little room, kCancelled.
Result<Mesh> field_mesh(const GridField& field, const std::vector<Camera>& cameras, float near, const Vec3& background,
                        const FieldMeshOptions& options, JobContext* job = nullptr);

}  // namespace mp4d
