#include "io/internal/onnx_writer.h"
#include "io/internal/tflite.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

// Pictures are number x height x width x channels in TensorFlow Lite and number x channels x height x width in ONNX. Within the
// ONNX graph every tensor of four dimensions is in ONNX's order; the graph's ends and Reshape, which sees the order, transpose.
namespace mp4d::internal {
namespace {

using Shape = std::vector<std::int64_t>;
constexpr std::size_t kMostBytes = std::size_t{1} << 29;  // the same weights can be asked for again and again

float from_half(std::uint16_t half) {
  const int exponent = half >> 10 & 31;
  const float fraction = static_cast<float>(half & 1023) / 1024;
  const float size = exponent == 0    ? std::ldexp(fraction, -14)
                     : exponent == 31 ? (fraction == 0 ? HUGE_VALF : NAN)
                                      : std::ldexp(1 + fraction, exponent - 15);
  return half & 0x8000 ? -size : size;
}

std::string name_of(int tensor) { return fmt::format("t{}", tensor); }

class Converter {
 public:
  explicit Converter(const TfliteNetwork& network) : network_(network) {}

  Result<std::string> run() {
    if (network_.inputs.size() != 1)
      return fail(ErrorCode::kInput, "it has {} inputs; networks of one input are supported", network_.inputs.size());
    const int input = network_.inputs[0];
    writer_.add_input("input", as_it_is(input));
    writer_.add_node(rank(input) == 4 ? "Transpose" : "Identity", {"input"}, name_of(input), to_onnx_order(rank(input)));
    for (const TfliteOperator& op : network_.operators) {
      MP4D_CHECK(convert(op));
      if (writer_.size() > kMostBytes) return fail(ErrorCode::kInput, "it is beyond {} MB", kMostBytes >> 20);
    }
    for (std::size_t i = 0; i < network_.outputs.size(); ++i) {
      const int output = network_.outputs[i];
      const std::string name = fmt::format("output{}", i);
      writer_.add_output(name, as_it_is(output));
      writer_.add_node(rank(output) == 4 ? "Transpose" : "Identity", {name_of(output)}, name, to_lite_order(rank(output)));
    }
    return writer_.finish();
  }

 private:
  const TfliteTensor& tensor(int index) const { return network_.tensors[static_cast<std::size_t>(index)]; }
  std::size_t rank(int index) const { return tensor(index).shape.size(); }
  std::int64_t side(int index, std::size_t dimension) const { return tensor(index).shape[dimension]; }
  Shape as_it_is(int index) const { return {tensor(index).shape.begin(), tensor(index).shape.end()}; }

  static std::vector<OnnxWriter::Attribute> to_onnx_order(std::size_t rank) {
    if (rank != 4) return {};
    return {OnnxWriter::list("perm", {0, 3, 1, 2})};
  }
  static std::vector<OnnxWriter::Attribute> to_lite_order(std::size_t rank) {
    if (rank != 4) return {};
    return {OnnxWriter::list("perm", {0, 2, 3, 1})};
  }

  std::string new_name() { return fmt::format("n{}", names_++); }
  std::string constant(const Shape& values) {
    const std::string name = new_name();
    writer_.add_constant(name, values);
    return name;
  }

  /// Values of a constant, in TensorFlow Lite's order.
  Result<std::vector<float>> weights(int index) const {
    if (const auto known = same_as_.find(index); known != same_as_.end()) index = known->second;
    const TfliteTensor& from = tensor(index);
    if (from.data.empty() || from.type == TfliteType::kInt32)
      return fail(ErrorCode::kInput, "tensor {} should be a constant of floats", index);
    std::vector<float> values(from.sparse ? from.column.size() : from.size());
    if (from.type == TfliteType::kFloat32) {
      std::memcpy(values.data(), from.data.data(), from.data.size());
    } else {
      for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint16_t half = 0;
        std::memcpy(&half, from.data.data() + 2 * i, 2);
        values[i] = from_half(half);
      }
    }
    if (!from.sparse) return values;
    std::vector<float> dense(from.size(), 0.0f);
    for (std::size_t row = 0; row + 1 < from.row_start.size(); ++row)
      for (int i = from.row_start[row]; i < from.row_start[row + 1]; ++i)
        dense[row * static_cast<std::size_t>(from.shape.back()) + static_cast<std::size_t>(from.column[static_cast<std::size_t>(i)])] =
            values[static_cast<std::size_t>(i)];
    return dense;
  }

  Result<std::vector<int>> integers(int index) const {
    const TfliteTensor& from = tensor(index);
    if (from.data.empty() || from.type != TfliteType::kInt32 || from.sparse)
      return fail(ErrorCode::kInput, "tensor {} should be a constant of integers, all of them stored", index);
    std::vector<int> values(from.size());
    std::memcpy(values.data(), from.data.data(), from.data.size());
    return values;
  }

