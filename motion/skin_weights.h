#pragma once
#include "core/job_context.h"
#include "motion/rig.h"
#include "motion/voxels.h"
#include <string>
#include <vector>

namespace mp4d {

/// A straight piece of the skeleton in the mesh's space that moves with `joint`. A point if a == b.
struct BoneSegment {
  int joint = 0;
  Vec3 a, b;  ///< metres
};

/// The bones of the rest pose: for every joint one segment to each of its children, all bound to that joint. Leaf
/// joints carry no bone (their rotation moves nothing), except a lone joint, which is a point.
std::vector<BoneSegment> bone_segments(const Skeleton& skeleton);

struct HeatWeightOptions {
  double stiffness = 1;  ///< c in H = c / d^2 (paper: 1); larger = narrower blends
};

struct HeatWeights {
  Skin skin;  ///< V rows, at most 4 influences, sum 1; joint_from_mesh = the rest pose's inverse
  /// Pieces of the mesh whose vertices see no bone: bound to the bone that is nearest through the solid (or through
  /// the air, for a piece outside it). Text for the report, e.g. "piece of 52 vertices at (0.1, 1.2, 0.0) -> head".
  std::vector<std::string> fallback_pieces;
  int fallback_vertices = 0;
};

/// Heat-equilibrium skinning weights (Baran and Popovic 2007, section 4): (L + M H) w = M H p with one sparse
/// factorisation and a solve per joint. p of a vertex is the nearest bone whose line of sight stays within `solid`
/// (the mesh's own, voxelise()) and leaves the surface within 60 degrees of its normal; bones as near to 1e-4 of the
/// size share it. Vertices at the same place get the same weights. Weights are finite for every mesh.
/// Errors: kInput for a skeleton without joints or a mesh without faces; kCancelled; kFailed if the factorisation
/// fails. Multi-threaded, deterministic.
Result<HeatWeights> heat_weights(const Mesh& mesh, const Skeleton& skeleton, const VoxelGrid& solid,
                                 const HeatWeightOptions& options = {}, JobContext* job = nullptr);

}  // namespace mp4d
