#pragma once
#include "reconstruction/field/grid_field.h"
#include <span>

namespace mp4d {

/// Rays in the world, directions of unit length.
struct Ray {
  Vec3 origin;
  Vec3 direction;
  float time = 0;  ///< 0..1, of fields that change with time
};

struct MarchOptions {
  float near = 0;            ///< metres from the origin that are left out
  float least_weight = 1e-4f;  ///< samples that add less are not shaded and get no gradient
  float opaque = 1e-3f;      ///< transmittance at which a ray ends
};

/// What a ray sees: colour without background, transmittance that is left for it, and the distance at which half of
/// the light is gone, or 0.
struct RayResult {
  Vec3 colour = Vec3::Zero();
  float transmittance = 1;
  float depth = 0;
};

/// Regularisers of single samples, in units of half the squared error of a ray.
struct SamplePulls {
  float colour = 0;  ///< times weight times squared difference of the sample's own colour to the pixel's (DVGO, eq. 12)
  float weight = 0;  ///< times weight (1 - weight): samples are to be clear or opaque, which keeps the space free of fog
  /// times the distortion of the ray's weights (mip-NeRF 360: Barron et al. 2022, eq. 15), with places along the ray in the
  /// grid's diagonals: weights are to lie close together
  float spread = 0;
};

/// A sample that was shaded. Its opacity is that of the way to the next sample; in a field of distances it depends on
/// that one, too, which then follows in the list, if need be with weight 0.
struct ShadedSample {
  std::uint32_t base = 0;   ///< slot of the voxel at the cell's lower corner
  std::uint32_t plane = 0;  ///< its z
  Vec3 place = Vec3::Zero();  ///< within the cell, 0..1
  float weight = 0;           ///< of its colour in the ray's
  float behind = 0;           ///< transmittance behind it
  float slope = 0;            ///< d(optical depth) / d(density or distance)
  float next_slope = 0;       ///< d(optical depth) / d(distance at the next sample)
  float step = 0;             ///< number along the ray
  Vec3 colour = Vec3::Zero();
};

/// A sample's gradient: of density (or distance) and of the three colours before their activation. Those of a network's
/// features lie beside.
struct Splat {
  std::uint32_t base = 0, plane = 0, ray = 0;
  Vec3 place = Vec3::Zero();
  float density = 0;
  Vec3 colour = Vec3::Zero();
};

/// Marches batches of rays through a field, half a cell a step (of a contracted field: of the image), skipping cells that are not occupied, and takes
/// gradients back to the samples. Opacity of a step between distances a and b of a surface of sharpness s:
/// 1 - sigmoid(s b) / sigmoid(s a), at least 0 (NeuS: Wang et al. 2021, eq. 13). One pass each; the samples of a batch are kept between. Keeps its memory, so make one
/// and use it for every step. Results do not depend on the number of OpenMP threads.
class GridMarch {
 public:
  /// `offsets`: a ray, where in its first step the samples lie, 0..1; empty = 0.5.
  void forward(const GridField& field, std::span<const Ray> rays, std::span<const float> offsets,
               const MarchOptions& options, std::span<RayResult> results, bool keep_samples);

  /// `colour_gradient`: d loss / d(colour with background), a ray; `background`: that colour; `truth`: that of
  /// the pixel. Needs forward(keep_samples) of the same field and rays. The splats are ordered by plane, then by ray.
  void backward(const GridField& field, std::span<const Ray> rays, std::span<const Vec3> colour_gradient,
                std::span<const Vec3> background, std::span<const Vec3> truth, const SamplePulls& pulls);

  const std::vector<Splat>& splats() const { return splats_; }
  /// Of the network's inputs, as many floats a splat, and of its weights; empty without a network.
  const std::vector<float>& feature_gradient() const { return feature_gradient_; }
  const ColourNetwork::Gradient& network_gradient() const { return network_gradient_; }
  /// Where each plane's splats begin, planes + 1 values.
  const std::vector<std::uint32_t>& plane_begin() const { return plane_begin_; }
  /// Samples of the last forward() with samples: looked up in occupied cells, and shaded.
  std::size_t visited() const;
  std::size_t shaded() const;
  /// Sum of the rays' distortions of the last forward() with samples; see SamplePulls::spread.
  double distortion(const GridField& field) const;

 private:
  static constexpr std::size_t kTileRays = 64, kVoxelFloats = 16;
  /// What is kept of a sample for the network, and where in it the features begin.
  static std::size_t feature_stride(const GridField& field) {
    return !field.factors.empty() ? PlaneFactors::kInputs : !field.position_network.empty() ? PositionNetwork::kOutputs : kVoxelFloats;
  }
  static std::size_t first_feature(const GridField& field) { return field.factors.empty() ? 1 : 0; }
  struct Tile {
    std::vector<ShadedSample> samples;
    std::vector<std::uint32_t> begin;  // of each ray's, one more at the end
    std::vector<std::uint32_t> in_plane;
    std::vector<Splat> splats;
    std::vector<Vec3> colours;  // of one ray's samples
    std::vector<float> features, feature_gradient;  // a sample: feature_stride(), and the network's inputs
    ColourNetwork::Gradient network_gradient;
    std::size_t visited = 0;
  };
  template <int degree, Geometry geometry, bool voxels>
  static void march(const GridField& field, const Ray& ray, float offset, const MarchOptions& options, RayResult& result,
                    Tile& tile);

  /// Colours of the tile's samples from `first` on, which are those of one ray.
  static void shade(const GridField& field, const Ray& ray, std::size_t first, Tile& tile);

  std::vector<Tile> tiles_;
  std::vector<Splat> splats_;
  std::vector<float> feature_gradient_;
  ColourNetwork::Gradient network_gradient_;
  std::vector<std::uint32_t> plane_begin_;
  std::size_t ray_count_ = 0;
};

}  // namespace mp4d
