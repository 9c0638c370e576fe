#pragma once
#include "core/geometry.h"
#include "core/image.h"
#include <memory>

namespace mp4d {

/// Soft rasteriser (Liu et al. 2019, "Soft Rasterizer", eq. 1-3): differentiable silhouette and softmax-blended
/// attributes. Vertices come in screen space so that any camera model can be differentiated outside.
///
/// With d the distance of a pixel centre from triangle j's outline in half-sizes of the image's shorter side:
///   D_j = sigmoid(+-d^2 / sigma), + inside           (both faces count; below `cutoff` the triangle is left out)
///   silhouette = 1 - prod_j (1 - D_j)
///   w_j = D_j exp((z_front - z_j) / (gamma * (z_far - z_near)))
///   attributes = sum_j w_j a_j / (background_eps + sum_j w_j)
/// z_j and a_j are depth and attributes, perspective-correct, at the triangle's point closest to the pixel; z_front is
/// the smallest z_j of the pixel; z_near and z_far are those of all usable triangles' corners, constants to the
/// gradients. Nothing is truncated to a number of layers; w_j below e^-30 is 0.
struct SoftRasterOptions {
  int width = 256, height = 256;
  float sigma = 1e-4f;       ///< edge softness, (image half-sizes)^2
  float gamma = 1e-2f;       ///< depth softness of the attribute blend, in depth ranges
  float cutoff = 1e-3f;      ///< coverage below this is ignored, 1e-6..0.49: bounds each triangle's footprint
  float background_eps = 1e-3f;  ///< weight of the background in the blend, > 0
};

struct SoftRasterOutput {
  ImageF silhouette;  ///< 1 channel, 0..1
  ImageF attributes;  ///< C channels, blended (background 0), not divided by the silhouette
};

/// One picture's forward state kept for its backward pass; reusing an object reuses its memory. Not thread-safe: use one
/// a thread or one a frame. Runs on all OpenMP threads, or on the calling one inside a parallel region; the
/// results do not depend on the number of threads.
///
/// Triangles are skipped (no coverage, no gradient) that are degenerate on the screen, have a corner with z <= 0 or
/// more than 1e5 pixels away, or a value that is not finite.
class SoftRasteriser {
 public:
  static constexpr int kMaxChannels = 32;

  SoftRasteriser();
  ~SoftRasteriser();
  SoftRasteriser(SoftRasteriser&&) noexcept;
  SoftRasteriser& operator=(SoftRasteriser&&) noexcept;

  /// `screen_verts` V x 3: x and y in pixels (y down, centres at integer + 0.5), z = depth > 0. `attributes` V*C
  /// row-major values, 0 <= C <= kMaxChannels. Throws std::invalid_argument for sizes or options out of range.
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
