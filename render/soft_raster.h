#pragma once
#include "core/camera.h"
#include "core/mesh.h"
#include <memory>

namespace mp4d {

/// Soft rasteriser (Liu et al. 2019, "Soft Rasterizer", eq. 1-3): differentiable silhouette and softmax-blended
/// attributes. Vertices come in screen space so that any camera model can be differentiated outside.
struct SoftRasterOptions {
  int width = 256, height = 256;
  float sigma = 1e-4f;       ///< edge softness, (image half-sizes)^2, as in the paper: D = sigmoid(+-d^2 / sigma)
  float gamma = 1e-2f;       ///< depth softness of the attribute blend, in normalised depth
  float cutoff = 1e-3f;      ///< coverage below this is ignored: bounds each triangle's footprint
  float background_eps = 1e-3f;  ///< weight of the background in the blend
};

struct SoftRasterOutput {
  ImageF silhouette;  ///< 1 channel, 0..1
  ImageF attributes;  ///< C channels, blended (background 0), not divided by the silhouette
};

/// One picture's forward state kept for its backward pass. Not thread-safe; use one a thread or one a frame.
class SoftRasteriser {
 public:
  SoftRasteriser();
  ~SoftRasteriser();
  SoftRasteriser(SoftRasteriser&&) noexcept;
  SoftRasteriser& operator=(SoftRasteriser&&) noexcept;

  /// `screen_verts` V x 3: x and y in pixels (y down), z = depth > 0. `attributes` V*C row-major values, C >= 0.
  SoftRasterOutput forward(const SoftRasterOptions& options, const Points& screen_verts, const Faces& faces,
                           const float* attributes, int channels);
  /// Gradients of a scalar loss, given its gradients for the last forward's outputs (silhouette H*W, attributes
  /// H*W*C; either may be null = zero). Writes V x 3 and V*C (overwritten; may be null).
  void backward(const float* grad_silhouette, const float* grad_attributes, Points* grad_screen_verts,
                float* grad_attribute_values);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mp4d