  Result<void> wants(const TfliteOperator& op, std::size_t inputs, std::size_t dimensions) const {
    bool fits = op.inputs.size() == inputs && rank(op.inputs[0]) == dimensions && rank(op.outputs[0]) == dimensions;
    for (std::size_t i = 1; i < op.inputs.size(); ++i) fits = fits && (op.inputs[i] >= 0 || i == 2);
    if (fits) return {};
    return fail(ErrorCode::kInput, "operation {} has inputs that it is not supported with", static_cast<int>(op.op));
  }

  /// Zeros before and after, so that a window's output has the side that the network says.
  static std::pair<std::int64_t, std::int64_t> padding(bool same, std::int64_t in, std::int64_t window, std::int64_t stride) {
    if (!same) return {0, 0};
    const std::int64_t all = std::max<std::int64_t>(((in + stride - 1) / stride - 1) * stride + window - in, 0);
    return {all / 2, all - all / 2};
  }
  OnnxWriter::Attribute pads(const TfliteOperator& op, std::int64_t window_y, std::int64_t window_x) const {
    const auto [top, bottom] = padding(op.same_padding, side(op.inputs[0], 1), window_y, op.stride_y);
    const auto [left, right] = padding(op.same_padding, side(op.inputs[0], 2), window_x, op.stride_x);
    return OnnxWriter::list("pads", {top, left, bottom, right});
  }

  /// The name that an operation's own output is to have: that of the tensor, unless an activation comes between.
  std::string before_activation(const TfliteOperator& op) { return op.activation ? new_name() : name_of(op.outputs[0]); }
  void activate(const TfliteOperator& op, const std::string& from) {
    if (op.activation == 1) writer_.add_node("Relu", {from}, name_of(op.outputs[0]));
    if (op.activation == 3) {
      const std::string low = new_name(), high = new_name();
      writer_.add_constant(low, {}, {0.0f});
      writer_.add_constant(high, {}, {6.0f});
      writer_.add_node("Clip", {from, low, high}, name_of(op.outputs[0]));
    }
  }

  Result<void> convolve(const TfliteOperator& op) {
    MP4D_CHECK(wants(op, 3, 4));
    const bool depthwise = op.op == TfliteOp::kDepthwiseConv2d;
    const int kernel = op.inputs[1];
    const std::int64_t channels = side(op.inputs[0], 3), out = side(op.outputs[0], 3);
    const bool fits = rank(kernel) == 4 && side(kernel, depthwise ? 3 : 0) == out &&
                      (depthwise ? side(kernel, 0) == 1 && out % channels == 0 : side(kernel, 3) == channels);
    if (!fits) return fail(ErrorCode::kInput, "the weights of a convolution do not fit its ends");
    MP4D_TRY(values, weights(kernel));
    const auto height = static_cast<std::size_t>(side(kernel, 1)), width = static_cast<std::size_t>(side(kernel, 2));
    // From out x height x width x in (depthwise: 1 x height x width x out) to out x in x height x width.
    const std::size_t outs = static_cast<std::size_t>(out), ins = depthwise ? 1 : static_cast<std::size_t>(channels);
    if (values.size() != outs * ins * height * width) return fail(ErrorCode::kInput, "the weights of a convolution do not fit its ends");
    std::vector<float> turned(values.size());
    for (std::size_t o = 0; o < outs; ++o)
      for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x)
          for (std::size_t i = 0; i < ins; ++i)
            turned[((o * ins + i) * height + y) * width + x] =
                depthwise ? values[(y * width + x) * outs + o] : values[((o * height + y) * width + x) * ins + i];
    const std::string weight = new_name(), bias = new_name(), result = before_activation(op);
    writer_.add_constant(weight, {out, static_cast<std::int64_t>(ins), side(kernel, 1), side(kernel, 2)}, turned);
    std::vector<std::string> inputs{name_of(op.inputs[0]), weight};
    if (op.inputs[2] >= 0) {
      MP4D_TRY(offset, weights(op.inputs[2]));
      if (offset.size() != outs) return fail(ErrorCode::kInput, "the offsets of a convolution do not fit its output");
      writer_.add_constant(bias, {out}, offset);
      inputs.push_back(bias);
    }
    writer_.add_node("Conv", inputs, result,
                     {OnnxWriter::list("kernel_shape", {side(kernel, 1), side(kernel, 2)}),
                      OnnxWriter::list("strides", {op.stride_y, op.stride_x}),
                      OnnxWriter::list("dilations", {op.dilation_y, op.dilation_x}),
                      OnnxWriter::integer("group", depthwise ? channels : 1),
                      pads(op, (side(kernel, 1) - 1) * op.dilation_y + 1, (side(kernel, 2) - 1) * op.dilation_x + 1)});
    activate(op, result);
    return {};
  }

  Result<void> pool(const TfliteOperator& op) {
    MP4D_CHECK(wants(op, 1, 4));
    if (op.window_x < 1 || op.window_y < 1 || op.window_x > side(op.inputs[0], 2) || op.window_y > side(op.inputs[0], 1))
      return fail(ErrorCode::kInput, "a pooling window of {} x {} does not fit its input", op.window_x, op.window_y);
    const std::string result = before_activation(op);
    writer_.add_node("MaxPool", {name_of(op.inputs[0])}, result,
                     {OnnxWriter::list("kernel_shape", {op.window_y, op.window_x}),
                      OnnxWriter::list("strides", {op.stride_y, op.stride_x}), pads(op, op.window_y, op.window_x)});
    activate(op, result);
    return {};
  }

