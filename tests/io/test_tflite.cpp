// Networks of TensorFlow Lite turned into ONNX, against the operations written out here, as OpenCV runs them.
#include "drawn_clip.h"
#include "io/internal/onnx_session.h"
#include "io/internal/tflite.h"
#include "io/networks.h"
#include "tests/errors/expect_error.h"
#include "tflite_writer.h"
#include <functional>
#include <gtest/gtest.h>
#include <numeric>
#include <opencv2/dnn.hpp>

namespace mp4d::test {
namespace {

using internal::tflite_to_onnx;

FlatValue byte(int value) { return FlatValue::number(static_cast<std::int8_t>(value)); }
FlatValue integer(int value) { return FlatValue::number(value); }

/// A picture in TensorFlow Lite's order with values of its own everywhere.
struct Picture {
  int height, width, channels;
  std::vector<float> values;

  Picture(int h, int w, int c, std::uint64_t seed) : height(h), width(w), channels(c) {
    for (int i = 0; i < h * w * c; ++i)
      values.push_back(2 * static_cast<float>(rng::uniform(3, seed, static_cast<std::uint64_t>(i))) - 1);
  }
  std::vector<int> shape() const { return {1, height, width, channels}; }
  float at(int y, int x, int c) const {
    return y < 0 || x < 0 || y >= height || x >= width ? 0 : values[static_cast<std::size_t>((y * width + x) * channels + c)];
  }
  template <class F>
  static Picture of(int h, int w, int c, F value) {
    Picture out(h, w, c, 0);
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x)
        for (int i = 0; i < c; ++i) out.values[static_cast<std::size_t>((y * w + x) * c + i)] = value(y, x, i);
    return out;
  }
};

std::vector<float> weights_of(std::size_t count, std::uint64_t seed) { return Picture(1, 1, static_cast<int>(count), seed).values; }

/// `net` run on `input`: the values of its first output.
std::vector<float> run(const std::string& net, const Picture& input) {
  const auto onnx = tflite_to_onnx(net);
  EXPECT_TRUE(onnx) << onnx.error().message;
  if (!onnx) return {};
  cv::dnn::Net runner = cv::dnn::readNetFromONNX(onnx->data(), onnx->size());
  const int sizes[] = {1, input.height, input.width, input.channels};
  runner.setInput(cv::Mat(4, sizes, CV_32F, const_cast<float*>(input.values.data())), "input");
  const cv::Mat out = runner.forward("output0").clone();
  return {out.ptr<float>(), out.ptr<float>() + out.total()};
}

void expect_same(const std::vector<float>& found, const std::vector<float>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-5f) << i;
}

TEST(Tflite, AConvolutionPadsAsTheOriginalDoes) {
  const Picture in(6, 5, 2, 1);
  const std::vector<float> kernel = weights_of(3 * 3 * 3 * 2, 2), offset = weights_of(3, 3);
  TfliteWriter net;
  const int input = net.tensor(in.shape());
  const int weights = net.constant({3, 3, 3, 2}, 0, kernel), bias = net.constant({3}, 0, offset);
  const int out = net.add(3, {input, weights, bias}, {1, 3, 3, 3}, {{1, integer(2)}, {2, integer(2)}, {3, byte(1)}});
  // SAME at a stride of 2: a side of 6 has its one row of zeros below, one of 5 a column on both sides.
  const Picture expected = Picture::of(3, 3, 3, [&](int y, int x, int o) {
    float sum = offset[static_cast<std::size_t>(o)];
    for (int ky = 0; ky < 3; ++ky)
      for (int kx = 0; kx < 3; ++kx)
        for (int i = 0; i < 2; ++i)
          sum += kernel[static_cast<std::size_t>(((o * 3 + ky) * 3 + kx) * 2 + i)] * in.at(2 * y + ky, 2 * x + kx - 1, i);
    return std::max(sum, 0.0f);
  });
  expect_same(run(net.finish(input, {out}), in), expected.values);
}

