#pragma once
#include "core/result.h"
#include "reconstruction/human/body_skeleton.h"
#include "reconstruction/human/makehuman_files.h"
#include <array>
#include <vector>

namespace mp4d::human {

/// The up to four joints that a vertex follows; weights sum to 1.
struct JointWeights {
  std::array<std::uint8_t, 4> joints{};
  std::array<float, 4> weights{};
};

/// The four strongest of a vertex' weights, normalised; all on the pelvis if none is positive.
JointWeights strongest_joints(const std::array<float, kJointCount>& weights);

/// Weights of the base mesh from those of MakeHuman's 31 bones "cmu_mb", each counted for the joint it turns with.
/// Error (kInput) names a bone that is not known.
Result<std::vector<JointWeights>> joint_weights(const BoneWeights& bones, int base_vertex_count);

/// Linear blend skinning in place: `verts` (rows as `weights`) from rest to the pose of `world_from_rest`.
void pose_vertices(const std::vector<JointWeights>& weights, const std::array<Iso3, kJointCount>& world_from_rest,
                   Eigen::Ref<Points> verts);

}  // namespace mp4d::human
