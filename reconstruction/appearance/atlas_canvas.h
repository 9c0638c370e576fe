#pragma once
#include "core/image.h"
#include "motion/unwrap.h"
#include "render/hard_raster.h"
#include <algorithm>
#include <vector>

namespace mp4d {

/// Texels between the charts of an atlas of this size: enough for three levels of smaller copies.
constexpr int texture_padding(int size) { return std::max(2, size / 128); }

/// The face and barycentrics of each texel's centre, `size` x `size`.
GBuffer draw_atlas(const Atlas& atlas, int size);

/// Colours and trust on the texel grid of an atlas; `covered` where they mean something.
struct AtlasCanvas {
  explicit AtlasCanvas(int s) : size(s), colours(Points::Zero(s * s, 3)), seen(Eigen::VectorXf::Zero(s * s)), covered(s * s, 0) {}

  /// Lets what is covered grow by `rounds` texels: each new texel is the mean of its covered neighbours.
  void widen(int rounds);
  /// RGB; the mean colour where nothing is covered.
  Image image() const;

  int size;
  Points colours;
  Eigen::VectorXf seen;
  std::vector<char> covered;
};

}  // namespace mp4d
