#pragma once
#include "motion/rig.h"
#include <utility>
#include <vector>

namespace mp4d {

/// How much a brush does to a vertex.
struct Dab {
  int vertex = 0;
  float amount = 0;  ///< 0..1
};

enum class BrushMode { kAdd, kRemove, kSmooth };

/// The skin with `joint`'s weight raised by the amounts (kAdd) or lowered (kRemove), the others' scaled so that the sum stays
/// 1 - what nothing else takes goes to the joint's parent -, or every weight drawn towards the mean of the vertex's neighbours
/// (kSmooth; `joint` is not used). Vertices at one place count as one neighbour, so seams stay closed.
Skin brushed(const Skin& skin, const Mesh& mesh, const Skeleton& skeleton, int joint, BrushMode mode,
             const std::vector<Dab>& dabs);

/// The skin with the weights of `joint`'s half of the body (about the plane x = that of the root) on the other half: every vertex
/// there takes those of the place that mirrors it, each joint's for its twin (twin_joint()). The half that is taken from stays.
Skin mirrored_weights(const Skin& skin, const Mesh& mesh, const Skeleton& skeleton, int joint);

}  // namespace mp4d
