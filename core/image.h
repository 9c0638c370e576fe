#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mp4d {

/// Row-major, channels interleaved, top row first. 8-bit colour is RGB or RGBA in sRGB.
template <class T>
struct ImageOf {
  int width = 0;
  int height = 0;
  int channels = 0;
  std::vector<T> data;

  ImageOf() = default;
  ImageOf(int w, int h, int c, T value = T{})
      : width(w), height(h), channels(c), data(static_cast<std::size_t>(w) * h * c, value) {}

  bool empty() const { return data.empty(); }
  std::size_t pixels() const { return static_cast<std::size_t>(width) * height; }
  T& at(int x, int y, int c = 0) { return data[(static_cast<std::size_t>(y) * width + x) * channels + c]; }
  const T& at(int x, int y, int c = 0) const { return data[(static_cast<std::size_t>(y) * width + x) * channels + c]; }
};

using Image = ImageOf<std::uint8_t>;
using ImageF = ImageOf<float>;
/// One channel, 0 = background, 255 = subject.
using Mask = ImageOf<std::uint8_t>;

}  // namespace mp4d
