#pragma once
#include "core/image.h"
#include <vector>

namespace mp4d {

/// Pieces of a mask, 4-connected: label of each pixel (0 = none) and how many there are.
std::vector<int> label_pieces(const Mask& mask, int& count);

/// Share of the mask that its mirror image across the best upright axis covers (intersection over union).
double mirror_overlap(const Mask& mask);

/// A limb of a silhouette that reaches the ground.
struct LegOutline {
  Mask mask;                   ///< the limb and a piece of the trunk that it grows from
  int foot_x = 0, foot_y = 0;  ///< lowest pixel
  float radius = 0;            ///< pixels, half its width
};

struct SideView {
  Mask trunk;  ///< the silhouette without its legs
  std::vector<LegOutline> legs;
  float radius = 0;  ///< pixels, of the trunk's largest inscribed circle
  int middle_x = 0;  ///< of the trunk
};

/// Trunk and legs of an animal seen from the side: legs are what an opening (by half the trunk's radius) takes away and
/// what reaches the lowest eighth. Two that grow together above are parted where they meet.
SideView split_side_view(const Mask& mask);

}  // namespace mp4d
