#include "io/internal/picture_format.h"
#include "core/runtime.h"
#include <optional>

namespace mp4d::internal {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kMostPixels = std::uint64_t{1} << 29;
constexpr std::uint64_t kNoMatter = std::uint64_t{1} << 24;  // pixels that are not worth asking what memory there is

struct Shape {
  std::uint64_t width = 0, height = 0;
  int channels = 3;
  int depth = 1;  ///< bytes of one channel
};

/// Numbers of a file; `good` turns false where there is nothing.
class Fields {
 public:
  Fields(const ReadAt& read_at, bool big_endian) : read_at_(read_at), big_endian_(big_endian) {}

  std::uint64_t number(std::uint64_t offset, std::size_t size) {
    const std::string bytes = read_at_(offset, size);
    good = good && bytes.size() == size;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      value = value << 8 | static_cast<std::uint8_t>(bytes[big_endian_ ? i : bytes.size() - 1 - i]);
    return value;
  }
  bool good = true;

 private:
  const ReadAt& read_at_;
  bool big_endian_;
};

Shape shape_of_png(Fields& fields) {
  Shape shape{fields.number(16, 4), fields.number(20, 4)};
  const std::uint64_t colour = fields.number(25, 1);
  shape.channels = colour == 0 ? 1 : colour == 4 || colour == 6 ? 4 : 3;
  shape.depth = fields.number(24, 1) == 16 ? 2 : 1;
  return shape;
}

Shape shape_of_bmp(Fields& fields) {
  if (fields.number(14, 4) == 12) return {fields.number(18, 2), fields.number(20, 2)};
  const auto height = static_cast<std::int32_t>(fields.number(22, 4));  // negative = the top row first
  return {fields.number(18, 4), static_cast<std::uint64_t>(std::abs(std::int64_t{height})), 4};
}

Shape shape_of_webp(Fields& fields, std::string_view kind) {
  if (kind == "VP8X") return {fields.number(24, 3) + 1, fields.number(27, 3) + 1, 4};
  if (kind == "VP8L") {
    const std::uint64_t bits = fields.number(21, 4);
    return {(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, 4};
  }
  return {fields.number(26, 2) & 0x3fff, fields.number(28, 2) & 0x3fff};
}

/// The frame header comes after any number of other segments, between which there may be anything but a marker.
Shape shape_of_jpeg(const ReadAt& read_at, Fields& fields) {
  constexpr int kMostSegments = 20000;
  constexpr std::size_t kBlock = 4096;
  std::uint64_t at = 2;
  for (int segment = 0; segment < kMostSegments; ++segment) {
    const std::string block = read_at(at, kBlock);
    const std::size_t start = block.find('\xff');
    const std::size_t found = start == std::string::npos ? start : block.find_first_not_of('\xff', start);
    if (found == std::string::npos) {
      if (block.size() < kBlock) break;
      at += start == std::string::npos || start == 0 ? kBlock - 1 : start;
      continue;
    }
    const auto marker = static_cast<std::uint8_t>(block[found]);
    at += found + 1;
    if (marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8)) continue;  // these stand alone
    if (marker == 0xd9 || marker == 0xda) break;                                     // the end, or the pixels already
    if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
      return {fields.number(at + 5, 2), fields.number(at + 3, 2), fields.number(at + 7, 1) == 1 ? 1 : 3};
    at += std::max<std::uint64_t>(fields.number(at, 2), 2);
    if (!fields.good) break;
  }
  return {};
}

Shape shape_of_tiff(Fields& fields) {
  Shape shape;
  shape.channels = 1;
  const std::uint64_t list = fields.number(4, 4), count = fields.number(list, 2);
  for (std::uint64_t i = 0; i < count && fields.good; ++i) {
    const std::uint64_t entry = list + 2 + 12 * i, tag = fields.number(entry, 2), type = fields.number(entry + 2, 2);
    const std::size_t size = type == 1 ? 1 : type == 3 ? 2 : 4;
    if (tag == 256) shape.width = fields.number(entry + 8, size);
    if (tag == 257) shape.height = fields.number(entry + 8, size);
    if (tag == 277) shape.channels = static_cast<int>(std::min<std::uint64_t>(fields.number(entry + 8, size), 4));
  }
  return shape;
}

std::optional<Shape> shape_of(const ReadAt& read_at) {
  const std::string head = read_at(0, 16);
  if (!is_known_picture(head)) return std::nullopt;
  const bool jpeg = head[0] == '\xff', png = head[0] == '\x89';
  Fields fields(read_at, jpeg || png || head.starts_with("MM"));
  const Shape shape = png                      ? shape_of_png(fields)
                      : jpeg                   ? shape_of_jpeg(read_at, fields)
                      : head.starts_with("BM") ? shape_of_bmp(fields)
                      : head.starts_with("RI") ? shape_of_webp(fields, std::string_view(head).substr(12))
                                               : shape_of_tiff(fields);
  if (!fields.good || shape.width < 1 || shape.height < 1) return std::nullopt;
  return shape;
}

}  // namespace

bool is_known_picture(std::string_view head) {
  if (head.starts_with("RIFF")) return head.substr(0, 12).ends_with("WEBP");
  for (const std::string_view start : {"\x89PNG\r\n\x1a\n"sv, "\xff\xd8\xff"sv, "BM"sv, "II*\0"sv, "MM\0*"sv})
    if (head.starts_with(start)) return true;
  return false;
}

Result<void> check_picture(const ReadAt& read_at) {
  const std::optional<Shape> shape = shape_of(read_at);
  if (!shape) return fail(ErrorCode::kInput, "not a readable PNG, JPEG, WebP, TIFF or BMP image; convert it to PNG");
  if (shape->width > kMostPixels / shape->height)
    return fail(ErrorCode::kInput, "too large: {} x {} pixels, where a picture may have {} million; scale it down", shape->width,
                shape->height, kMostPixels / 1000000);
  const std::uint64_t pixels = shape->width * shape->height;
  if (pixels <= kNoMatter) return {};
  // As the decoder leaves it, in our order of channels and in our own memory.
  const std::uint64_t needed = pixels * static_cast<std::uint64_t>(shape->channels) * static_cast<std::uint64_t>(shape->depth + 2);
  const std::uint64_t free = available_memory();
  if (needed > free)
    return fail(ErrorCode::kResource, "too large: {} x {} pixels need {:.1f} GB of memory, {:.1f} GB are free; scale it down, or close other programs",
                shape->width, shape->height, static_cast<double>(needed) / 1e9, static_cast<double>(free) / 1e9);
  return {};
}

Result<void> check_picture(std::string_view bytes) {
  return check_picture([bytes](std::uint64_t offset, std::size_t size) {
    return std::string(offset < bytes.size() ? bytes.substr(offset, size) : std::string_view());
  });
}

}  // namespace mp4d::internal
