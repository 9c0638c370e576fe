#pragma once
#include "motion/voxels.h"

namespace mp4d {

/// The largest connected piece of what is left of a solid (signed distances, negative inside) after an opening by a
/// ball of `radius` metres: without swords, capes, horns and hair, if these are thinner. Distances to a cell. All
/// outside if nothing is so thick. Deterministic.
VoxelGrid thick_parts(const VoxelGrid& solid, float radius);

}  // namespace mp4d
