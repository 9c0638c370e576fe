#pragma once
#include <cmath>

namespace mp4d {

// IEC 61966-2-1, single channel, 0..1.
inline float srgb_from_linear(float linear) {
  return linear <= 0.0031308f ? 12.92f * linear : 1.055f * std::pow(linear, 1 / 2.4f) - 0.055f;
}
inline float linear_from_srgb(float srgb) {
  return srgb <= 0.04045f ? srgb / 12.92f : std::pow((srgb + 0.055f) / 1.055f, 2.4f);
}

}  // namespace mp4d
