#include "io/perceptual_metric.h"
#include "io/internal/onnx_session.h"
#include "io/networks.h"
#include <algorithm>
#include <omp.h>

namespace mp4d {

struct PerceptualMetric::State {
  std::string name;
  internal::OnnxSession network;
};

Result<PerceptualMetric> PerceptualMetric::open(const std::filesystem::path& network) {
  MP4D_TRY(runtime, find_network("onnxruntime"));
  const std::filesystem::path library = network_path(runtime, network_folder());
  std::error_code error;
  if (!std::filesystem::is_regular_file(network, error))
    return fail(ErrorCode::kInput, "{}: no such file; give a network as ONNX, see docs/fields.md", network.string());
  if (!std::filesystem::exists(library, error))
    return fail(ErrorCode::kInput, "{}: needs the ONNX Runtime, which is not installed; run 'magicpose4d models install onnxruntime'", network.string());
  auto session = internal::OnnxSession::open(library, network, omp_get_max_threads());
  if (!session) return fail(ErrorCode::kInput, "{}: cannot be used: {}", network.string(), session.error().message);
  return PerceptualMetric(std::make_shared<State>(State{network.string(), std::move(*session)}));
}

Result<double> PerceptualMetric::distance(const ImageF& a, const ImageF& b, const JobContext* job) const {
  const std::size_t pixels = a.data.size() / 3;
  std::vector<float> planes(6 * pixels);
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < 3; ++c) {
      planes[c * pixels + i] = 2 * std::clamp(a.data[3 * i + c], 0.0f, 1.0f) - 1;
      planes[(3 + c) * pixels + i] = 2 * std::clamp(b.data[3 * i + c], 0.0f, 1.0f) - 1;
    }
  auto out = state_->network.run(planes, {2, 3, a.height, a.width}, {{"output", 1}}, job);
  if (out) return static_cast<double>(out->front().front());
  if (out.error().code == ErrorCode::kCancelled) return tl::unexpected(out.error());
  return fail(ErrorCode::kInput, "{}: must take one input 'input' of 2 x 3 x height x width floats and give one value 'output': {}",
              state_->name, out.error().message);
}

}  // namespace mp4d
