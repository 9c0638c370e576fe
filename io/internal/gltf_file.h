#pragma once
#include "core/result.h"
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mp4d {

/// A whole number of the JSON; a fraction is cut off, and what no index or size can be becomes 2^53, or the largest int. Throws
/// nlohmann::json::exception for what is no number.
std::size_t whole(const nlohmann::json& number);
int whole_int(const nlohmann::json& number);
/// The member `name`, or `otherwise` if there is none.
std::size_t whole(const nlohmann::json& object, const char* name, std::size_t otherwise);
int whole_int(const nlohmann::json& object, const char* name, int otherwise);

/// A glTF 2.0 document and its binary data. Everything it hands out was checked to lie inside the file. JSON
/// members of the wrong type throw nlohmann::json::exception, which import_gltf turns into an error.
class GltfFile {
 public:
  /// An accessor's elements, sparse ones filled in, normalised integers as -1..1 or 0..1.
  struct Values {
    int components = 1;
    std::vector<double> data;  ///< elements x components
    std::size_t size() const { return data.size() / components; }
    double operator()(std::size_t element, int component = 0) const { return data[element * components + component]; }
  };

  /// Reads the JSON (and the GLB's binary chunk); load_buffers then fetches the rest.
  static Result<GltfFile> open(const std::filesystem::path& path);
  Result<void> load_buffers();

  const nlohmann::json& json() const { return json_; }
  /// A top-level array; empty when absent.
  const nlohmann::json& list(const char* name) const;
  /// `components` must match, except that 3 also takes 4; 0 = any.
  Result<Values> read(std::size_t accessor, int components) const;
  /// Bytes of a buffer view.
  Result<std::string_view> view(std::size_t index) const;
  /// Content of a data URI or of a file in the model's folder.
  Result<std::string> load_uri(const std::string& uri) const;
  /// Error that starts with the file's name.
  tl::unexpected<Error> error(const std::string& what) const;

 private:
  /// The file in the model's folder that `uri` names.
  Result<std::filesystem::path> file_of(const std::string& uri) const;
  Result<std::string_view> elements(const nlohmann::json& where, const std::string& name, std::size_t count,
                                    std::size_t element_size, std::size_t* stride) const;

  std::filesystem::path path_;
  nlohmann::json json_;
  std::string bin_;
  bool has_bin_ = false;
  std::vector<std::shared_ptr<const std::string>> buffers_;
};

}  // namespace mp4d
