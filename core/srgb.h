#pragma once
#include "core/geometry.h"
#include <array>
#include <cmath>
#include <cstdint>

namespace mp4d {

/// IEC 61966-2-1, values in 0..1.
inline float linear_from_srgb(float v) {
  return v <= 0.04045f ? v / 12.92f : std::pow((v + 0.055f) / 1.055f, 2.4f);
}
inline float srgb_from_linear(float v) {
  return v <= 0.0031308f ? 12.92f * v : 1.055f * std::pow(v, 1 / 2.4f) - 0.055f;
}
inline Vec3 linear_from_srgb(const Vec3& c) {
  return {linear_from_srgb(c.x()), linear_from_srgb(c.y()), linear_from_srgb(c.z())};
}
/// 8-bit sRGB to linear 0..1.
inline float linear_from_srgb8(std::uint8_t v) {
  static const std::array<float, 256> table = [] {
    std::array<float, 256> t;
    for (int i = 0; i < 256; ++i) t[i] = linear_from_srgb(i / 255.0f);
    return t;
  }();
  return table[v];
}
inline std::uint8_t srgb8_from_linear(float v) {
  return static_cast<std::uint8_t>(std::lround(255 * srgb_from_linear(std::fmin(std::fmax(v, 0.0f), 1.0f))));
}

}  // namespace mp4d
