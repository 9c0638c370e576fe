#include "io/internal/gltf_file.h"
#include "core/files.h"
#include "core/json_file.h"
#include "io/internal/imported_scene.h"
#include <algorithm>
#include <cstring>
#include <limits>
#include <map>

namespace mp4d {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t kGlbMagic = 0x46546C67, kJsonChunk = 0x4E4F534A, kBinChunk = 0x004E4942;

std::uint32_t u32_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value;
  std::memcpy(&value, bytes.data() + at, 4);
  return value;
}

Result<std::string> decode_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    int value;
    if (c >= 'A' && c <= 'Z') value = c - 'A';
    else if (c >= 'a' && c <= 'z') value = c - 'a' + 26;
    else if (c >= '0' && c <= '9') value = c - '0' + 52;
    else if (c == '+' || c == '-') value = 62;
    else if (c == '/' || c == '_') value = 63;
    else if (c == '=') break;
    else return fail(ErrorCode::kInput, "base64 data contains the character with code {}", int(c));
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (++count % 4 != 1) out.push_back(static_cast<char>(bits >> (6 - 2 * ((count - 1) % 4))));
  }
  return out;
}

std::string decode_percent(const std::string& uri) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '%' && i + 2 < uri.size() && digit(uri[i + 1]) >= 0 && digit(uri[i + 2]) >= 0) {
      out.push_back(static_cast<char>(digit(uri[i + 1]) * 16 + digit(uri[i + 2])));
      i += 2;
    } else {
      out.push_back(uri[i]);
    }
  }
  return out;
}

int component_size(int type) {
  switch (type) {
    case 5120: case 5121: return 1;
    case 5122: case 5123: return 2;
    case 5125: case 5126: return 4;
    default: return 0;
  }
}

int component_count(const std::string& type) {
  static const std::pair<const char*, int> kCounts[] = {{"SCALAR", 1}, {"VEC2", 2}, {"VEC3", 3}, {"VEC4", 4},
                                                        {"MAT2", 4},   {"MAT3", 9}, {"MAT4", 16}};
  for (const auto& [name, count] : kCounts) {
    if (type == name) return count;
  }
  return 0;
}

double component_at(const char* at, int type, bool normalized) {
  const auto read = [&](auto value) {
    std::memcpy(&value, at, sizeof value);
    if (!normalized) return double(value);
    return std::max(double(value) / double(std::numeric_limits<decltype(value)>::max()), -1.0);
  };
  switch (type) {
    case 5120: return read(std::int8_t{});
    case 5121: return read(std::uint8_t{});
    case 5122: return read(std::int16_t{});
    case 5123: return read(std::uint16_t{});
    case 5125: return read(std::uint32_t{});
    default: {
      float value;
      std::memcpy(&value, at, 4);
      return value;
    }
  }
}

}  // namespace

std::size_t whole(const nlohmann::json& number) {
  constexpr double kMost = 1ull << 53;
  const double value = number.get<double>();
  return static_cast<std::size_t>(value >= 0 && value <= kMost ? value : kMost);
}

std::size_t whole(const nlohmann::json& object, const char* name, std::size_t otherwise) {
  const auto found = object.find(name);
  return found == object.end() ? otherwise : whole(*found);
}

int whole_int(const nlohmann::json& number) {
  return static_cast<int>(std::min<std::size_t>(whole(number), std::numeric_limits<int>::max()));
}

int whole_int(const nlohmann::json& object, const char* name, int otherwise) {
  const auto found = object.find(name);
  return found == object.end() ? otherwise : whole_int(*found);
}

