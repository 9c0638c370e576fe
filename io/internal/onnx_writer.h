#pragma once
// Internal to io's sources: ONNX files (onnx.proto of the ONNX project, written as Protocol Buffers).
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mp4d::internal {

/// A graph of operations, written as it is told. Names tie them together: every input must be an output of an earlier
/// node, a constant or the graph's input.
class OnnxWriter {
 public:
  void add_input(const std::string& name, const std::vector<std::int64_t>& shape);
  void add_output(const std::string& name, const std::vector<std::int64_t>& shape);
  void add_constant(const std::string& name, const std::vector<std::int64_t>& shape, const std::vector<float>& values);
  void add_constant(const std::string& name, const std::vector<std::int64_t>& values);

  struct Attribute {
    std::string name;
    std::vector<std::int64_t> integers;  ///< one is written as a single integer unless `is_list`
    std::string text;                    ///< instead of integers, if not empty
    bool is_list = false;
  };
  static Attribute integer(const char* name, std::int64_t value) { return {name, {value}, {}, false}; }
  static Attribute list(const char* name, std::vector<std::int64_t> values) { return {name, std::move(values), {}, true}; }
  static Attribute text(const char* name, const char* value) { return {name, {}, value, false}; }

  void add_node(const char* operation, const std::vector<std::string>& inputs, const std::string& output,
                const std::vector<Attribute>& attributes = {});

  /// Bytes so far, about.
  std::size_t size() const { return graph_.size(); }

  /// The whole file; version of the operations: 13.
  std::string finish() const;

 private:
  std::string graph_;
};

}  // namespace mp4d::internal
