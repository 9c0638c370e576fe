#include "app/studio/silhouette_error.h"
#include <algorithm>
#include <array>

namespace mp4d {

SilhouetteError silhouette_error(const Mask& drawn, const Mask& truth) {
  // Okabe and Ito's vermilion and blue, told apart by all kinds of colour vision.
  constexpr std::array<std::uint8_t, 4> kMissed{213, 94, 0, 210}, kExtra{0, 114, 178, 210}, kBoth{160, 160, 160, 70}, kNone{0, 0, 0, 0};
  SilhouetteError error;
  error.picture = Image(truth.width, truth.height, 4);
  std::size_t missed = 0, extra = 0, either = 0;
  for (std::size_t i = 0; i < truth.pixels(); ++i) {
    const bool is = drawn.data[i] != 0, should = truth.data[i] != 0;
    missed += should && !is;
    extra += is && !should;
    either += is || should;
    const auto& colour = is && should ? kBoth : should ? kMissed : is ? kExtra : kNone;
    std::copy(colour.begin(), colour.end(), error.picture.data.begin() + static_cast<std::ptrdiff_t>(4 * i));
  }
  if (either > 0) error.missed = double(missed) / either, error.extra = double(extra) / either;
  return error;
}

}  // namespace mp4d
