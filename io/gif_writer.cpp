#include "io/internal/gif_writer.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace mp4d::internal {
namespace {

using Rgb = std::array<std::uint8_t, 3>;

constexpr int kColours = 256;
constexpr int kMaxCode = 4096;

std::vector<Rgb> sample_pixels(const std::vector<Image>& images) {
  std::size_t total = 0;
  for (const Image& image : images) total += image.pixels();
  const std::size_t stride = std::max<std::size_t>(1, total / 200000);
  std::vector<Rgb> samples;
  std::size_t next = 0, seen = 0;
  for (const Image& image : images) {
    for (; next < seen + image.pixels(); next += stride) {
      const std::uint8_t* p = &image.data[(next - seen) * image.channels];
      samples.push_back({p[0], p[1], p[2]});
    }
    seen += image.pixels();
  }
  return samples;
}

struct Box {
  std::size_t begin, end;
  int axis;
  int extent;
};

Box make_box(const std::vector<Rgb>& samples, std::size_t begin, std::size_t end) {
  Box box{begin, end, 0, 0};
  for (int axis = 0; axis < 3; ++axis) {
    int low = 255, high = 0;
    for (std::size_t i = begin; i < end; ++i) {
      low = std::min<int>(low, samples[i][axis]);
      high = std::max<int>(high, samples[i][axis]);
    }
    if (high - low > box.extent) {
      box.extent = high - low;
      box.axis = axis;
    }
  }
  return box;
}

std::vector<Rgb> median_cut(std::vector<Rgb> samples) {
  std::vector<Box> boxes = {make_box(samples, 0, samples.size())};
  while (boxes.size() < kColours) {
    const auto widest = std::max_element(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) {
      return static_cast<double>(a.extent) * std::sqrt(static_cast<double>(a.end - a.begin)) <
             static_cast<double>(b.extent) * std::sqrt(static_cast<double>(b.end - b.begin));
    });
    if (widest->extent == 0) break;
    const Box box = *widest;
    const std::size_t middle = (box.begin + box.end) / 2;
    std::nth_element(samples.begin() + static_cast<std::ptrdiff_t>(box.begin),
                     samples.begin() + static_cast<std::ptrdiff_t>(middle),
                     samples.begin() + static_cast<std::ptrdiff_t>(box.end),
                     [&](const Rgb& a, const Rgb& b) { return a[box.axis] < b[box.axis]; });
    *widest = make_box(samples, box.begin, middle);
    boxes.push_back(make_box(samples, middle, box.end));
  }
  std::vector<Rgb> palette;
  for (const Box& box : boxes) {
    std::array<double, 3> sum{};
    for (std::size_t i = box.begin; i < box.end; ++i)
      for (int c = 0; c < 3; ++c) sum[c] += samples[i][c];
    Rgb mean{};
    for (int c = 0; c < 3; ++c)
      mean[c] = static_cast<std::uint8_t>(std::lround(sum[c] / static_cast<double>(box.end - box.begin)));
    palette.push_back(mean);
  }
  return palette;
}

/// Nearest palette entry for each colour of 5 bits a channel.
std::vector<std::uint8_t> nearest_table(const std::vector<Rgb>& palette) {
  std::vector<std::uint8_t> table(32 * 32 * 32);
  for (int i = 0; i < static_cast<int>(table.size()); ++i) {
    const std::array<int, 3> colour = {(i >> 10) * 255 / 31, (i >> 5 & 31) * 255 / 31, (i & 31) * 255 / 31};
    int best = std::numeric_limits<int>::max();
    for (std::size_t k = 0; k < palette.size(); ++k) {
      int distance = 0;
      for (int c = 0; c < 3; ++c) distance += (colour[c] - palette[k][c]) * (colour[c] - palette[k][c]);
      if (distance < best) {
        best = distance;
        table[i] = static_cast<std::uint8_t>(k);
      }
    }
  }
  return table;
}

