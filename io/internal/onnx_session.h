#pragma once
// Internal to io's sources: networks run by an ONNX Runtime that is loaded when it is needed.
#include "core/job_context.h"
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mp4d::internal {

/// A network with one input tensor named "input", and outputs, all of floats.
class OnnxSession {
 public:
  /// `library`: an ONNX Runtime of version 1.16 or later. Errors: it or the network cannot be loaded.
  static Result<OnnxSession> open(const std::filesystem::path& library, const std::filesystem::path& network,
                                  int threads);
  /// The same with the network's bytes instead of its file.
  static Result<OnnxSession> of_bytes(const std::filesystem::path& library, const std::string& network, int threads);

  struct Output {
    const char* name;
    std::size_t count;  ///< of values, which it must have
  };

  /// The values of each of `outputs`. A cancel ends it between two operators.
  Result<std::vector<std::vector<float>>> run(std::vector<float>& input, const std::vector<std::int64_t>& shape,
                                              const std::vector<Output>& outputs, const JobContext* job);

  struct State;

 private:
  static Result<OnnxSession> create(const std::filesystem::path& library, const std::filesystem::path& file,
                                    const std::string* bytes, int threads);
  explicit OnnxSession(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace mp4d::internal
