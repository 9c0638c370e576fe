#pragma once
// Internal to io's sources: networks in TensorFlow Lite's format (schema.fbs of TensorFlow, version 3).
#include "core/result.h"
#include <string>
#include <string_view>
#include <vector>

namespace mp4d::internal {

/// Number of an operation in the schema; those that tflite_to_onnx() knows.
enum class TfliteOp {
  kAdd = 0,
  kConcatenation = 2,
  kConv2d = 3,
  kDepthwiseConv2d = 4,
  kDepthToSpace = 5,
  kDequantize = 6,
  kLogistic = 14,
  kMaxPool2d = 17,
  kReshape = 22,
  kResizeBilinear = 23,
  kPad = 34,
  kDensify = 124
};

enum class TfliteType { kFloat32 = 0, kFloat16 = 1, kInt32 = 2 };

struct TfliteTensor {
  std::vector<int> shape;  ///< pictures: number, height, width, channels
  TfliteType type{};
  std::string_view data;       ///< of a constant; otherwise empty
  bool sparse = false;         ///< of each row only some values are in `data`:
  std::vector<int> row_start;  ///< where a row's values start and end, rows + 1
  std::vector<int> column;     ///< of each value

  std::size_t size() const;  ///< product of the shape
};

struct TfliteOperator {
  TfliteOp op{};
  std::vector<int> inputs, outputs;  ///< indices of tensors; -1 = left out
  // Of convolutions and pooling:
  bool same_padding = false;
  int stride_x = 1, stride_y = 1, dilation_x = 1, dilation_y = 1;
  int window_x = 0, window_y = 0;  ///< of pooling
  int activation = 0;              ///< 0 none, 1 ReLU, 3 ReLU6
  int axis = 0;                    ///< of concatenation
  int block = 0;                   ///< of depth to space
  bool align_corners = false, half_pixels = false;  ///< of resizing
};

struct TfliteNetwork {
  std::vector<TfliteTensor> tensors;
  std::vector<TfliteOperator> operators;  ///< in an order in which they can be run
  std::vector<int> inputs, outputs;
};

/// `bytes` must outlive the network, whose constants point into them. Indices are within bounds, shapes positive. Errors
/// (kInput): not such a file or damaged, or an operation or a type that is not among those above, by its number.
Result<TfliteNetwork> read_tflite(std::string_view bytes);

/// The same network as ONNX (version 13 of its operations), which takes and gives what the original does: pictures as
/// number x height x width x channels, in floats. Its input is named "input", its outputs "output0", "output1" ... in their
/// order. Half-precision and sparse weights become plain ones. Errors (kInput): those of read_tflite(), an operation
/// on what it is not meant for.
Result<std::string> tflite_to_onnx(std::string_view bytes);

}  // namespace mp4d::internal
