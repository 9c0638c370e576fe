#pragma once
#include "core/result.h"
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>

namespace mp4d {

/// 128-bit content hash for caches (not for security): the same calls with the same content give the same value on
/// every little-endian machine. Each call's length counts, so ("ab", "c") and ("a", "bc") differ.
class ContentHash {
 public:
  ContentHash& bytes(const void* data, std::size_t size);
  ContentHash& text(std::string_view text) { return bytes(text.data(), text.size()); }
  /// A number or enum.
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) ContentHash& number(T value) {
    return bytes(&value, sizeof value);
  }
  /// The content of a file; of a folder the names and contents of the files in it and below, in a fixed order.
  /// Error (kInput) names what cannot be read.
  Result<void> path(const std::filesystem::path& path);

  /// 32 hexadecimal digits.
  std::string hex() const;

 private:
  std::array<std::uint64_t, 2> state_ = {0x243f6a8885a308d3ULL, 0x13198a2e03707344ULL};  // digits of pi
};

}  // namespace mp4d
