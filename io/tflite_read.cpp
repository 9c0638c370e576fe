#include "io/internal/flatbuffer.h"
#include "io/internal/tflite.h"
#include <algorithm>
#include <cstdint>

namespace mp4d::internal {
namespace {

// More of anything is taken for damage: a table may be pointed at from many places, and what is read is what is allocated.
constexpr std::size_t kMostTables = 20000, kMostDimensions = 5, kMostEnds = 64, kMostNonzeros = 1 << 24;
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 28;

// Fields of the schema's tables, in their order there.
namespace model { enum { kOperatorCodes = 1, kSubgraphs = 2, kBuffers = 4 }; }
namespace operator_code { enum { kOldCode = 0, kCode = 3 }; }
namespace subgraph { enum { kTensors = 0, kInputs = 1, kOutputs = 2, kOperators = 3 }; }
namespace tensor { enum { kShape = 0, kType = 1, kBuffer = 2, kSparsity = 6 }; }
namespace sparsity { enum { kTraversal = 0, kBlocks = 1, kDimensions = 2 }; }
namespace dimension { enum { kFormat = 0, kSize = 1, kStartsType = 2, kStarts = 3, kIndicesType = 4, kIndices = 5 }; }
namespace operation { enum { kCode = 0, kInputs = 1, kOutputs = 2, kOptions = 4 }; }

Result<void> not_supported(const char* what, int number) {
  return fail(ErrorCode::kInput, "{} {} of the TensorFlow Lite schema is not supported", what, number);
}

/// Integers of the union at `type`, `value`: a table with one vector of 32-, 16- or 8-bit integers.
std::vector<int> indices(const FlatTable& table, int type, int value) {
  const FlatTable list = table.table(value);
  std::vector<int> out;
  const auto copy = [&](const auto& numbers) { out.assign(numbers.begin(), numbers.end()); };
  switch (table.number<std::uint8_t>(type)) {
    case 1: copy(list.numbers<std::int32_t>(0, kMostNonzeros)); break;
    case 2: copy(list.numbers<std::uint16_t>(0, kMostNonzeros)); break;
    case 3: copy(list.numbers<std::uint8_t>(0, kMostNonzeros)); break;
    default: break;
  }
  return out;
}

/// Rows are all dimensions but the last, which alone is sparse.
Result<void> read_sparsity(const FlatTable& table, TfliteTensor& out) {
  const std::size_t rank = out.shape.size();
  const std::vector<FlatTable> dimensions = table.tables(sparsity::kDimensions, kMostDimensions);
  const std::vector<int> order = table.numbers<int>(sparsity::kTraversal, kMostDimensions);
  bool plain = rank > 0 && dimensions.size() == rank && table.elements(sparsity::kBlocks, 4).empty() && order.size() == rank;
  for (std::size_t d = 0; plain && d < rank; ++d)
    plain = order[d] == int(d) && (dimensions[d].number<std::uint8_t>(dimension::kFormat) == 1) == (d + 1 == rank);
  if (!plain) return fail(ErrorCode::kInput, "weights are sparse in another way than by row");
  out.sparse = true;
  out.row_start = indices(dimensions.back(), dimension::kStartsType, dimension::kStarts);
  out.column = indices(dimensions.back(), dimension::kIndicesType, dimension::kIndices);
  const std::size_t rows = out.size() / static_cast<std::size_t>(out.shape.back());
  bool good = out.row_start.size() == rows + 1 && out.row_start.front() == 0 &&
              out.row_start.back() == static_cast<int>(out.column.size()) &&
              std::is_sorted(out.row_start.begin(), out.row_start.end());
  for (std::size_t row = 0; good && row < rows; ++row) {  // each value of a row once, in order
    int least = 0;
    for (int i = out.row_start[row]; i < out.row_start[row + 1]; ++i) {
      const int column = out.column[static_cast<std::size_t>(i)];
      good = good && column >= least && column < out.shape.back();
      least = column + 1;
    }
  }
  if (!good) return fail(ErrorCode::kInput, "the places of sparse weights are damaged");
  return {};
}

Result<TfliteTensor> read_tensor(const FlatTable& table, const std::vector<FlatTable>& buffers) {
  TfliteTensor out;
  out.shape = table.numbers<int>(tensor::kShape, kMostDimensions);
  std::uint64_t size = 1;
  for (const int side : out.shape) {
    if (side < 1 || (size *= static_cast<std::uint64_t>(side)) > kMostValues)
      return fail(ErrorCode::kInput, "a tensor's shape is damaged, open or beyond {} values", kMostValues);
  }
  const int type = table.number<std::int8_t>(tensor::kType);
  if (type < 0 || type > 2) MP4D_CHECK(not_supported("type", type));
  out.type = static_cast<TfliteType>(type);
  const std::uint32_t buffer = table.number<std::uint32_t>(tensor::kBuffer);
  if (buffer >= buffers.size()) return fail(ErrorCode::kInput, "a tensor's data are missing");
  out.data = buffers[buffer].elements(0, 1);
  if (table.has(tensor::kSparsity)) MP4D_CHECK(read_sparsity(table.table(tensor::kSparsity), out));
  const std::size_t values = out.sparse ? out.column.size() : out.size();
  if (!out.data.empty() && out.data.size() != values * (out.type == TfliteType::kFloat16 ? 2 : 4))
    return fail(ErrorCode::kInput, "a tensor has {} bytes, which does not fit its shape", out.data.size());
  return out;
}

void read_window(const FlatTable& options, TfliteOperator& out) {
  out.same_padding = options.number<std::int8_t>(0) == 0;
  out.stride_x = options.number<std::int32_t>(1);
  out.stride_y = options.number<std::int32_t>(2);
}

Result<void> read_options(const FlatTable& options, TfliteOperator& out) {
  switch (out.op) {
    case TfliteOp::kConv2d:
      read_window(options, out);
      out.activation = options.number<std::int8_t>(3);
      out.dilation_x = options.number<std::int32_t>(4, 1);
      out.dilation_y = options.number<std::int32_t>(5, 1);
      break;
    case TfliteOp::kDepthwiseConv2d:
      read_window(options, out);
      out.activation = options.number<std::int8_t>(4);
      out.dilation_x = options.number<std::int32_t>(5, 1);
      out.dilation_y = options.number<std::int32_t>(6, 1);
      break;
    case TfliteOp::kMaxPool2d:
      read_window(options, out);
      out.window_x = options.number<std::int32_t>(3);
      out.window_y = options.number<std::int32_t>(4);
      out.activation = options.number<std::int8_t>(5);
      break;
    case TfliteOp::kAdd: out.activation = options.number<std::int8_t>(0); break;
    case TfliteOp::kConcatenation:
      out.axis = options.number<std::int32_t>(0);
      out.activation = options.number<std::int8_t>(1);
      break;
    case TfliteOp::kDepthToSpace: out.block = options.number<std::int32_t>(0); break;
    case TfliteOp::kResizeBilinear:
      out.align_corners = options.number<std::uint8_t>(2);
      out.half_pixels = options.number<std::uint8_t>(3);
      break;
    case TfliteOp::kDequantize:
    case TfliteOp::kLogistic:
    case TfliteOp::kReshape:
    case TfliteOp::kPad:
    case TfliteOp::kDensify: break;
    default: return not_supported("operation", static_cast<int>(out.op));
  }
  if (out.activation != 0 && out.activation != 1 && out.activation != 3) return not_supported("activation", out.activation);
  for (const int side : {out.stride_x, out.stride_y, out.dilation_x, out.dilation_y})
    if (side < 1 || side > 1024) return fail(ErrorCode::kInput, "a stride or dilation of {} is damaged", side);
  return {};
}

Result<TfliteNetwork> read_network(FlatBuffer& buffer) {
  const FlatTable root = FlatTable::root(buffer);
  const std::vector<FlatTable> subgraphs = root.tables(model::kSubgraphs, kMostTables);
  if (subgraphs.size() != 1) return fail(ErrorCode::kInput, "there are {} networks in it, not one", subgraphs.size());
  const std::vector<FlatTable> buffers = root.tables(model::kBuffers, kMostTables);
  std::vector<int> codes;
  for (const FlatTable& code : root.tables(model::kOperatorCodes, kMostTables))  // numbers beyond 127 came later
    codes.push_back(std::max<int>(code.number<std::int8_t>(operator_code::kOldCode), code.number<std::int32_t>(operator_code::kCode)));

  TfliteNetwork out;
  std::size_t nonzeros = 0;
  for (const FlatTable& table : subgraphs[0].tables(subgraph::kTensors, kMostTables)) {
    MP4D_TRY(read, read_tensor(table, buffers));
    nonzeros += read.column.size() + read.row_start.size();
    if (nonzeros > kMostNonzeros) return fail(ErrorCode::kInput, "there are more than {} sparse weights", kMostNonzeros);
    out.tensors.push_back(std::move(read));
  }
  const int count = static_cast<int>(out.tensors.size());
  const auto valid = [&](const std::vector<int>& list, int least) {
    return std::all_of(list.begin(), list.end(), [&](int index) { return index >= least && index < count; });
  };
  out.inputs = subgraphs[0].numbers<int>(subgraph::kInputs, kMostEnds);
  out.outputs = subgraphs[0].numbers<int>(subgraph::kOutputs, kMostEnds);
  if (!valid(out.inputs, 0) || !valid(out.outputs, 0) || out.outputs.empty())
    return fail(ErrorCode::kInput, "the network's inputs or outputs are damaged");
  for (const FlatTable& table : subgraphs[0].tables(subgraph::kOperators, kMostTables)) {
    const std::uint32_t code = table.number<std::uint32_t>(operation::kCode);
    if (code >= codes.size()) return fail(ErrorCode::kInput, "an operation's number is damaged");
    TfliteOperator read;
    read.op = static_cast<TfliteOp>(codes[code]);
    read.inputs = table.numbers<int>(operation::kInputs, kMostEnds);
    read.outputs = table.numbers<int>(operation::kOutputs, kMostEnds);
    if (!valid(read.inputs, -1) || !valid(read.outputs, 0) || read.inputs.empty() || read.inputs[0] < 0 || read.outputs.size() != 1)
      return fail(ErrorCode::kInput, "an operation's inputs or outputs are damaged");
    MP4D_CHECK(read_options(table.table(operation::kOptions), read));
    out.operators.push_back(std::move(read));
  }
  return out;
}

}  // namespace

std::size_t TfliteTensor::size() const {
  std::size_t out = 1;
  for (const int side : shape) out *= static_cast<std::size_t>(side);
  return out;
}

Result<TfliteNetwork> read_tflite(std::string_view bytes) {
  if (bytes.size() < 8 || bytes.substr(4, 4) != "TFL3") return fail(ErrorCode::kInput, "is no TensorFlow Lite network");
  FlatBuffer buffer(bytes);
  Result<TfliteNetwork> network = read_network(buffer);
  if (buffer.damaged()) return fail(ErrorCode::kInput, "is damaged: a table points outside the file");
  return network;
}

}  // namespace mp4d::internal
