#pragma once
#include "io/posed_scene.h"
#include "reconstruction/field/grid_march.h"

namespace mp4d {

enum class Background { kBlack, kWhite, kRandom };

/// A batch of pixels with what they show.
struct RayBatch {
  std::vector<Ray> rays;
  std::vector<Vec3> truth;       ///< colour with the background behind it
  std::vector<Vec3> background;  ///< of each ray
  std::vector<float> offsets;    ///< of the first sample, 0..1 steps
  std::vector<std::uint32_t> views;  ///< number of each ray's picture, below TrainingRays::views()
};

/// Draws pixels of all views that are not held out, uniformly and independently, masked ones left out.
class TrainingRays {
 public:
  /// `scene` must live as long. Error (kInput): every pixel is masked.
  static Result<TrainingRays> create(const PosedScene& scene, Background background);

  /// The batch of a step: a function of (seed, step) alone.
  void draw(int count, std::uint64_t seed, std::uint64_t step, RayBatch& batch) const;

  std::size_t views() const { return views_.size(); }
  const PosedView& view(std::size_t number) const { return *views_[number]; }
  /// That may be drawn.
  std::uint64_t pixels() const { return first_pixel_.back(); }

 private:
  TrainingRays() = default;
  Background background_ = Background::kBlack;
  /// Where in a view its n-th pixel is that is not masked.
  std::size_t usable_pixel(std::size_t view, std::uint64_t n) const;

  std::vector<const PosedView*> views_;
  std::vector<std::uint64_t> first_pixel_;  // of each view among all that are not masked, one more at the end
  std::vector<std::vector<std::uint32_t>> usable_before_;  // of each masked view: that many before each block of its pixels
};

}  // namespace mp4d