std::vector<std::uint8_t> to_indices(const Image& image, const std::vector<std::uint8_t>& nearest) {
  static constexpr std::array<int, 16> bayer = {0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5};
  std::vector<std::uint8_t> indices(image.pixels());
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x) {
      const int dither = bayer[(y & 3) * 4 + (x & 3)] - 8;
      int key = 0;
      for (int c = 0; c < 3; ++c)
        key = key << 5 | (std::clamp(image.at(x, y, c) + dither / 2, 0, 255) * 31 + 127) / 255;
      indices[static_cast<std::size_t>(y) * image.width + x] = nearest[key];
    }
  return indices;
}

void put_u16(std::string& out, int value) {
  out += static_cast<char>(value & 255);
  out += static_cast<char>(value >> 8 & 255);
}

/// GIF's variable-length LZW (GIF89a specification, appendix F), in sub-blocks of at most 255 bytes.
void put_lzw(std::string& out, const std::vector<std::uint8_t>& indices) {
  constexpr int clear = kColours, stop = kColours + 1;
  std::vector<std::int16_t> next(static_cast<std::size_t>(kMaxCode) * kColours, -1);
  std::string bytes;
  std::uint32_t bits = 0;
  int bit_count = 0, code_size = 9, code_count = stop + 1;
  const auto put = [&](int code) {
    bits |= static_cast<std::uint32_t>(code) << bit_count;
    for (bit_count += code_size; bit_count >= 8; bit_count -= 8, bits >>= 8) bytes += static_cast<char>(bits & 255);
  };
  put(clear);
  int prefix = indices[0];
  for (std::size_t i = 1; i < indices.size(); ++i) {
    std::int16_t& known = next[static_cast<std::size_t>(prefix) * kColours + indices[i]];
    if (known >= 0) {
      prefix = known;
      continue;
    }
    put(prefix);
    if (code_count < kMaxCode) {
      if (code_count == 1 << code_size) ++code_size;
      known = static_cast<std::int16_t>(code_count++);
    } else {
      put(clear);
      std::fill(next.begin(), next.end(), std::int16_t{-1});
      code_size = 9;
      code_count = stop + 1;
    }
    prefix = indices[i];
  }
  put(prefix);
  if (code_count == 1 << code_size && code_size < 12) ++code_size;
  put(stop);
  if (bit_count > 0) bytes += static_cast<char>(bits & 255);
  out += static_cast<char>(8);
  for (std::size_t i = 0; i < bytes.size(); i += 255) {
    const std::size_t count = std::min<std::size_t>(255, bytes.size() - i);
    out += static_cast<char>(count);
    out.append(bytes, i, count);
  }
  out += '\0';
}

}  // namespace

std::string encode_gif(const std::vector<Image>& images, double fps) {
  std::vector<Rgb> palette = median_cut(sample_pixels(images));
  const std::vector<std::uint8_t> nearest = nearest_table(palette);
  palette.resize(kColours);
  std::string out = "GIF89a";
  put_u16(out, images[0].width);
  put_u16(out, images[0].height);
  out += static_cast<char>(0xF7);  // global palette of 256 colours
  out.append(2, '\0');
  for (const Rgb& colour : palette) out.append(colour.begin(), colour.end());
  out += "\x21\xFF\x0BNETSCAPE2.0\x03\x01";
  out.append(3, '\0');
  for (std::size_t i = 0; i < images.size(); ++i) {
    const long delay =
        std::lround(100.0 * static_cast<double>(i + 1) / fps) - std::lround(100.0 * static_cast<double>(i) / fps);
    out += "\x21\xF9\x04";
    out += '\0';
    put_u16(out, static_cast<int>(std::clamp(delay, 1L, 65535L)));
    out.append(2, '\0');
    out += '\x2C';
    put_u16(out, 0);
    put_u16(out, 0);
    put_u16(out, images[i].width);
    put_u16(out, images[i].height);
    out += '\0';
    put_lzw(out, to_indices(images[i], nearest));
  }
  out += '\x3B';
  return out;
}

}  // namespace mp4d::internal
