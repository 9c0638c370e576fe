#include "io/numpy.h"
#include "core/files.h"
#include <archive.h>
#include <archive_entry.h>
#include <cstdint>
#include <cstring>
#include <memory>
#include <regex>

namespace mp4d {
namespace {

constexpr std::size_t kMostValues = 100'000'000;
constexpr std::size_t kLongestHeader = 4096;  // std::regex recurses by the character

template <class T>
std::vector<double> values_of(const char* data, std::size_t count) {
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, data + i * sizeof value, sizeof value);
    out[i] = static_cast<double>(value);
  }
  return out;
}

/// From the first index fastest to the last index fastest.
std::vector<double> from_fortran(const std::vector<double>& values, const std::vector<std::size_t>& shape) {
  std::vector<double> out(values.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::size_t rest = i, from = 0, stride = values.size();
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      stride /= shape[axis];
      from += (rest % shape[axis]) * stride;
      rest /= shape[axis];
    }
    out[i] = values[from];
  }
  return out;
}

Result<NumpyArray> parse_npy(const std::string& content, const std::string& where) {
  const auto wrong = [&where](const char* what) {
    return fail(ErrorCode::kInput, "{}: {}; save it again with numpy.save as a plain array of floats", where, what);
  };
  if (content.size() < 12 || content.compare(0, 6, "\x93NUMPY") != 0) return wrong("not a NumPy array");
  const int version = content[6];
  const std::size_t prefix = version == 1 ? 10 : 12;
  std::uint32_t header_size = 0;
  std::memcpy(&header_size, content.data() + 8, version == 1 ? 2 : 4);
  if (header_size > kLongestHeader) return wrong("not an array of plain numbers");
  if (content.size() < prefix + header_size) return wrong("cut short");
  const std::string header = content.substr(prefix, header_size);
  std::smatch type, order, shape;
  if (!std::regex_search(header, type, std::regex("'descr': *'([<|][fiu][48])'")) ||
      !std::regex_search(header, order, std::regex("'fortran_order': *(True|False)")) ||
      !std::regex_search(header, shape, std::regex("'shape': *\\(([0-9, ]*)\\)")))
    return wrong("an array of another type than little-endian numbers of 4 or 8 bytes");
  NumpyArray out;
  std::size_t count = 1;
  const std::string sides = shape[1];
  static const std::regex kNumber("[0-9]{1,9}");
  for (std::sregex_iterator side(sides.begin(), sides.end(), kNumber), end; side != end; ++side) {
    out.shape.push_back(std::stoul(side->str()));
    if (out.shape.back() == 0 || count > kMostValues / out.shape.back()) return wrong("empty, or too large");
    count *= out.shape.back();
  }
  const std::string kind = type[1];
  const auto bytes = static_cast<std::size_t>(kind[2] - '0');
  if (content.size() - prefix - header_size < count * bytes) return wrong("cut short");
  const char* data = content.data() + prefix + header_size;
  if (kind[1] == 'f') out.values = bytes == 4 ? values_of<float>(data, count) : values_of<double>(data, count);
  else if (kind[1] == 'i') out.values = bytes == 4 ? values_of<std::int32_t>(data, count) : values_of<std::int64_t>(data, count);
  else out.values = bytes == 4 ? values_of<std::uint32_t>(data, count) : values_of<std::uint64_t>(data, count);
  if (order[1] == "True") out.values = from_fortran(out.values, out.shape);
  return out;
}

}  // namespace

Result<NumpyArray> read_npy(const std::filesystem::path& path) {
  MP4D_TRY(content, read_regular_file(path));
  return parse_npy(content, path.string());
}

Result<void> write_npy(const std::filesystem::path& path, const std::vector<std::size_t>& shape, const std::vector<float>& values) {
  constexpr std::size_t kPrefix = 10, kAlignment = 64;
  std::string sides;
  for (const std::size_t side : shape) sides += fmt::format("{}, ", side);
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", sides);
  header.append(kAlignment - 1 - (kPrefix + header.size()) % kAlignment, ' ');
  header += '\n';
  std::string content("\x93NUMPY\x01\x00", 8);
  content += static_cast<char>(header.size() & 255);
  content += static_cast<char>(header.size() >> 8);
  content += header;
  content.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return write_atomically(path, content);
}

Result<std::map<std::string, NumpyArray>> read_npz(const std::filesystem::path& path, std::size_t most_bytes) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    return fail(ErrorCode::kInput, "{}: no such file, or a folder, pipe or device; put an .npz file there", path.string());
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_zip(reader.get());
  std::map<std::string, NumpyArray> out;
  archive_entry* entry = nullptr;
  int state = archive_read_open_filename(reader.get(), path.c_str(), 65536);
  while (state == ARCHIVE_OK && (state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const char* stored = archive_entry_pathname(entry);  // null if it is in no known encoding
    const std::string name = stored ? stored : "";
    std::string content;
    char buffer[65536];
    la_ssize_t n = 0;
    while ((n = archive_read_data(reader.get(), buffer, sizeof buffer)) > 0) {
      if (static_cast<std::size_t>(n) > most_bytes)
        return fail(ErrorCode::kInput, "{}: its arrays are too large when unpacked; save only what is needed", path.string());
      most_bytes -= static_cast<std::size_t>(n);
      content.append(buffer, static_cast<std::size_t>(n));
    }
    if (n != 0) {
      state = ARCHIVE_FATAL;
      break;
    }
    MP4D_TRY(array, parse_npy(content, fmt::format("{}: {}", path.string(), name)));
    out[name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name] = std::move(array);
  }
  if (state != ARCHIVE_EOF) return fail(ErrorCode::kInput, "{}: not a readable .npz file; save it again with numpy.savez", path.string());
  return out;
}

}  // namespace mp4d
