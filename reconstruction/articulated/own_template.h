#pragma once
#include "reconstruction/articulated/guess.h"

namespace mp4d {

/// A body plan made from the clip itself, for subjects that no shipped one fits: the largest silhouette inflated, its curve
/// skeleton as joints with the radii of the shape there, no sides, no limits. It faces the camera of that silhouette. Errors: no
/// frame shows the subject, or its shape is too thin for a skeleton.
Result<MedialTemplate> own_template(const std::vector<Mask>& masks, float vertical_fov);

/// Merges parts that move alike with the part they hang on, by the direction of their motion: the
/// displacements of a part's vertices from frame to frame by its own motion and by its neighbour's, the cosine between the two,
/// at least 0.99; 0.95 while there are more than 16 parts, 0.90 while there are more than 10. What hardly moves against its
/// neighbour (less than 0.5 % of the size) merges, too. Returns how many parts were merged.
int merge_parts(CoarseGuess& guess);

}  // namespace mp4d
