#include "app/studio/silhouette_error.h"
#include <algorithm>
#include <array>

namespace mp4d {
namespace {

using Colour = std::array<std::uint8_t, 4>;

// Okabe and Ito's vermilion and blue, told apart by all kinds of colour vision.
constexpr Colour kMissed{213, 94, 0, 210}, kExtra{0, 114, 178, 210}, kBoth{160, 160, 160, 70}, kNone{0, 0, 0, 0};

void put(Image& picture, std::size_t pixel, const Colour& colour) {
  std::copy(colour.begin(), colour.end(), picture.data.begin() + static_cast<std::ptrdiff_t>(4 * pixel));
}

/// Both sides of every edge between the mask and the rest.
void draw_outline(Image& picture, const Mask& mask, const Colour& colour) {
  const auto differs = [&](int x, int y, bool is) { return x < mask.width && y < mask.height && (mask.at(x, y) != 0) != is; };
  for (int y = 0; y < mask.height; ++y)
    for (int x = 0; x < mask.width; ++x) {
      const bool is = mask.at(x, y) != 0;
      for (const auto& [u, v] : {std::pair{x + 1, y}, {x, y + 1}}) {
        if (!differs(u, v, is)) continue;
        put(picture, static_cast<std::size_t>(y) * mask.width + x, colour);
        put(picture, static_cast<std::size_t>(v) * mask.width + u, colour);
      }
    }
}

}  // namespace

SilhouetteError silhouette_error(const Mask& drawn, const Mask& truth) {
  SilhouetteError error;
  error.picture = Image(truth.width, truth.height, 4);
  std::size_t missed = 0, extra = 0, either = 0;
  for (std::size_t i = 0; i < truth.pixels(); ++i) {
    const bool is = drawn.data[i] != 0, should = truth.data[i] != 0;
    missed += should && !is;
    extra += is && !should;
    either += is || should;
    put(error.picture, i, is && should ? kBoth : should ? kMissed : is ? kExtra : kNone);
  }
  error.outlines = Image(truth.width, truth.height, 4);
  draw_outline(error.outlines, truth, {213, 94, 0, 255});
  draw_outline(error.outlines, drawn, {0, 114, 178, 255});
  if (either > 0) error.missed = double(missed) / either, error.extra = double(extra) / either;
  return error;
}

}  // namespace mp4d