Result<GltfFile> GltfFile::open(const std::filesystem::path& path) {
  GltfFile file;
  file.path_ = path;
  MP4D_TRY(bytes, read_file(path));
  std::string_view text = bytes;
  if (bytes.size() >= 4 && u32_at(bytes, 0) == kGlbMagic) {
    if (bytes.size() < 20) return fail(ErrorCode::kInput, "{}: truncated: a GLB has at least 20 bytes", path.string());
    if (u32_at(bytes, 4) != 2) {
      return fail(ErrorCode::kInput, "{}: GLB version {}; only 2 can be read", path.string(), u32_at(bytes, 4));
    }
    if (u32_at(bytes, 8) > bytes.size()) {
      return fail(ErrorCode::kInput, "{}: truncated: {} bytes of {}; copy or export it again", path.string(),
                  bytes.size(), u32_at(bytes, 8));
    }
    const std::size_t json_size = u32_at(bytes, 12);
    if (u32_at(bytes, 16) != kJsonChunk || json_size > bytes.size() - 20) {
      return fail(ErrorCode::kInput, "{}: damaged: the GLB does not start with a whole JSON chunk", path.string());
    }
    text = text.substr(20, json_size);
    const std::size_t next = 20 + json_size;
    if (bytes.size() >= next + 8 && u32_at(bytes, next + 4) == kBinChunk) {
      const std::size_t bin_size = u32_at(bytes, next);
      if (bin_size > bytes.size() - next - 8) {
        return fail(ErrorCode::kInput, "{}: truncated: binary chunk of {} bytes, {} are there", path.string(), bin_size,
                    bytes.size() - next - 8);
      }
      file.bin_ = bytes.substr(next + 8, bin_size);
      file.has_bin_ = true;
    }
  }
  MP4D_TRY(json, parse_json(text, fmt::format("{}: not a glTF file, or damaged", path.string())));
  file.json_ = std::move(json);
  if (!file.json_.is_object() || !file.json_.contains("asset")) {
    return fail(ErrorCode::kInput, "{}: not a glTF file: there is no \"asset\"", path.string());
  }
  return file;
}

Result<std::filesystem::path> GltfFile::file_of(const std::string& uri) const {
  if (uri.find("://") != std::string::npos) return error(fmt::format("'{}' is on the network; save it beside the model", uri));
  return resolve_reference(path_, decode_percent(uri));
}

Result<std::string> GltfFile::load_uri(const std::string& uri) const {
  if (uri.rfind("data:", 0) == 0) {
    const std::size_t comma = uri.find(";base64,");
    if (comma == std::string::npos) return error("a data URI is not base64");
    auto bytes = decode_base64(std::string_view(uri).substr(comma + 8));
    if (!bytes) return error(bytes.error().message);
    return bytes;
  }
  MP4D_TRY(file, file_of(uri));
  auto bytes = read_regular_file(file);
  if (!bytes) return error(fmt::format("needs '{}': {}", uri, bytes.error().message));
  return bytes;
}

Result<void> GltfFile::load_buffers() {
  using Shared = std::shared_ptr<const std::string>;
  std::map<std::filesystem::path, Shared> of_file;  // read once, however many buffers name it
  for (const Json& buffer : list("buffers")) {
    const std::size_t size = whole(buffer.at("byteLength"));
    Shared bytes;
    if (buffer.contains("uri")) {
      const auto uri = buffer.at("uri").get<std::string>();
      std::filesystem::path file;
      if (!uri.starts_with("data:")) {
        MP4D_TRY(found, file_of(uri));
        file = found;
        bytes = of_file[file];
      }
      if (!bytes) {
        MP4D_TRY(loaded, load_uri(uri));
        bytes = std::make_shared<const std::string>(std::move(loaded));
        if (!file.empty()) of_file[file] = bytes;
      }
    } else {
      const bool binary_chunk = buffers_.empty() && has_bin_;
      bytes = std::make_shared<const std::string>(binary_chunk ? std::move(bin_) : std::string());
    }
    if (bytes->size() < size)
      return error(fmt::format("truncated: buffer {} should have {} bytes, {} are there", buffers_.size(), size, bytes->size()));
    buffers_.push_back(std::move(bytes));
  }
  return {};
}

Result<std::string_view> GltfFile::view(std::size_t index) const {
  const Json& views = list("bufferViews");
  if (index >= views.size()) return error(fmt::format("bufferView {} does not exist", index));
  const Json& json = views[index];
  const std::size_t buffer = whole(json.at("buffer"));
  const std::size_t offset = whole(json, "byteOffset", 0);
  const std::size_t size = whole(json.at("byteLength"));
  if (buffer >= buffers_.size()) return error(fmt::format("buffer {} does not exist", buffer));
  const std::string_view bytes = *buffers_[buffer];
  if (offset > bytes.size() || size > bytes.size() - offset) {
    return error(fmt::format("bufferView {} reaches {} bytes into a buffer of {}", index, double(offset) + double(size), bytes.size()));
  }
  return bytes.substr(offset, size);
}

