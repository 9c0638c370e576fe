#include "core/files.h"
#include "io/networks.h"
#include "io/perceptual_metric.h"
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

// ONNX files are protocol buffers: fields with a number and either text or a small number.
std::string small(std::size_t value) {
  std::string out;
  for (; value > 127; value >>= 7) out.push_back(static_cast<char>((value & 127) | 128));
  out.push_back(static_cast<char>(value));
  return out;
}
std::string field(std::size_t number, const std::string& content) { return small(number << 3 | 2) + small(content.size()) + content; }
std::string field(std::size_t number, std::size_t value) { return small(number << 3) + small(value); }

std::string node(const std::string& operation, const std::vector<std::string>& inputs, const std::string& output, bool over_pair = false) {
  std::string out;
  for (const std::string& input : inputs) out += field(1, input);
  out += field(2, output) + field(4, operation);
  if (!over_pair) return out;
  return out + field(5, field(1, std::string("axes")) + field(8, std::size_t{0}) + field(20, std::size_t{7})) +
         field(5, field(1, std::string("keepdims")) + field(3, std::size_t{0}) + field(20, std::size_t{2}));
}

std::string tensor(const std::string& name, int dimensions) {
  std::string shape;
  for (int i = 0; i < dimensions; ++i) shape += field(1, field(2, fmt::format("d{}", i)));
  const std::string type = field(1, std::size_t{1}) + (dimensions ? field(2, shape) : "");
  return field(1, name) + field(2, field(1, type));
}

/// The mean absolute difference of the two pictures; `output`: the name of what it gives.
std::string difference_network(const std::string& output) {
  const std::string graph = field(1, node("ReduceMax", {"input"}, "high", true)) + field(1, node("ReduceMin", {"input"}, "low", true)) +
                            field(1, node("Sub", {"high", "low"}, "off")) + field(1, node("ReduceMean", {"off"}, output)) +
                            field(2, std::string("difference")) + field(11, tensor("input", 4)) + field(12, tensor(output, 0));
  return field(1, std::size_t{8}) + field(7, graph) + field(8, field(2, std::size_t{13}));
}

TEST(PerceptualMetric, RunsTheUsersNetworkAndNamesWhatIsWrong) {
  const TempFolder folder = TempFolder::create().value();
  const auto missing = PerceptualMetric::open(folder.path() / "none.onnx");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("none.onnx"), std::string::npos);
  const fs::path good = folder.path() / "good.onnx", bad = folder.path() / "bad.onnx", other = folder.path() / "other.onnx";
  ASSERT_TRUE(write_atomically(good, difference_network("output")));
  ASSERT_TRUE(write_atomically(bad, std::string("nonsense")));
  ASSERT_TRUE(write_atomically(other, difference_network("else")));
  if (!fs::exists(network_path(find_network("onnxruntime").value(), network_folder()))) {
    const auto without = PerceptualMetric::open(good);
    ASSERT_FALSE(without);
    EXPECT_NE(without.error().message.find("models install onnxruntime"), std::string::npos);
    GTEST_SKIP() << "the ONNX Runtime is not installed";
  }
  const auto metric = PerceptualMetric::open(good);
  ASSERT_TRUE(metric) << metric.error().message;
  ImageF a(5, 4, 3), b(5, 4, 3);
  std::fill(a.data.begin(), a.data.end(), 0.25f);
  std::fill(b.data.begin(), b.data.end(), 0.5f);
  b.data[7] = 7;  // clamped to 1
  const double expected = 2 * (0.25 * 59 + 0.75) / 60;
  EXPECT_NEAR(metric->distance(a, b).value(), expected, 1e-6);
  EXPECT_EQ(metric->distance(a, a).value(), 0);
  EXPECT_FALSE(PerceptualMetric::open(bad));
  const auto nameless = PerceptualMetric::open(other)->distance(a, b);
  ASSERT_FALSE(nameless);
  EXPECT_NE(nameless.error().message.find("'output'"), std::string::npos) << nameless.error().message;
}

}  // namespace
}  // namespace mp4d