TEST(Tflite, ADepthwiseConvolutionOfHalfPrecision) {
  const Picture in(5, 4, 3, 4);
  const std::uint16_t halves[] = {0x3c00, 0xc000, 0x3555, 0x0400};  // 1, -2, 0.33325, 2^-14
  const float values[] = {1, -2, 0.333251953125f, 6.103515625e-05f};
  std::vector<std::uint16_t> kernel;
  for (int i = 0; i < 2 * 2 * 3; ++i) kernel.push_back(halves[i % 4]);
  TfliteWriter net;
  const int input = net.tensor(in.shape());
  const int weights = net.add(6, {net.constant({1, 2, 2, 3}, 1, kernel)}, {1, 2, 2, 3});
  const int bias = net.constant<float>({3}, 0, {0, 5, 6});
  const int out = net.add(4, {input, weights, bias}, {1, 4, 3, 3},
                          {{0, byte(1)}, {1, integer(1)}, {2, integer(1)}, {3, integer(1)}});
  const Picture expected = Picture::of(4, 3, 3, [&](int y, int x, int c) {
    float sum = c == 0 ? 0.0f : 4.0f + static_cast<float>(c);
    for (int ky = 0; ky < 2; ++ky)
      for (int kx = 0; kx < 2; ++kx) sum += values[((ky * 2 + kx) * 3 + c) % 4] * in.at(y + ky, x + kx, c);
    return sum;
  });
  expect_same(run(net.finish(input, {out}), in), expected.values);
}

TEST(Tflite, ReLU6AsOnnxRuntimeRunsIt) {  // OpenCV 4.6 does not know the operation that stands for it
  const auto runtime = find_network("onnxruntime");
  if (!network_installed("onnxruntime")) GTEST_SKIP() << "'magicpose4d models install onnxruntime' was not run";
  TfliteWriter net;
  const int input = net.tensor({4});
  const auto onnx = tflite_to_onnx(net.finish(input, {net.add(0, {input, input}, {4}, {{0, byte(3)}})}));
  ASSERT_TRUE(onnx) << onnx.error().message;
  auto session = internal::OnnxSession::of_bytes(network_path(*runtime, network_folder()), *onnx, 1);
  ASSERT_TRUE(session) << session.error().message;
  std::vector<float> values{-1, 1, 2.5f, 4};
  const auto out = session->run(values, {4}, {{"output0", 4}}, nullptr);
  ASSERT_TRUE(out) << out.error().message;
  expect_same(out->front(), {0, 2, 5, 6});
  const auto wrong = session->run(values, {4}, {{"output0", 5}}, nullptr);
  ASSERT_FALSE(wrong);
  EXPECT_TRUE(contains(wrong.error().message, "output0 has 4 values, expected 5")) << wrong.error().message;
}

TEST(Tflite, SparseWeightsAreFilledUp) {
  const Picture in(2, 2, 3, 5);
  TfliteWriter net;
  const int input = net.tensor(in.shape());
  const int dense = net.add(124, {sparse_weights(net)}, {2, 1, 1, 3});
  const int weights = net.add(6, {dense}, {2, 1, 1, 3});
  const int out = net.add(3, {input, weights, net.constant<float>({2}, 0, {0, 0})}, {1, 2, 2, 2}, {{1, integer(1)}, {2, integer(1)}});
  const Picture expected = Picture::of(2, 2, 2, [&](int y, int x, int o) {
    return o == 0 ? in.at(y, x, 0) + 2 * in.at(y, x, 2) : 3 * in.at(y, x, 1);
  });
  expect_same(run(net.finish(input, {out}), in), expected.values);
}

TEST(Tflite, PoolingSumsAndSigmoid) {
  const Picture in(4, 6, 2, 6);
  TfliteWriter net;
  const int input = net.tensor(in.shape());
  const int pooled = net.add(17, {input}, {1, 2, 3, 2}, {{0, byte(1)}, {1, integer(2)}, {2, integer(2)}, {3, integer(2)}, {4, integer(2)}});
  const int doubled = net.add(0, {pooled, pooled}, {1, 2, 3, 2}, {{0, byte(1)}});
  const int out = net.add(14, {doubled}, {1, 2, 3, 2});
  const Picture expected = Picture::of(2, 3, 2, [&](int y, int x, int c) {
    float most = -9;
    for (int i = 0; i < 4; ++i) most = std::max(most, in.at(2 * y + i / 2, 2 * x + i % 2, c));
    return 1 / (1 + std::exp(-std::max(2 * most, 0.0f)));
  });
  expect_same(run(net.finish(input, {out}), in), expected.values);
}

