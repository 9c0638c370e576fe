#pragma once
#include "core/geometry.h"
#include <array>
#include <optional>
#include <vector>

namespace mp4d {

/// The sides of a flat shape, in any order; no coordinate below 0.
using Outline = std::vector<std::array<Vec2, 2>>;

struct Packing {
  float scale = 1;           ///< cells a unit of length
  std::vector<Vec2> corner;  ///< cell where each shape's (0, 0) comes to lie
};

/// Lays shapes side by side in a square of `side` cells, all enlarged by the same factor, none turned, every two at
/// least `gap` cells apart and half of it from the border. Each slides down as far as the profile of those before it
/// lets it, tallest first (Levy et al. 2002, "Least Squares Conformal Maps", section 4), with the largest scale that
/// finds room, to a thousandth. Nothing if not even points fit.
std::optional<Packing> pack_outlines(const std::vector<Outline>& shapes, int side, int gap);

}  // namespace mp4d
