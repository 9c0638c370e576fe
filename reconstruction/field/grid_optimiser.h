#pragma once
#include "reconstruction/field/grid_march.h"

namespace mp4d {

struct GridRates {
  float density = 0.1f, colour = 0.1f;  ///< step lengths
  float network = 1e-3f;                ///< step length of a network's weights
  float factors = 0.02f;                ///< step length of planes and lines
  float tv_density = 0, tv_colour = 0;  ///< total variation, of the differences to the six neighbours, each at most 1
  float tv_time = 0;  ///< of planes of time
  float eikonal = 0;  ///< weight of (|gradient| - 1)^2 of the distances (IGR: Gropp et al. 2020), forward differences
  float smooth = 0;   ///< weight of the squared differences of the distances to the six neighbours, in cells
};

/// Gathers splats into the field's samples and moves those that were touched by a normalised step: Adam without its
/// first moment (that is, RMSprop, with Adam's correction of the start), the second moment shared by the colours of a
/// voxel, both counted by the steps in which the voxel was touched. Each layer of bricks is owned by one thread and takes
/// its splats in their order, so results do not depend on the number of OpenMP threads. Planes, lines and networks move
/// by Adam; the gradients of a network of places are summed over fixed groups of splats.
class GridOptimiser {
 public:
  /// `rays`: of the splats. Memory: as much as the field. Bricks that are moved are stored.
  void step(GridField& field, const GridMarch& march, std::span<const Ray> rays, const GridRates& rates);

  /// Samples of the grid that the last step moved; for planes and lines, samples of the rays that moved them.
  std::size_t touched() const { return touched_; }

 private:
  void run_factors(GridField& field, const GridMarch& march, std::span<const Ray> rays, const GridRates& rates);
  void run_network(GridField& field, const GridMarch& march, const GridRates& rates);
  template <int degree>
  void run(GridField& field, const GridMarch& march, const GridRates& rates);

  FactorOptimiser factors_;
  std::vector<FactorSplat> factor_splats_;
  SparseLines gradient_;              // zero between steps
  std::vector<std::uint64_t> marks_;  // a word a brick, a bit a voxel
  std::vector<GridLine> basis_;       // of each ray, as the voxel is laid out
  std::size_t touched_ = 0;
};

}  // namespace mp4d
