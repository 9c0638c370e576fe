#pragma once
// Internal to io's sources: reading of FlatBuffers (flatbuffers.dev/internals), data that point into themselves. Whatever
// the bytes are, nothing outside them is read: a damaged offset gives zeros or nothing, and damaged() tells.
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace mp4d::internal {

class FlatBuffer {
 public:
  explicit FlatBuffer(std::string_view bytes) : bytes_(bytes) {}

  bool damaged() const { return damaged_; }
  void set_damaged() { damaged_ = true; }
  std::string_view bytes() const { return bytes_; }

  template <class T>
  T at(std::size_t place) {
    T value{};
    if (place > bytes_.size() || bytes_.size() - place < sizeof(T))
      damaged_ = true;
    else
      std::memcpy(&value, bytes_.data() + place, sizeof(T));
    return value;
  }

 private:
  std::string_view bytes_;
  bool damaged_ = false;
};

/// A table: numbered fields, each of which may be missing.
class FlatTable {
 public:
  FlatTable(FlatBuffer& buffer, std::size_t place) : buffer_(&buffer), place_(place) {}

  static FlatTable root(FlatBuffer& buffer) { return {buffer, buffer.at<std::uint32_t>(0)}; }

  template <class T>
  T number(int field, T missing = T{}) const {
    const std::size_t place = find(field);
    return place ? buffer_->at<T>(place) : missing;
  }

  /// Missing: nothing, as place() of it is 0.
  FlatTable table(int field) const { return {*buffer_, target(field)}; }
  bool has(int field) const { return find(field) != 0; }

  /// The elements' bytes of a vector of elements of `size` bytes; empty if missing.
  std::string_view elements(int field, std::size_t size) const {
    const std::size_t place = target(field);
    if (!place) return {};
    const std::uint64_t bytes = std::uint64_t{buffer_->at<std::uint32_t>(place)} * size;
    if (buffer_->damaged() || bytes > buffer_->bytes().size() - place - 4) {
      buffer_->set_damaged();
      return {};
    }
    return buffer_->bytes().substr(place + 4, static_cast<std::size_t>(bytes));
  }

  /// Of at most `most` elements; more are taken for damage.
  template <class T>
  std::vector<T> numbers(int field, std::size_t most) const {
    const std::string_view found = elements(field, sizeof(T));
    std::vector<T> out;
    if (found.size() / sizeof(T) > most) {
      buffer_->set_damaged();
      return out;
    }
    out.resize(found.size() / sizeof(T));
    if (!out.empty()) std::memcpy(out.data(), found.data(), found.size());
    return out;
  }

  std::vector<FlatTable> tables(int field, std::size_t most) const {
    const std::vector<std::uint32_t> offsets = numbers<std::uint32_t>(field, most);
    const std::size_t first = target(field) + 4;
    std::vector<FlatTable> out;
    for (std::size_t i = 0; i < offsets.size(); ++i) out.emplace_back(*buffer_, first + 4 * i + offsets[i]);
    return out;
  }

 private:
  /// Place of a field's value, 0 = missing.
  std::size_t find(int field) const {
    if (!place_) return 0;
    const auto layout = static_cast<std::int64_t>(place_) - buffer_->at<std::int32_t>(place_);
    if (layout < 0) {
      buffer_->set_damaged();
      return 0;
    }
    const auto table = static_cast<std::size_t>(layout);
    const std::size_t entry = 4 + 2 * static_cast<std::size_t>(field);
    if (entry + 2 > buffer_->at<std::uint16_t>(table)) return 0;
    const std::uint16_t offset = buffer_->at<std::uint16_t>(table + entry);
    return offset ? place_ + offset : 0;
  }
  std::size_t target(int field) const {
    const std::size_t place = find(field);
    return place ? place + buffer_->at<std::uint32_t>(place) : 0;
  }

  FlatBuffer* buffer_;
  std::size_t place_;
};

}  // namespace mp4d::internal
