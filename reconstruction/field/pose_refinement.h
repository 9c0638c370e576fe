#pragma once
#include "core/camera.h"
#include "reconstruction/field/ray_gradient.h"
#include <cstdint>

namespace mp4d {

/// How far each camera is moved from where it was given: turned about its eye, as an axis times an angle in the world, and
/// shifted; with Adam's moments. The mean of all turns and of all shifts is kept at 0, since the field would move along.
class PoseRefinement {
 public:
  PoseRefinement() = default;
  explicit PoseRefinement(std::size_t cameras) : values_(cameras, Vec6::Zero()), first_(values_), second_(values_) {}

  bool empty() const { return values_.empty(); }
  /// Rays of the given cameras become those of the refined ones. `cameras`: number of each ray's.
  void move(std::span<Ray> rays, std::span<const std::uint32_t> cameras) const;
  Camera moved(const Camera& camera, std::size_t number) const;
  /// A step of Adam. `gradients`: of moved rays; `shift`: step length in scene units; `turn`: in radians.
  void step(std::span<const Ray> rays, std::span<const RayGradient> gradients, std::span<const std::uint32_t> cameras, float turn, float shift);

  /// All that steps depend on, for checkpoints; restore() returns false if it is not of as many cameras.
  std::vector<float> state() const;
  bool restore(std::span<const float> state);

 private:
  using Vec6 = Eigen::Matrix<float, 6, 1>;  // turn, shift
  std::vector<Vec6> values_, first_, second_;
  float steps_ = 0;
};

}  // namespace mp4d