Result<std::string_view> GltfFile::elements(const Json& where, const std::string& name, std::size_t count,
                                            std::size_t element_size, std::size_t* stride) const {
  const std::size_t index = whole(where.at("bufferView"));
  MP4D_TRY(bytes, view(index));
  const std::size_t offset = whole(where, "byteOffset", 0);
  *stride = whole(list("bufferViews")[index], "byteStride", 0);
  if (*stride == 0) *stride = element_size;
  if (*stride < element_size) return error(fmt::format("{}: stride {} is below {}", name, *stride, element_size));
  if (count > 0 && (offset > bytes.size() || element_size > bytes.size() - offset ||
                    (count - 1) > (bytes.size() - offset - element_size) / *stride)) {
    return error(fmt::format("{}: {} elements of {} bytes do not fit into its {} bytes", name, count, element_size,
                             bytes.size()));
  }
  return bytes.substr(std::min(offset, bytes.size()));
}

Result<GltfFile::Values> GltfFile::read(std::size_t index, int components) const {
  const std::string name = fmt::format("accessor {}", index);
  const Json& accessors = list("accessors");
  if (index >= accessors.size()) return error(name + " does not exist");
  const Json& accessor = accessors[index];
  const int type = whole_int(accessor.at("componentType"));
  const int width = component_count(accessor.at("type").get<std::string>());
  const std::size_t count = whole(accessor.at("count"));
  const std::size_t size = component_size(type);
  if (size == 0 || width == 0) return error(name + " has an unknown type");
  if (width != components && !(components == 3 && width == 4) && components != 0) {
    return error(fmt::format("{} has {} components where {} are needed", name, width, components));
  }
  if (count > std::size_t(INT32_MAX)) return error(fmt::format("{} declares {} elements", name, count));
  const bool normalized = accessor.value("normalized", false);
  Values values;
  values.components = width;
  if (accessor.contains("bufferView")) {
    std::size_t stride;
    MP4D_TRY(bytes, elements(accessor, name, count, size * width, &stride));
    values.data.resize(count * width);
    for (std::size_t i = 0; i < count; ++i) {
      for (int c = 0; c < width; ++c) {
        values.data[i * width + c] = component_at(bytes.data() + i * stride + c * size, type, normalized);
      }
    }
  } else if (accessor.contains("sparse")) {
    if (count * width > std::size_t{1} << 26) return error(fmt::format("{} declares {} elements without data", name, count));
    values.data.assign(count * width, 0.0);
  } else {
    return error(name + " has no data");
  }
  if (accessor.contains("sparse")) {
    const Json& sparse = accessor.at("sparse");
    const std::size_t changed = whole(sparse.at("count"));
    const Json& indices = sparse.at("indices");
    const int index_type = whole_int(indices.at("componentType"));
    const std::size_t index_size = component_size(index_type);
    if (index_size == 0) return error(name + " has sparse indices of an unknown type");
    std::size_t index_stride, value_stride;
    MP4D_TRY(index_bytes, elements(indices, name, changed, index_size, &index_stride));
    MP4D_TRY(value_bytes, elements(sparse.at("values"), name, changed, size * width, &value_stride));
    for (std::size_t i = 0; i < changed; ++i) {
      const double at = component_at(index_bytes.data() + i * index_stride, index_type, false);
      if (at < 0 || at >= double(count)) return error(fmt::format("{} has the sparse index {}", name, at));
      for (int c = 0; c < width; ++c) {
        values.data[static_cast<std::size_t>(at) * width + c] =
            component_at(value_bytes.data() + i * value_stride + c * size, type, normalized);
      }
    }
  }
  return values;
}

const Json& GltfFile::list(const char* name) const {
  static const Json kEmpty = Json::array();
  const auto found = json_.find(name);
  return found != json_.end() && found->is_array() ? *found : kEmpty;
}

tl::unexpected<Error> GltfFile::error(const std::string& what) const {
  return fail(ErrorCode::kInput, "{}: {}", path_.string(), what);
}

}  // namespace mp4d
