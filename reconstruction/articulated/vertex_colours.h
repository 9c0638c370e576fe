#pragma once
#include "reconstruction/articulated/picture_colours.h"

namespace mp4d {

/// Colours of a moving surface's vertices from the pictures it was seen in, V x 3 sRGB in 0..1. Those that no frame
/// sees take their mirror twin's colour (`mirror` = V indices or empty), then what diffusion over the surface gives
/// them; grey if nothing was seen at all. `rest`, V x 3, is the shape that diffusion measures. Error: cancelled.
Result<Points> bake_vertex_colours(const FilmedSurface& film, const Points& rest, const std::vector<int>& mirror,
                                   JobContext* job = nullptr);

/// For every vertex the one nearest to its reflection in the plane where coordinate `axis` is 0, V indices; -1 where
/// none is within 3 % of the size.
std::vector<int> mirror_map(const Points& verts, int axis = 0);

}  // namespace mp4d
