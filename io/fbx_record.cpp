#include "io/internal/fbx_record.h"
#include <cstring>
#include <zlib.h>

namespace mp4d {
namespace {

constexpr std::uint32_t kVersion = 7400;
constexpr std::size_t kEmptyRecord = 13;  // ends a list of records
constexpr std::size_t kCompressFrom = 128;

template <class T>
void append(std::string& out, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_at(std::string& out, std::size_t place, std::size_t value) {
  const auto narrow = static_cast<std::uint32_t>(value);
  std::memcpy(out.data() + place, &narrow, sizeof narrow);
}

}  // namespace

FbxRecord& FbxRecord::add(bool value) {
  properties_ += 'C';
  append(properties_, static_cast<char>(value));
  ++property_count_;
  return *this;
}

FbxRecord& FbxRecord::add(std::int32_t value) {
  properties_ += 'I';
  append(properties_, value);
  ++property_count_;
  return *this;
}

FbxRecord& FbxRecord::add(std::int64_t value) {
  properties_ += 'L';
  append(properties_, value);
  ++property_count_;
  return *this;
}

FbxRecord& FbxRecord::add(double value) {
  properties_ += 'D';
  append(properties_, value);
  ++property_count_;
  return *this;
}

FbxRecord& FbxRecord::add(std::string_view text) {
  properties_ += 'S';
  append(properties_, static_cast<std::uint32_t>(text.size()));
  properties_ += text;
  ++property_count_;
  return *this;
}

FbxRecord& FbxRecord::add_bytes(std::string_view bytes) {
  properties_ += 'R';
  append(properties_, static_cast<std::uint32_t>(bytes.size()));
  properties_ += bytes;
  ++property_count_;
  return *this;
}

FbxRecord& FbxRecord::add_array(char type, const void* data, std::size_t count, std::size_t width) {
  const auto* bytes = static_cast<const char*>(data);
  std::string packed;
  if (count * width >= kCompressFrom) {
    uLongf size = compressBound(static_cast<uLong>(count * width));
    packed.resize(size);
    const int done = compress2(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes),
                               static_cast<uLong>(count * width), Z_DEFAULT_COMPRESSION);
    packed.resize(done == Z_OK && size < count * width ? size : 0);
  }
  properties_ += type;
  append(properties_, static_cast<std::uint32_t>(count));
  append(properties_, static_cast<std::uint32_t>(packed.empty() ? 0 : 1));
  append(properties_, static_cast<std::uint32_t>(packed.empty() ? count * width : packed.size()));
  if (packed.empty())
    properties_.append(bytes, count * width);
  else
    properties_ += packed;
  ++property_count_;
  return *this;
}

FbxRecord& FbxRecord::child(const std::string& name) {
  children_.emplace_back(name);
  return children_.back();
}

void FbxRecord::write(std::string& out) const {
  const std::size_t start = out.size();
  out.append(4, '\0');  // where the record ends, known below
  append(out, property_count_);
  append(out, static_cast<std::uint32_t>(properties_.size()));
  out += static_cast<char>(name_.size());
  out += name_;
  out += properties_;
  for (const FbxRecord& record : children_) record.write(out);
  // Autodesk's reader expects an end mark also in lists that are there but empty.
  const bool list =
      !children_.empty() || property_count_ == 0 || name_ == "AnimationStack" || name_ == "AnimationLayer";
  if (list) out.append(kEmptyRecord, '\0');
  put_at(out, start, out.size());
}

std::string fbx_name(const std::string& name, const char* kind) { return name + std::string("\0\1", 2) + kind; }

std::string fbx_file(const std::vector<FbxRecord>& records) {
  std::string out("Kaydara FBX Binary  \0\x1a\0", 23);
  append(out, kVersion);
  for (const FbxRecord& record : records) record.write(out);
  out.append(kEmptyRecord, '\0');
  // The footer's mark belongs to the FileId and CreationTime that write_fbx() gives.
  out.append("\xfa\xbc\xab\x09\xd0\xc8\xd4\x66\xb1\x76\xfb\x83\x1c\xf7\x26\x7e", 16);
  out.append(4, '\0');
  out.append(16 - out.size() % 16, '\0');
  append(out, kVersion);
  out.append(120, '\0');
  out.append("\xf8\x5a\x8c\x6a\xde\xf5\xd9\x7e\xec\xe9\x0c\xe3\x75\x8f\x29\x0b", 16);
  return out;
}

}  // namespace mp4d
