#pragma once
#include "reconstruction/articulated/guess_meshes.h"

namespace mp4d {

/// Pulls of single vertices towards points: N of each.
struct ChamferPairs {
  std::vector<int> frame, vertex;
  std::vector<float> target;  ///< N x 3
  std::vector<float> weight;
};

/// Global-local Chamfer distance as pairs of nearest neighbours:
///   CD(X, Y) + local / B sum_b CD(X_b, Y_b),  CD = mean over X of |x - y(x)|^2 + mean over Y of |y - x(y)|^2.
/// X are the vertices `verts`, X_b those of part b (`part` = V values in 0..parts-1); Y_b = the target points whose nearest vertex
/// is of part b. Parts with fewer than 20 points on either side are left out. Appends to `pairs` under `frame`.
void add_chamfer_pairs(const Points& verts, const std::vector<int>& part, int parts, const Points& target, float local,
                       int frame, ChamferPairs& pairs);

}  // namespace mp4d
