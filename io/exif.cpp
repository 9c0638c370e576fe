#include "io/internal/exif.h"
#include <cstddef>
#include <cstdint>

namespace mp4d::internal {
namespace {

constexpr std::size_t kStart = 2;  // bytes of the marker that begins a JPEG

unsigned byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

/// Numbers of a TIFF header in its own order of bytes; 0 beyond its end.
struct Tiff {
  std::string& bytes;
  std::size_t begin;
  bool little;

  std::uint32_t get(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    if (at > bytes.size() || bytes.size() - at < size) return 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | byte_at(bytes, at + (little ? size - 1 - i : i));
    return value;
  }
};

void set_upright(std::string& segment, std::size_t tiff_at) {
  constexpr std::size_t kEntry = 12;
  constexpr std::uint32_t kOrientation = 0x0112, kShort = 3;
  const Tiff tiff{segment, tiff_at, segment[tiff_at] == 'I'};
  const std::size_t directory = tiff_at + tiff.get(tiff_at + 4, 4);
  const std::size_t count = tiff.get(directory, 2);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = directory + 2 + kEntry * i;
    if (entry > segment.size() || segment.size() - entry < kEntry) return;
    if (tiff.get(entry, 2) != kOrientation || tiff.get(entry + 2, 2) != kShort) continue;
    segment[entry + 8] = tiff.little ? '\1' : '\0';
    segment[entry + 9] = tiff.little ? '\0' : '\1';
  }
}

}  // namespace

std::string upright_exif(std::string_view jpeg) {
  constexpr std::string_view kName("Exif\0\0", 6);
  if (jpeg.size() < kStart || byte_at(jpeg, 0) != 0xff || byte_at(jpeg, 1) != 0xd8) return {};
  for (std::size_t at = kStart; at + 4 <= jpeg.size();) {
    const unsigned marker = byte_at(jpeg, at + 1);
    const std::size_t size = 2 + (byte_at(jpeg, at + 2) << 8 | byte_at(jpeg, at + 3));
    if (byte_at(jpeg, at) != 0xff || marker == 0xda || size < 4 || size > jpeg.size() - at) return {};
    if (marker == 0xe1 && jpeg.substr(at + 4, size - 4).starts_with(kName)) {
      constexpr std::size_t kTiff = 4 + kName.size(), kLeast = kTiff + 8;
      if (size < kLeast) return {};
      std::string segment(jpeg.substr(at, size));
      set_upright(segment, kTiff);
      return segment;
    }
    at += size;
  }
  return {};
}

std::string with_segment(std::string_view jpeg, std::string_view segment) {
  std::string out(jpeg.substr(0, kStart));
  return out.append(segment).append(jpeg.substr(kStart));
}

}  // namespace mp4d::internal
