#pragma once
// Small networks in TensorFlow Lite's format, for tests of its reader.
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace mp4d::test {

/// A FlatBuffers value: a number, a vector of numbers, a table or a vector of tables.
struct FlatValue {
  std::string bytes;                 ///< of the number, or of a vector's elements
  std::uint32_t count = 0;           ///< of a vector's elements
  std::map<int, FlatValue> fields;   ///< of a table
  std::vector<FlatValue> tables;     ///< of a vector of tables
  enum class Kind { kNumber, kVector, kTable, kTables } kind = Kind::kNumber;

  template <class T>
  static FlatValue number(T value) {
    return {std::string(reinterpret_cast<const char*>(&value), sizeof value), 0, {}, {}, Kind::kNumber};
  }
  template <class T>
  static FlatValue vector(const std::vector<T>& values) {
    std::string bytes(values.size() * sizeof(T), '\0');
    if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return {bytes, static_cast<std::uint32_t>(values.size()), {}, {}, Kind::kVector};
  }
  static FlatValue table(std::map<int, FlatValue> fields) { return {{}, 0, std::move(fields), {}, Kind::kTable}; }
  static FlatValue list(std::vector<FlatValue> tables) { return {{}, 0, {}, std::move(tables), Kind::kTables}; }
};

/// Tables before what they point at; every value at a multiple of 4 bytes.
class FlatWriter {
 public:
  static std::string write(const FlatValue& root, const char* identifier) {
    FlatWriter writer;
    writer.out_ = std::string(4, '\0') + identifier;
    writer.put<std::uint32_t>(0, static_cast<std::uint32_t>(writer.add(root)));
    return writer.out_;
  }

 private:
  template <class T>
  void put(std::size_t at, T value) {
    std::memcpy(out_.data() + at, &value, sizeof value);
  }
  std::size_t room(std::size_t bytes) {
    const std::size_t at = out_.size();
    out_.resize(at + (bytes + 3) / 4 * 4, '\0');
    return at;
  }
  void point(std::size_t from, std::size_t to) { put(from, static_cast<std::uint32_t>(to - from)); }

  std::size_t add(const FlatValue& value) {
    if (value.kind == FlatValue::Kind::kVector) {
      const std::size_t at = room(4 + value.bytes.size());
      put(at, value.count);
      std::memcpy(out_.data() + at + 4, value.bytes.data(), value.bytes.size());
      return at;
    }
    if (value.kind == FlatValue::Kind::kTables) {
      const std::size_t at = room(4 + 4 * value.tables.size());
      put(at, static_cast<std::uint32_t>(value.tables.size()));
      for (std::size_t i = 0; i < value.tables.size(); ++i) point(at + 4 + 4 * i, add(value.tables[i]));
      return at;
    }
    const std::size_t entries = value.fields.empty() ? 0 : static_cast<std::size_t>(value.fields.rbegin()->first) + 1;
    const std::size_t layout = room(4 + 2 * entries), at = room(4 + 4 * value.fields.size());
    put(layout, static_cast<std::uint16_t>(4 + 2 * entries));
    put(layout + 2, static_cast<std::uint16_t>(4 + 4 * value.fields.size()));
    put(at, static_cast<std::int32_t>(at - layout));
    std::uint16_t place = 4;
    for (const auto& [field, content] : value.fields) {
      put(layout + 4 + 2 * static_cast<std::size_t>(field), place);
      if (content.kind == FlatValue::Kind::kNumber)
        std::memcpy(out_.data() + at + place, content.bytes.data(), content.bytes.size());
      else
        point(at + place, add(content));
      place = static_cast<std::uint16_t>(place + 4);
    }
    return at;
  }

  std::string out_;
};

/// A network, put together tensor by tensor.
class TfliteWriter {
 public:
  /// Returns the tensor's index. Types as in the schema: 0 float, 1 half, 2 integer.
  int tensor(const std::vector<int>& shape, int type = 0, const std::string& data = {}, FlatValue sparsity = {}) {
    std::map<int, FlatValue> buffer;
    if (!data.empty()) buffer[0] = FlatValue::vector(std::vector<char>(data.begin(), data.end()));
    buffers_.push_back(FlatValue::table(buffer));
    std::map<int, FlatValue> fields{{0, FlatValue::vector(shape)},
                                    {1, FlatValue::number(static_cast<std::int8_t>(type))},
                                    {2, FlatValue::number(static_cast<std::uint32_t>(buffers_.size() - 1))}};
    if (sparsity.kind == FlatValue::Kind::kTable) fields[6] = std::move(sparsity);
    tensors_.push_back(FlatValue::table(fields));
    return static_cast<int>(tensors_.size()) - 1;
  }
  template <class T>
  int constant(const std::vector<int>& shape, int type, const std::vector<T>& values, FlatValue sparsity = {}) {
    return tensor(shape, type, std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)), std::move(sparsity));
  }
  /// Returns the output's index.
  int add(int operation, const std::vector<int>& inputs, const std::vector<int>& shape, std::map<int, FlatValue> options = {}) {
    const int out = tensor(shape);
    codes_.push_back(FlatValue::table({{0, FlatValue::number(static_cast<std::int8_t>(operation))}, {3, FlatValue::number(operation)}}));
    operators_.push_back(FlatValue::table({{0, FlatValue::number(static_cast<std::uint32_t>(codes_.size() - 1))},
                                           {1, FlatValue::vector(inputs)},
                                           {2, FlatValue::vector(std::vector<int>{out})},
                                           {4, FlatValue::table(std::move(options))}}));
    return out;
  }
  std::string finish(int input, const std::vector<int>& outputs) const {
    const FlatValue graph = FlatValue::table({{0, FlatValue::list(tensors_)},
                                              {1, FlatValue::vector(std::vector<int>{input})},
                                              {2, FlatValue::vector(outputs)},
                                              {3, FlatValue::list(operators_)}});
    return FlatWriter::write(FlatValue::table({{0, FlatValue::number(std::uint32_t{3})},
                                               {1, FlatValue::list(codes_)},
                                               {2, FlatValue::list({graph})},
                                               {4, FlatValue::list(buffers_)}}),
                             "TFL3");
  }

 private:
  std::vector<FlatValue> tensors_, buffers_, codes_, operators_;
};

/// Weights [2, 1, 1, 3] whose rows are 1 0 2 and 0 3 0, as half-precision numbers of which only the others are stored.
inline int sparse_weights(TfliteWriter& net) {
  const auto dense = [](int size) { return FlatValue::table({{1, FlatValue::number(size)}}); };
  const auto indices = [](const std::vector<std::uint8_t>& values) { return FlatValue::table({{0, FlatValue::vector(values)}}); };
  const FlatValue last = FlatValue::table({{0, FlatValue::number(std::int8_t{1})},
                                           {2, FlatValue::number(std::uint8_t{3})},
                                           {3, indices({0, 2, 3})},
                                           {4, FlatValue::number(std::uint8_t{3})},
                                           {5, indices({0, 2, 1})}});
  const FlatValue sparsity = FlatValue::table(
      {{0, FlatValue::vector(std::vector<int>{0, 1, 2, 3})}, {2, FlatValue::list({dense(2), dense(1), dense(1), last})}});
  return net.constant<std::uint16_t>({2, 1, 1, 3}, 1, {0x3c00, 0x4000, 0x4200}, sparsity);  // 1, 2, 3
}

}  // namespace mp4d::test
