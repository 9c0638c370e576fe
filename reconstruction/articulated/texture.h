#pragma once
#include "reconstruction/appearance/atlas_canvas.h"
#include "reconstruction/articulated/picture_colours.h"

namespace mp4d {

struct Symmetry {
  std::vector<int> twin;  ///< mirror twin of each vertex (mirror_map()), or -1
  int axis = 0;           ///< the coordinate that changes sign
};

/// Paints the atlas of film's surface, `size` x `size` RGB. Each texel shows what the pictures do; as far as they show
/// nothing, its mirror image on the surface, and where that is hidden too, colours diffused over the surface. `rest`,
/// V x 3, is the shape in which left and right mirror. Gutters repeat the charts' rims. Error: cancelled.
Result<Image> bake_texture(const FilmedSurface& film, const Atlas& atlas, const Points& rest, const Symmetry& symmetry,
                           int size, JobContext* job = nullptr);

}  // namespace mp4d
