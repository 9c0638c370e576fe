#pragma once
#include "motion/fit_chain.h"
#include <Eigen/Core>
#include <cstdint>

namespace mp4d::fitting {

struct FacePoint {
  int face;
  double a, b, c;  ///< barycentric
};

/// `count` points drawn by area, stratified: the i-th falls in the i-th of `count` equal slices, so small faces are neither
/// missed nor doubled. None if the surface has no area.
std::vector<FacePoint> sample_faces(const Eigen::MatrixX3d& verts, const Faces& faces, int count, int seed);

/// Parts with fewer points on a side have no local Chamfer term.
inline constexpr std::size_t kSmallestPart = 20;
int heaviest_bone(const PointSet& points, int point);

/// The value below which `percent` % of the values lie; infinite if there are none.
double percentile(std::vector<double> values, double percent);

/// Points on the rest surface, as combinations of bones.
struct SurfaceModel {
  PointSet points;
  std::vector<V3> normals;  ///< at rest
  std::vector<int> part;    ///< bone of the largest weight
};
std::vector<V3> sample_points(const SurfaceModel& model, const Posed& posed);
SurfaceModel sample_model(const Eigen::MatrixX3d& verts, const Faces& faces, const Skin& skin, int count, int seed);

/// Points on one target surface, with a search tree.
class SurfaceTarget {
 public:
  SurfaceTarget(const Eigen::MatrixX3d& verts, const Faces& faces, int count, int seed);
  ~SurfaceTarget();
  SurfaceTarget(SurfaceTarget&&) noexcept;

  int size() const { return static_cast<int>(points_.size()); }
  const std::vector<V3>& points() const { return points_; }
  const V3& point(int i) const { return points_[i]; }
  const V3& normal(int i) const { return normals_[i]; }
  V3 centroid() const;
  /// The `k` nearest samples, nearest first; returns how many were found.
  int nearest(const V3& x, int k, std::uint32_t* index) const;

 private:
  struct Tree;
  std::vector<V3> points_, normals_;
  std::unique_ptr<Tree> tree_;
};

struct MatchOptions {
  double local_weight = 1;      ///< of the per-part Chamfer terms (docs/phase2.md)
  double point_share = 0.1;     ///< of a match's weight that goes to the point distance, the rest to its plane
  double outlier_percentile = 95;
};

/// Global-local Chamfer correspondences of a posed model and a target, as quadratic data for the solver: nearest
/// neighbours with agreeing normals both ways, over the whole surface and within parts. Target points get their part
/// from a vote of their three nearest model points; parts with fewer than kSmallestPart on either side have no local term.
/// Distances beyond the percentile count linearly (Huber).
FrameData match_surfaces(const SurfaceModel& model, const PairTable& table, const Posed& posed,
                         const SurfaceTarget& target, const MatchOptions& options);

/// Mean of the squared distances of samples of each of two surfaces to the other: exact to the triangles round the eight
/// nearest vertices.
double mean_squared_distance(const Eigen::MatrixX3d& verts_a, const Faces& faces_a, const std::vector<V3>& samples_a,
                             const Eigen::MatrixX3d& verts_b, const Faces& faces_b, const std::vector<V3>& samples_b);

/// Mean of the distances from `points` to the target's samples, both ways; cheap score for comparing starts.
double chamfer(const std::vector<V3>& points, const SurfaceTarget& target);

/// Rigid motion (R, t) of `points` onto the target by point-to-point ICP from the given start.
std::pair<M3, V3> align_rigidly(const std::vector<V3>& points, const SurfaceTarget& target, M3 rotation, V3 translation,
                                int iterations);

}  // namespace mp4d::fitting
