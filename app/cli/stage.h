#pragma once
#include "core/mesh.h"

namespace mp4d {

/// A round, textured place about `box`: a ground just under it and a wall, `radius` metres from its centre, lower than
/// that so that it keeps the light off nothing. Textures are value noise, the same for the same `seed`.
Mesh make_stage(const Aabb& box, float radius, unsigned seed);

}  // namespace mp4d
