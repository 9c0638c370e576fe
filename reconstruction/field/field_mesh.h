#pragma once
#include "core/camera.h"
#include "core/job_context.h"
#include "core/mesh.h"
#include "core/options.h"
#include "reconstruction/field/grid_march.h"

namespace mp4d {

/// How `magicpose4d field mesh` makes a surface; see field_mesh_options().
struct FieldMeshOptions {
  double opacity = 0.3;
  bool cull = true;
  double least_part = 0.01;
  int faces = 0;
};
const OptionTable<FieldMeshOptions>& field_mesh_options();

/// The surface on which half a voxel is as opaque as the options say, in the scene's coordinates, coloured as the
/// camera sees it that is nearest among those that see it. `cameras`: of the pictures; parts that none of them sees
/// are cut off if asked, and pieces with a smaller share of the faces than least_part. Errors: kFailed if nothing is
/// left, kCancelled.
Result<Mesh> field_mesh(const GridField& field, const std::vector<Camera>& cameras, float near,
                        const FieldMeshOptions& options, JobContext* job = nullptr);

}  // namespace mp4d