  Result<void> add(const TfliteOperator& op) {
    MP4D_CHECK(wants(op, 2, rank(op.inputs[0])));
    if (tensor(op.inputs[0]).shape != tensor(op.inputs[1]).shape)
      return fail(ErrorCode::kInput, "a sum of tensors of different shapes is not supported");
    const std::string result = before_activation(op);
    writer_.add_node("Add", {name_of(op.inputs[0]), name_of(op.inputs[1])}, result);
    activate(op, result);
    return {};
  }

  Result<void> join(const TfliteOperator& op) {
    const auto dimensions = static_cast<int>(rank(op.inputs[0]));
    MP4D_CHECK(wants(op, op.inputs.size(), rank(op.inputs[0])));
    const int axis = op.axis < 0 ? op.axis + dimensions : op.axis;
    if (axis < 0 || axis >= dimensions) return fail(ErrorCode::kInput, "an axis of {} is damaged", op.axis);
    constexpr int kOnnxAxis[] = {0, 2, 3, 1};
    std::vector<std::string> inputs;
    for (const int input : op.inputs) inputs.push_back(name_of(input));
    const std::string result = before_activation(op);
    writer_.add_node("Concat", inputs, result, {OnnxWriter::integer("axis", dimensions == 4 ? kOnnxAxis[axis] : axis)});
    activate(op, result);
    return {};
  }

  Result<void> pad(const TfliteOperator& op) {
    MP4D_CHECK(wants(op, 2, 4));
    MP4D_TRY(sides, integers(op.inputs[1]));  // 4 x (before, after)
    if (sides.size() != 8 || *std::min_element(sides.begin(), sides.end()) < 0)
      return fail(ErrorCode::kInput, "a border is damaged");
    writer_.add_node("Pad",
                     {name_of(op.inputs[0]), constant({sides[0], sides[6], sides[2], sides[4], sides[1], sides[7], sides[3], sides[5]})},
                     name_of(op.outputs[0]));
    return {};
  }

  void reshape(const TfliteOperator& op) {
    const int in = op.inputs[0], out = op.outputs[0];
    const std::string flat = new_name(), shaped = new_name();
    writer_.add_node(rank(in) == 4 ? "Transpose" : "Identity", {name_of(in)}, flat, to_lite_order(rank(in)));
    writer_.add_node("Reshape", {flat, constant(as_it_is(out))}, shaped);
    writer_.add_node(rank(out) == 4 ? "Transpose" : "Identity", {shaped}, name_of(out), to_onnx_order(rank(out)));
  }

  Result<void> resize(const TfliteOperator& op) {
    MP4D_CHECK(wants(op, 2, 4));
    const int out = op.outputs[0];
    const char* centres = op.align_corners ? "align_corners" : op.half_pixels ? "half_pixel" : "asymmetric";
    writer_.add_node("Resize", {name_of(op.inputs[0]), "", "", constant({side(out, 0), side(out, 3), side(out, 1), side(out, 2)})},
                     name_of(out),
                     {OnnxWriter::text("mode", "linear"), OnnxWriter::text("coordinate_transformation_mode", centres)});
    return {};
  }

  Result<void> convert(const TfliteOperator& op) {
    const std::string in = name_of(op.inputs[0]), out = name_of(op.outputs[0]);
    switch (op.op) {
      case TfliteOp::kConv2d:
      case TfliteOp::kDepthwiseConv2d: return convolve(op);
      case TfliteOp::kMaxPool2d: return pool(op);
      case TfliteOp::kAdd: return add(op);
      case TfliteOp::kConcatenation: return join(op);
      case TfliteOp::kPad: return pad(op);
      case TfliteOp::kReshape: reshape(op); return {};
      case TfliteOp::kResizeBilinear: return resize(op);
      case TfliteOp::kLogistic: writer_.add_node("Sigmoid", {in}, out); return {};
      case TfliteOp::kDepthToSpace:
        MP4D_CHECK(wants(op, 1, 4));
        if (op.block < 1) return fail(ErrorCode::kInput, "a block of {} is damaged", op.block);
        writer_.add_node("DepthToSpace", {in}, out, {OnnxWriter::integer("blocksize", op.block)});
        return {};
      case TfliteOp::kDequantize:
      case TfliteOp::kDensify: {  // of weights, which weights() unpacks
        const auto known = same_as_.find(op.inputs[0]);
        same_as_[op.outputs[0]] = known == same_as_.end() ? op.inputs[0] : known->second;
        return {};
      }
    }
    return {};
  }

  const TfliteNetwork& network_;
  OnnxWriter writer_;
  int names_ = 0;
  std::map<int, int> same_as_;  ///< tensor -> the constant that it unpacks
};

}  // namespace

Result<std::string> tflite_to_onnx(std::string_view bytes) {
  MP4D_TRY(network, read_tflite(bytes));
  return Converter(network).run();
}

}  // namespace mp4d::internal
