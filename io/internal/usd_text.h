#pragma once
#include "core/result.h"
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mp4d {

/// A value of a USD text file with its brackets taken away: all numbers in it, or all strings, tokens and paths.
struct UsdValue {
  std::vector<double> numbers;
  std::vector<std::string> texts;
};

struct UsdAttribute {
  std::string type;  ///< "float3[]"; "rel" for relationships
  UsdValue value;
  std::map<double, UsdValue> samples;  ///< by time code
  std::string connection;              ///< path it is connected to
};

struct UsdPrim {
  std::string type, name;
  std::map<std::string, UsdAttribute> attributes;
  std::vector<std::unique_ptr<UsdPrim>> children;

  const UsdAttribute* find(const std::string& attribute) const;
};

/// A layer: its metadata and its prims. Variants, comments and the metadata of prims are passed over.
struct UsdLayer {
  std::map<std::string, UsdValue> metadata;
  UsdPrim root;

  /// The prim at "/a/b", or null.
  const UsdPrim* at(const std::string& path) const;
};

/// Parses a text layer (usda). Errors name `file` and the line: no usda, broken syntax; references, payloads and
/// sublayers, which would have to be fetched from other files.
Result<UsdLayer> parse_usda(const std::string& file, std::string_view text);

/// A .usdz archive: uncompressed, every file's content at a multiple of 64 bytes, the layer first.
std::string pack_usdz(const std::vector<std::pair<std::string, std::string>>& files);
/// Its files in order. Errors name `file`: no archive, truncated, compressed or encrypted entries.
Result<std::vector<std::pair<std::string, std::string>>> unpack_usdz(const std::string& file, std::string_view bytes);

}  // namespace mp4d
