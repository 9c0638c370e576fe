#pragma once
#include "core/image.h"
#include "core/job_context.h"
#include <filesystem>
#include <memory>

namespace mp4d {

/// How different two pictures look to a network that the user supplies, such as LPIPS (Zhang et al. 2018), whose weights are not
/// part of this program. It is an ONNX file with one input "input" of 2 x 3 x height x width floats (the two pictures, RGB,
/// -1..1) and one value "output". Run by the ONNX Runtime of 'models install onnxruntime'.
class PerceptualMetric {
 public:
  /// Errors: no runtime (with the remedy), a file that is missing or no network.
  static Result<PerceptualMetric> open(const std::filesystem::path& network);

  /// `a`, `b`: RGB of one size, 0..1; clamped. Errors: other inputs and outputs than these, kCancelled.
  Result<double> distance(const ImageF& a, const ImageF& b, const JobContext* job = nullptr) const;

 private:
  struct State;
  explicit PerceptualMetric(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace mp4d
