#pragma once
#include "core/image.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace mp4d::test {

/// A rounded stroke in a picture: from (x0, y0) to (x1, y1), half as wide as `radius` at each end, pixels.
struct Stroke {
  float x0, y0, x1, y1, radius0, radius1;
};

inline Mask draw_strokes(int width, int height, const std::vector<Stroke>& strokes) {
  Mask mask(width, height, 1);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (const Stroke& s : strokes) {
        const float dx = s.x1 - s.x0, dy = s.y1 - s.y0, px = float(x) + 0.5f - s.x0, py = float(y) + 0.5f - s.y0;
        const float t = std::clamp((px * dx + py * dy) / std::max(dx * dx + dy * dy, 1e-6f), 0.0f, 1.0f);
        if (std::hypot(px - t * dx, py - t * dy) < s.radius0 + t * (s.radius1 - s.radius0)) mask.at(x, y) = 255;
      }
  return mask;
}

/// A dog-like animal from its side, facing right; its near legs hide the far ones, or all four are seen.
inline Mask draw_animal(bool four_legs) {
  std::vector<Stroke> strokes = {{90, 150, 225, 150, 34, 36},  // trunk
                                 {225, 140, 275, 95, 24, 19},  // neck
                                 {275, 92, 320, 104, 20, 9},   // head
                                 {70, 140, 32, 175, 8, 6}};    // tail
  const auto leg = [&](float hip, float foot) {
    strokes.push_back({hip, 160, 0.5f * (hip + foot), 215, 17, 11});
    strokes.push_back({0.5f * (hip + foot), 215, foot, 275, 11, 9});
  };
  leg(85, four_legs ? 62 : 80);
  leg(230, four_legs ? 212 : 228);
  if (four_legs) leg(95, 112), leg(232, 256);
  return draw_strokes(360, 300, strokes);
}

/// A person from the front.
inline Mask draw_person() {
  std::vector<Stroke> strokes = {{120, 110, 120, 180, 30, 26}, {120, 70, 120, 90, 11, 11}, {120, 45, 120, 52, 22, 20}};
  for (const float side : {-1.0f, 1.0f}) {
    strokes.push_back({120 + side * 28, 98, 120 + side * 62, 160, 11, 9});
    strokes.push_back({120 + side * 62, 160, 120 + side * 84, 210, 9, 8});
    strokes.push_back({120 + side * 14, 185, 120 + side * 22, 255, 15, 12});
    strokes.push_back({120 + side * 22, 255, 120 + side * 26, 325, 12, 10});
  }
  return draw_strokes(240, 345, strokes);
}

/// RGBA: red left of the middle, blue right of it, transparent (and green) outside the mask.
inline Image coloured(const Mask& mask) {
  Image out(mask.width, mask.height, 4);
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      const bool inside = mask.at(x, y) > 0, left = 2 * x < mask.width;
      const std::array<std::uint8_t, 4> pixel = {
          std::uint8_t(inside && left ? 220 : 10), std::uint8_t(inside ? 10 : 220),
          std::uint8_t(inside && !left ? 220 : 10), std::uint8_t(inside ? 255 : 0)};
      std::copy(pixel.begin(), pixel.end(), &out.at(x, y));
    }
  return out;
}

}  // namespace mp4d::test
