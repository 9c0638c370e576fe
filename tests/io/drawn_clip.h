#pragma once
#include "core/files.h"
#include "core/rng.h"
#include "io/masks.h"
#include <algorithm>
#include <cmath>
#include <utility>

namespace mp4d::test {

/// Smooth noise in 0..1, one octave: a value a lattice point `cell` pixels apart, smoothly interpolated.
inline double noise(double x, double y, double cell, std::uint64_t seed) {
  const double gx = x / cell, gy = y / cell;
  const double fx = std::floor(gx), fy = std::floor(gy);
  const auto value = [&](double i, double j) {
    return rng::uniform(seed, 0, static_cast<std::uint64_t>((i + 5000) * 100000 + (j + 5000)));
  };
  const double a = gx - fx, b = gy - fy;
  const double u = a * a * (3 - 2 * a), v = b * b * (3 - 2 * b);
  return (1 - v) * ((1 - u) * value(fx, fy) + u * value(fx + 1, fy)) +
         v * ((1 - u) * value(fx, fy + 1) + u * value(fx + 1, fy + 1));
}

struct DrawnClip {
  Frames frames;
  std::vector<Mask> truth;
  std::vector<std::pair<double, double>> centres;  ///< of the disc, pixels
};

struct DrawnOptions {
  int width = 240, height = 160, count = 16;
  double radius = 30;
  double pan = 0;                   ///< background moves by (-pan, 0) px a frame
  double step_x = 5, step_y = 1.5;  ///< disc's motion in the image, px a frame
  double start_x = 70, start_y = 65;
};

/// A disc with a reddish texture of its own over a greenish textured background, both moving rigidly.
inline DrawnClip draw_clip(const DrawnOptions& options) {
  DrawnClip clip;
  for (int t = 0; t < options.count; ++t) {
    const double cx = options.start_x + options.step_x * t, cy = options.start_y + options.step_y * t;
    Image image(options.width, options.height, 3);
    Mask mask(options.width, options.height, 1);
    for (int y = 0; y < options.height; ++y)
      for (int x = 0; x < options.width; ++x) {
        const double bx = x + options.pan * t;
        const double back = 0.6 * noise(bx, y, 9, 1) + 0.4 * noise(bx, y, 23, 2);
        const double disc = noise(x - cx, y - cy, 6, 3);
        const double inside = std::clamp(options.radius + 0.5 - std::hypot(x - cx, y - cy), 0.0, 1.0);
        const double grain =
            3 * rng::normal(7, static_cast<std::uint64_t>(t), static_cast<std::uint64_t>(y * 4096 + x));
        const double subject[3] = {120 + 110 * disc, 40 + 60 * disc, 30 + 50 * disc};
        const double ground[3] = {40 + 70 * back, 70 + 110 * back, 50 + 70 * back};
        for (int c = 0; c < 3; ++c)
          image.at(x, y, c) =
              static_cast<std::uint8_t>(std::clamp(inside * subject[c] + (1 - inside) * ground[c] + grain, 0.0, 255.0));
        mask.at(x, y) = inside >= 0.5 ? 255 : 0;
      }
    clip.frames.images.push_back(std::move(image));
    clip.frames.times.push_back(t / 24.0);
    clip.frames.names.push_back(fmt::format("{:04d}", t));
    clip.truth.push_back(std::move(mask));
    clip.centres.emplace_back(cx, cy);
  }
  clip.frames.fps = 24;
  return clip;
}

/// Peak signal-to-noise ratio over the pixels both images have, dB.
inline double psnr(const Image& a, const Image& b) {
  double sum = 0;
  int count = 0;
  for (int y = 0; y < std::min(a.height, b.height); ++y)
    for (int x = 0; x < std::min(a.width, b.width); ++x)
      for (int c = 0; c < 3; ++c, ++count) sum += std::pow(double{1} * a.at(x, y, c) - b.at(x, y, c), 2);
  return 10 * std::log10(255.0 * 255.0 * count / std::max(sum, 1e-9));
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace mp4d::test