TEST(Tflite, ResizingTakesPixelsAtTheirCentres) {
  const Picture in(3, 2, 2, 7);
  TfliteWriter net;
  const int input = net.tensor(in.shape());
  const int out = net.add(23, {input, net.constant<int>({2}, 2, {6, 4})}, {1, 6, 4, 2}, {{3, byte(1)}});
  const Picture expected = Picture::of(6, 4, 2, [&](int y, int x, int c) {
    const float sy = std::clamp((static_cast<float>(y) + 0.5f) / 2 - 0.5f, 0.0f, 2.0f);
    const float sx = std::clamp((static_cast<float>(x) + 0.5f) / 2 - 0.5f, 0.0f, 1.0f);
    const int y0 = std::min(static_cast<int>(sy), 1), x0 = 0;
    const float fy = sy - static_cast<float>(y0), fx = sx;
    return (1 - fy) * ((1 - fx) * in.at(y0, x0, c) + fx * in.at(y0, x0 + 1, c)) +
           fy * ((1 - fx) * in.at(y0 + 1, x0, c) + fx * in.at(y0 + 1, x0 + 1, c));
  });
  expect_same(run(net.finish(input, {out}), in), expected.values);
}

TEST(Tflite, ChannelsUnfoldJoinAndFlattenInTheOriginalsOrder) {
  const Picture in(2, 3, 8, 8);
  TfliteWriter net;
  const int input = net.tensor(in.shape());
  const int unfolded = net.add(5, {input}, {1, 4, 6, 2}, {{0, integer(2)}});
  const int padded = net.add(34, {unfolded, net.constant<int>({4, 2}, 2, {0, 0, 1, 0, 0, 2, 0, 0})}, {1, 5, 8, 2});
  const int joined = net.add(2, {padded, padded}, {1, 5, 8, 4}, {{0, integer(3)}});
  const int out = net.add(22, {joined, net.constant<int>({3}, 2, {1, 40, 4})}, {1, 40, 4});
  const Picture expected = Picture::of(5, 8, 4, [&](int y, int x, int c) {
    if (y == 0 || x > 5) return 0.0f;
    return in.at((y - 1) / 2, x / 2, ((y - 1) % 2 * 2 + x % 2) * 2 + c % 2);
  });
  expect_same(run(net.finish(input, {out}), in), expected.values);
}

TEST(Tflite, WhatIsNotSupportedIsNamed) {
  TfliteWriter net;
  const int input = net.tensor({1, 4, 4, 1});
  const auto unknown = tflite_to_onnx(net.finish(input, {net.add(77, {input}, {1, 4, 4, 1})}));
  ASSERT_FALSE(unknown);
  EXPECT_TRUE(contains(unknown.error().message, "operation 77")) << unknown.error().message;
  TfliteWriter sum;
  const int a = sum.tensor({1, 4, 4, 1}), b = sum.constant<float>({1}, 0, {2});
  const auto shapes = tflite_to_onnx(sum.finish(a, {sum.add(0, {a, b}, {1, 4, 4, 1})}));
  ASSERT_FALSE(shapes);
  EXPECT_TRUE(contains(shapes.error().message, "different shapes")) << shapes.error().message;
  const auto foreign = tflite_to_onnx("something else altogether");
  ASSERT_FALSE(foreign);
  EXPECT_TRUE(contains(foreign.error().message, "no TensorFlow Lite network")) << foreign.error().message;
}

