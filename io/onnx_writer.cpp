#include "io/internal/onnx_writer.h"
#include <cstring>

namespace mp4d::internal {
namespace {

// Protocol Buffers: each field is a number with a wire type, then a variable-length integer or a length and bytes.
void put_varint(std::string& out, std::uint64_t value) {
  for (; value > 127; value >>= 7) out += static_cast<char>(value | 128);
  out += static_cast<char>(value);
}

void put(std::string& out, int field, std::int64_t value) {
  put_varint(out, static_cast<std::uint64_t>(field) << 3);
  put_varint(out, static_cast<std::uint64_t>(value));
}

void put(std::string& out, int field, std::string_view bytes) {
  put_varint(out, static_cast<std::uint64_t>(field) << 3 | 2);
  put_varint(out, bytes.size());
  out += bytes;
}

// Numbers of onnx.proto.
namespace model { enum { kIrVersion = 1, kGraph = 7, kOperatorSet = 8 }; }
namespace operator_set { enum { kVersion = 2 }; }
namespace graph { enum { kNode = 1, kName = 2, kInitializer = 5, kInput = 11, kOutput = 12 }; }
namespace node { enum { kInput = 1, kOutput = 2, kType = 4, kAttribute = 5 }; }
namespace attribute { enum { kName = 1, kInteger = 3, kText = 4, kIntegers = 8, kType = 20 }; }
namespace attribute_type { enum { kInteger = 2, kText = 3, kIntegers = 7 }; }
namespace tensor { enum { kDimension = 1, kType = 2, kName = 8, kBytes = 9 }; }
namespace value { enum { kName = 1, kType = 2 }; }
namespace tensor_type { enum { kElement = 1, kShape = 2 }; }
enum { kFloat = 1, kInt64 = 7 };
constexpr int kOnlyField = 1;  // of the messages that have one that matters here
constexpr int kIrVersion = 7, kOperatorSetVersion = 13;

std::string tensor_bytes(const std::string& name, const std::vector<std::int64_t>& shape, int type, const void* data, std::size_t size) {
  std::string out, bytes(size, '\0');
  if (size) std::memcpy(bytes.data(), data, size);
  for (const std::int64_t side : shape) put(out, tensor::kDimension, side);
  put(out, tensor::kType, type);
  put(out, tensor::kName, name);
  put(out, tensor::kBytes, bytes);
  return out;
}

std::string float_value(const std::string& name, const std::vector<std::int64_t>& shape) {
  std::string sides, of_tensor, type, out;
  for (const std::int64_t side : shape) {
    std::string dimension;
    put(dimension, kOnlyField, side);
    put(sides, kOnlyField, dimension);
  }
  put(of_tensor, tensor_type::kElement, kFloat);
  put(of_tensor, tensor_type::kShape, sides);
  put(type, kOnlyField, of_tensor);
  put(out, value::kName, name);
  put(out, value::kType, type);
  return out;
}

}  // namespace

void OnnxWriter::add_input(const std::string& name, const std::vector<std::int64_t>& shape) {
  put(graph_, graph::kInput, float_value(name, shape));
}

void OnnxWriter::add_output(const std::string& name, const std::vector<std::int64_t>& shape) {
  put(graph_, graph::kOutput, float_value(name, shape));
}

void OnnxWriter::add_constant(const std::string& name, const std::vector<std::int64_t>& shape, const std::vector<float>& values) {
  put(graph_, graph::kInitializer, tensor_bytes(name, shape, kFloat, values.data(), values.size() * sizeof(float)));
}

void OnnxWriter::add_constant(const std::string& name, const std::vector<std::int64_t>& values) {
  put(graph_, graph::kInitializer,
      tensor_bytes(name, {static_cast<std::int64_t>(values.size())}, kInt64, values.data(), values.size() * sizeof(std::int64_t)));
}

void OnnxWriter::add_node(const char* operation, const std::vector<std::string>& inputs, const std::string& output,
                          const std::vector<Attribute>& attributes) {
  std::string out;
  for (const std::string& input : inputs) put(out, node::kInput, input);
  put(out, node::kOutput, output);
  put(out, node::kType, std::string_view(operation));
  for (const Attribute& attribute : attributes) {
    std::string bytes;
    put(bytes, attribute::kName, attribute.name);
    if (!attribute.text.empty()) {
      put(bytes, attribute::kText, attribute.text);
      put(bytes, attribute::kType, attribute_type::kText);
    } else if (attribute.is_list) {
      for (const std::int64_t number : attribute.integers) put(bytes, attribute::kIntegers, number);
      put(bytes, attribute::kType, attribute_type::kIntegers);
    } else {
      put(bytes, attribute::kInteger, attribute.integers.at(0));
      put(bytes, attribute::kType, attribute_type::kInteger);
    }
    put(out, node::kAttribute, bytes);
  }
  put(graph_, graph::kNode, out);
}

std::string OnnxWriter::finish() const {
  std::string version, out;
  put(version, operator_set::kVersion, kOperatorSetVersion);
  put(out, model::kIrVersion, kIrVersion);
  put(out, model::kOperatorSet, version);
  std::string named = graph_;
  put(named, graph::kName, std::string_view("network"));
  put(out, model::kGraph, named);
  return out;
}

}  // namespace mp4d::internal
