#pragma once
#include "core/geometry.h"
#include "core/result.h"
#include <cstring>
#include <filesystem>
#include <string>
#include <type_traits>
#include <vector>

namespace mp4d {

/// Writes a checkpoint: plain numbers, strings, arrays and matrices in a fixed order.
class BlobWriter {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T> BlobWriter& put(const T& value) { return raw(&value, sizeof value); }
  BlobWriter& put(const std::string& text) { return put(std::uint64_t(text.size())).raw(text.data(), text.size()); }
  template <class T>
  requires std::is_trivially_copyable_v<T> BlobWriter& put(const std::vector<T>& values) {
    return put(std::uint64_t(values.size())).raw(values.data(), values.size() * sizeof(T));
  }
  template <class D>
  BlobWriter& put(const Eigen::PlainObjectBase<D>& m) {
    put(std::int64_t(m.rows())).put(std::int64_t(m.cols()));
    return raw(m.data(), m.size() * sizeof(typename D::Scalar));
  }
  static_assert(sizeof(bool) == 1);  // as BlobReader reads it
  /// Header, checksum and content.
  std::string bytes() const;
  /// bytes(), replaced as a whole (write_atomically).
  Result<void> save(const std::filesystem::path& path) const;

 private:
  BlobWriter& raw(const void* data, std::size_t size) {
    content_.append(static_cast<const char*>(data), size);
    return *this;
  }
  std::string content_;
};

/// Reads what BlobWriter wrote, in the same order. A truncated or foreign file is an error at load; reading past the
/// end or a size that does not fit leaves ok() false and the value untouched.
class BlobReader {
 public:
  /// Error (kInput) names the file: unreadable, not a checkpoint, damaged.
  static Result<BlobReader> load(const std::filesystem::path& path);
  /// The same of what BlobWriter::bytes() gave; `where` begins the errors.
  static Result<BlobReader> parse(const std::string& bytes, const std::string& where);
  /// Content alone, without header and checksum.
  static BlobReader of_content(std::string content);

  template <class T>
  requires std::is_trivially_copyable_v<T> BlobReader& get(T& value) {
    raw(&value, sizeof value);
    return *this;
  }
  /// Anything but 0 is true: a byte that is neither 0 nor 1 would be no bool.
  BlobReader& get(bool& flag) {
    std::uint8_t byte = flag ? 1 : 0;
    raw(&byte, sizeof byte);
    flag = byte != 0;
    return *this;
  }
  BlobReader& get(std::string& text) {
    if (const std::uint64_t n = count(1); ok_) {
      text.resize(n);
      raw(text.data(), n);
    }
    return *this;
  }
  template <class T>
  requires std::is_trivially_copyable_v<T> BlobReader& get(std::vector<T>& values) {
    if (const std::uint64_t n = count(sizeof(T)); ok_) {
      values.resize(n);
      raw(values.data(), n * sizeof(T));
    }
    return *this;
  }
  template <class D>
  BlobReader& get(Eigen::PlainObjectBase<D>& m) {
    std::int64_t rows = -1, cols = -1;
    get(rows).get(cols);
    const std::int64_t most = static_cast<std::int64_t>((content_.size() - at_) / sizeof(typename D::Scalar));
    const bool fits = rows >= 0 && cols >= 0 && (cols == 0 || rows <= most / cols) &&
                      (D::ColsAtCompileTime == Eigen::Dynamic || cols == D::ColsAtCompileTime) &&
                      (D::RowsAtCompileTime == Eigen::Dynamic || rows == D::RowsAtCompileTime);
    ok_ = ok_ && fits;
    if (!ok_) return *this;
    m.resize(rows, cols);
    raw(m.data(), m.size() * sizeof(typename D::Scalar));
    return *this;
  }
  /// True if every value so far was there.
  bool ok() const { return ok_; }

 private:
  std::uint64_t count(std::size_t element) {
    std::uint64_t n = 0;
    get(n);
    ok_ = ok_ && n <= (content_.size() - at_) / element;
    return n;
  }
  void raw(void* data, std::size_t size) {
    ok_ = ok_ && size <= content_.size() - at_;
    if (!ok_ || size == 0) return;  // an empty vector has no place to copy to
    std::memcpy(data, content_.data() + at_, size);
    at_ += size;
  }
  std::string content_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace mp4d
