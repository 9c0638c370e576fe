#pragma once
// Internal to io's sources: networks run by an ONNX Runtime that is loaded when it is needed.
#include "core/job_context.h"
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace mp4d::internal {

/// A network with one input tensor named "input" and one output named "output", both of floats.
class OnnxSession {
 public:
  /// `library`: an ONNX Runtime of version 1.16 or later. Errors: it or the network cannot be loaded.
  static Result<OnnxSession> open(const std::filesystem::path& library, const std::filesystem::path& network,
                                  int threads);

  /// The output, which must have `count` values. A cancel ends it between two operators.
  Result<std::vector<float>> run(std::vector<float>& input, const std::vector<std::int64_t>& shape, std::size_t count,
                                 const JobContext* job);

  struct State;

 private:
  explicit OnnxSession(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace mp4d::internal