TEST(Tflite, OperationsThatDoNotFitTheirEndsAreNamed) {
  using Add = std::function<int(TfliteWriter&, int)>;
  const auto error = [](const char* text, const Add& add) {
    TfliteWriter net;
    const int input = net.tensor({1, 4, 4, 4});
    expect_error(tflite_to_onnx(net.finish(input, {add(net, input)})), text);
  };
  const std::vector<int> same{1, 4, 4, 4};
  error("should be a constant of integers", [&](TfliteWriter& net, int in) { return net.add(34, {in, net.constant<float>({4, 2}, 0, {0, 0, 0, 0, 0, 0, 0, 0})}, same); });
  error("the offsets of a convolution do not fit its output", [&](TfliteWriter& net, int in) {
    const int weights = net.constant<float>({4, 1, 1, 4}, 0, std::vector<float>(16, 1)), offset = net.constant<float>({3}, 0, {0, 0, 0});
    return net.add(3, {in, weights, offset}, same, {{1, integer(1)}, {2, integer(1)}});
  });
  error("a pooling window of 9 x 9 does not fit its input", [&](TfliteWriter& net, int in) {
    return net.add(17, {in}, same, {{1, integer(1)}, {2, integer(1)}, {3, integer(9)}, {4, integer(9)}});
  });
  error("an axis of 9 is damaged", [&](TfliteWriter& net, int in) { return net.add(2, {in, in}, same, {{0, integer(9)}}); });
  error("a border is damaged", [&](TfliteWriter& net, int in) { return net.add(34, {in, net.constant<int>({4, 2}, 2, {-1, 0, 0, 0, 0, 0, 0, 0})}, same); });
  error("a block of 0 is damaged", [&](TfliteWriter& net, int in) { return net.add(5, {in}, same, {{0, integer(0)}}); });
  error("there are more than 16777216 sparse weights", [&](TfliteWriter& net, int in) {
    const auto numbers = [](const FlatValue& values) { return FlatValue::table({{0, values}}); };
    constexpr int kRows = 35200, kSide = 256;
    std::vector<std::uint8_t> columns(kRows * kSide);
    std::iota(columns.begin(), columns.end(), std::uint8_t{0});
    std::vector<int> starts;
    for (int row = 0; row <= kRows; ++row) starts.push_back(kSide * row);
    const FlatValue last = FlatValue::table({{0, FlatValue::number(std::int8_t{1})},
                                             {2, FlatValue::number(std::uint8_t{1})},
                                             {3, numbers(FlatValue::vector(starts))},
                                             {4, FlatValue::number(std::uint8_t{3})},
                                             {5, numbers(FlatValue::vector(columns))}});
    const FlatValue dense = FlatValue::table({{1, FlatValue::number(kRows)}});
    const FlatValue sparsity = FlatValue::table({{0, FlatValue::vector(std::vector<int>{0, 1})}, {2, FlatValue::list({dense, last})}});
    for (int i = 0; i < 2; ++i) net.tensor({kRows, kSide}, 0, {}, sparsity);
    return in;
  });
}

/// An operation's second input: sparse integers whose row of `side` values says that it stores those of `columns`.
Result<std::string> padded_by_sparse(int side, const std::vector<std::uint8_t>& columns) {
  const auto numbers = [](const FlatValue& values) { return FlatValue::table({{0, values}}); };
  const FlatValue last = FlatValue::table({{0, FlatValue::number(std::int8_t{1})},
                                           {2, FlatValue::number(std::uint8_t{1})},
                                           {3, numbers(FlatValue::vector(std::vector<int>{0, static_cast<int>(columns.size())}))},
                                           {4, FlatValue::number(std::uint8_t{3})},
                                           {5, numbers(FlatValue::vector(columns))}});
  const FlatValue dense = FlatValue::table({{1, FlatValue::number(1)}});
  const FlatValue sparsity = FlatValue::table({{0, FlatValue::vector(std::vector<int>{0, 1})}, {2, FlatValue::list({dense, last})}});
  TfliteWriter net;
  const int input = net.tensor({1, 4, 4, 4});
  const int border = net.constant<int>({1, side}, 2, std::vector<int>(columns.size(), 0), sparsity);
  return tflite_to_onnx(net.finish(input, {net.add(34, {input, border}, {1, 4, 4, 4})}));
}

// More values than the tensor has would be copied over what lies behind it.
TEST(Tflite, AValueIsStoredOnce) {
  expect_error(padded_by_sparse(1, std::vector<std::uint8_t>(1000)), "the places of sparse weights are damaged");
  expect_error(padded_by_sparse(8, {0, 2, 1}), "the places of sparse weights are damaged");
  expect_error(padded_by_sparse(8, {0, 8}), "the places of sparse weights are damaged");
  expect_error(padded_by_sparse(8, {0, 1, 5}), "should be a constant of integers, all of them stored");
}

TEST(Tflite, DamagedFilesAreRefusedOrRead) {
  TfliteWriter net;
  const int input = net.tensor({1, 2, 2, 3});
  const int weights = net.add(6, {net.add(124, {sparse_weights(net)}, {2, 1, 1, 3})}, {2, 1, 1, 3});
  const int out = net.add(3, {input, weights, -1}, {1, 2, 2, 2}, {{1, integer(1)}, {2, integer(1)}});
  const std::string whole = net.finish(input, {out});
  ASSERT_TRUE(tflite_to_onnx(whole));
  for (std::size_t length = 0; length < whole.size(); length += 4)
    EXPECT_FALSE(tflite_to_onnx(std::string_view(whole).substr(0, length))) << length;
  int refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const char value : {'\x00', '\x7f', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = value;
      refused += !tflite_to_onnx(damaged);  // no more than that it returns: a changed weight is as good as another
    }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace mp4d::test
