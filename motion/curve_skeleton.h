#pragma once
#include "core/result.h"
#include "motion/medial_graph.h"
#include "motion/rig.h"

namespace mp4d {

struct CurveSkeletonOptions {
  double shortest_branch = 0.08;  ///< branches shorter than this share of the size (and than the body they leave is
                                  ///< thick) are taken for bumps
  double bone_length = 0.16;      ///< longer stretches are divided, share of the size
  int max_branches = 24;
};

/// A skeleton for any solid, without a template, along grow_tree(). Joints at the middle ("root"), at forks, at tips
/// and along long stretches ("limb1_2": second joint of the longest limb). Rest rotations are the identity. Error
/// (kFailed) if the graph has no balls.
Result<Skeleton> curve_skeleton(const MedialGraph& graph, const VoxelGrid& solid,
                                const CurveSkeletonOptions& options = {});

/// The point reached from `center` along `direction` (unit) where 3/4 of the way to the surface is done.
Vec3 towards_surface(const VoxelGrid& solid, const Vec3& center, const Vec3& direction, float limit);

}  // namespace mp4d
