#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mp4d {

/// One record of a binary FBX file: a name, typed properties, nested records.
/// Layout as described in "FBX binary file format specification" (Blender developers' blog, 2013).
class FbxRecord {
 public:
  explicit FbxRecord(std::string name) : name_(std::move(name)) {}

  FbxRecord& add(bool value);
  FbxRecord& add(std::int32_t value);
  FbxRecord& add(std::int64_t value);
  FbxRecord& add(double value);
  FbxRecord& add(std::string_view text);
  FbxRecord& add(const char* text) { return add(std::string_view(text)); }
  FbxRecord& add_bytes(std::string_view bytes);
  /// Arrays, compressed where that is shorter.
  FbxRecord& add(const std::vector<double>& values) { return add_array('d', values.data(), values.size(), 8); }
  FbxRecord& add(const std::vector<float>& values) { return add_array('f', values.data(), values.size(), 4); }
  FbxRecord& add(const std::vector<std::int32_t>& values) { return add_array('i', values.data(), values.size(), 4); }
  FbxRecord& add(const std::vector<std::int64_t>& values) { return add_array('l', values.data(), values.size(), 8); }

  /// A new nested record; the reference holds until the next one is made.
  FbxRecord& child(const std::string& name);
  /// The same with properties.
  template <class... Values>
  FbxRecord& child(const std::string& name, const Values&... values) {
    FbxRecord& record = child(name);
    (record.add(values), ...);
    return record;
  }
  /// In a record "Properties70": a "P" record of name, type, label, flags and values.
  template <class... Values>
  void property(const char* name, const char* type, const char* label, const char* flags, const Values&... values) {
    child("P", name, type, label, flags, values...);
  }

  /// Appends the record to `out`, which holds the file from its beginning (records give absolute places).
  void write(std::string& out) const;

 private:
  FbxRecord& add_array(char type, const void* data, std::size_t count, std::size_t width);

  std::string name_;
  std::string properties_;
  std::uint32_t property_count_ = 0;
  std::vector<FbxRecord> children_;
};

/// "name" of class "Model" as FBX 7 writes it.
std::string fbx_name(const std::string& name, const char* kind);

/// The whole file, version 7.4, from its top-level records.
std::string fbx_file(const std::vector<FbxRecord>& records);

}  // namespace mp4d
