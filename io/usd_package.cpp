#include "io/internal/usd_text.h"
#include <cstdint>
#include <cstring>
#include <zlib.h>

namespace mp4d {
namespace {

constexpr std::uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kAlignment = 64;
constexpr std::uint16_t kPadding = 0x1986;  // extra field that only fills up

template <class T>
void append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void append16(std::string& out, std::size_t value) { append(out, static_cast<std::uint16_t>(value)); }
void append32(std::string& out, std::size_t value) { append(out, static_cast<std::uint32_t>(value)); }

template <class T>
T value_at(std::string_view bytes, std::size_t place) {
  T value;
  std::memcpy(&value, bytes.data() + place, sizeof value);
  return value;
}

/// From the CRC on, what local and central headers have in common.
void append_sizes(std::string& out, const std::string& name, const std::string& content, std::size_t extra) {
  const auto* data = reinterpret_cast<const Bytef*>(content.data());
  append32(out, crc32(0, data, static_cast<uInt>(content.size())));
  append32(out, content.size());
  append32(out, content.size());
  append16(out, name.size());
  append16(out, extra);
}

}  // namespace

std::string pack_usdz(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out, central;
  for (const auto& [name, content] : files) {
    const std::size_t start = out.size(), bare = start + kLocalSize + name.size();
    std::size_t extra = (kAlignment - bare % kAlignment) % kAlignment;
    if (extra > 0 && extra < 4) extra += kAlignment;
    append(out, kLocal);
    for (const std::size_t field : {std::size_t{20}, std::size_t{0}, std::size_t{0}, std::size_t{0}, std::size_t{0x21}})
      append16(out, field);  // version, flags, stored, time, 1980-01-01
    append_sizes(out, name, content, extra);
    out += name;
    if (extra > 0) {
      append16(out, kPadding);
      append16(out, extra - 4);
      out.append(extra - 4, '\0');
    }
    out += content;

    append(central, kCentral);
    for (const std::size_t field :
         {std::size_t{20}, std::size_t{20}, std::size_t{0}, std::size_t{0}, std::size_t{0}, std::size_t{0x21}})
      append16(central, field);
    append_sizes(central, name, content, 0);
    central.append(10, '\0');  // no comment, first disk, attributes
    append32(central, start);
    central += name;
  }
  const std::size_t place = out.size();
  out += central;
  append(out, kEnd);
  append32(out, 0);
  append16(out, files.size());
  append16(out, files.size());
  append32(out, central.size());
  append32(out, place);
  append16(out, 0);
  return out;
}

Result<std::vector<std::pair<std::string, std::string>>> unpack_usdz(const std::string& file, std::string_view bytes) {
  const auto damaged = [&] {
    return fail(ErrorCode::kInput, "{}: damaged or truncated: no archive that can be read", file);
  };
  if (bytes.size() < kEndSize) return damaged();
  std::size_t end = bytes.size() - kEndSize;
  while (value_at<std::uint32_t>(bytes, end) != kEnd) {
    if (end == 0 || bytes.size() - end > 65535 + kEndSize) return damaged();
    --end;
  }
  const std::size_t count = value_at<std::uint16_t>(bytes, end + 10);
  std::size_t at = value_at<std::uint32_t>(bytes, end + 16);
  std::size_t unpacked = 0;
  std::vector<std::pair<std::string, std::string>> files;
  for (std::size_t i = 0; i < count; ++i) {
    if (at + kCentralSize > bytes.size() || value_at<std::uint32_t>(bytes, at) != kCentral) return damaged();
    const bool stored =
        value_at<std::uint16_t>(bytes, at + 10) == 0 && (value_at<std::uint16_t>(bytes, at + 8) & 1) == 0;
    const std::size_t size = value_at<std::uint32_t>(bytes, at + 24),
                      name_size = value_at<std::uint16_t>(bytes, at + 28);
    const std::size_t local = value_at<std::uint32_t>(bytes, at + 42);
    if (at + kCentralSize + name_size > bytes.size() || local + kLocalSize > bytes.size()) return damaged();
    std::string name(bytes.substr(at + kCentralSize, name_size));
    if (!stored) return fail(ErrorCode::kInput, "{}: '{}' in it is compressed, which USDZ does not allow", file, name);
    const std::size_t data =
        local + kLocalSize + value_at<std::uint16_t>(bytes, local + 26) + value_at<std::uint16_t>(bytes, local + 28);
    if (data > bytes.size() || size > bytes.size() - data) return damaged();
    if ((unpacked += size) > bytes.size()) return damaged();  // the same bytes as several files
    files.emplace_back(std::move(name), std::string(bytes.substr(data, size)));
    at += kCentralSize + name_size + value_at<std::uint16_t>(bytes, at + 30) + value_at<std::uint16_t>(bytes, at + 32);
  }
  if (files.empty()) return damaged();
  return files;
}

}  // namespace mp4d
