#pragma once
#include "core/image.h"
#include "reconstruction/articulated/medial_fit.h"
#include <array>

namespace mp4d {

/// Pixels of one frame in a random order: positions in mask units about the principal point, and the true
/// signed distance to the silhouette there.
struct PixelPool {
  std::vector<float> x, y, distance;
  /// Interior pixels with trusted flow to the next frame, in a random order: position and motion.
  std::vector<float> flow_x, flow_y, flow_u, flow_v;
  /// Where a person's joints are seen.
  struct Landmark {
    int limb;  ///< of kLimbLandmarks
    float x, y, trust;
  };
  std::vector<Landmark> landmarks;
  ImageF field;                  ///< the same distance on a coarse grid over the picture
  float field_cell = 1;          ///< grid spacing, mask units
  float mask_u = 0, mask_v = 0;  ///< centroid of the mask
  float area = 0;                ///< mask area, squared units
  bool usable = false;
};

/// A bone in the picture: axis from (ax, ay) along (ex, ey), radius and aspect^2 - 1 at its start and their change,
/// and the projected lateral axis of its cross-section.
struct MedialCapsule2d {
  float ax, ay, ex, ey, inverse_length2, radius, radius_change, squash, squash_change, lateral_x, lateral_y;
};

/// A measured turn below this counts as none, rad over the clip.
constexpr float kLittleTurn = 0.35f;

/// Flat unknowns of one hypothesis. Shape: log length J, delta 3J, log radius J, log aspect J, log scale 1.
/// Pose, per frame: yaw, elevation, roll, u, v, log depth, rotation vectors 3J.
class MedialEnergy {
 public:
  MedialEnergy(const MedialTemplate& body, const std::vector<PixelPool>& pools, float focal, float base_depth,
               MedialPriors priors, std::vector<float> yaw_track);

  int shape_size() const { return 6 * joints_ + 1; }
  int pose_size() const { return 6 + 3 * joints_; }

  struct Sample {
    float blur = 0.1f;   ///< s of the sigmoid, mask units
    int pixels = 200;    ///< a frame, a fresh part of the pool each time
    unsigned round = 0;  ///< which part
    int flow_pixels = 0; ///< a neighbouring pair of frames
    MotionCycle cycle{};  ///< that the motion is asked to follow
    float cycle_weight = 0;
  };
  /// Loss + priors over `frames` (indices into the pools, in time order); gradients are written when not null.
  /// `pose` holds frames.size() * pose_size() values. Not parallel; thread-safe.
  double evaluate(const std::vector<int>& frames, const Sample& sample, const float* shape, const float* pose,
                  float* grad_shape, float* grad_pose) const;

  /// Silhouette of one frame's capsules, for IoU: signed distance at n points (mask units).
  void capsule_distance(const float* shape, const float* pose, const float* x, const float* y, int n,
                        float* distance) const;

  /// Whether the feet walk forwards: over all feet, the correlation of height with forward speed in the body frame
  /// (a raised foot swings forward, one on the ground goes back), -1..1, faded out for feet that hardly move.
  /// `frames` consecutive. Silhouettes alone do not tell front from back; this does for whatever walks.
  double forward_gait(const std::vector<int>& frames, const float* shape, const float* pose) const;

  /// How usual the footfalls of a cycle are: the cosine of how far the forefeet come after the hind feet of their side, against 3/8
  /// of the cycle. Above 0 for walks in lateral sequence (about 1/4) and trots (1/2), which nearly all animals use, below for
  /// diagonal sequence (3/4) and pace (0) (Hildebrand, "Symmetrical gaits of horses", Science 1965). Seen from
  /// the side, near and far forelegs exchanged differ by little else. 0 unless the body has four legs that swing.
  double footfall_order(const std::vector<int>& frames, const float* shape, const float* pose, float period) const;

  MedialShape unpack_shape(const float* shape) const;
  MedialPose unpack_pose(const float* pose) const;

 private:
  struct Frame;
  struct Effective;
  Effective effective(const float* shape) const;
  void forward(const Effective& e, const float* pose, Frame& frame) const;
  void project_capsules(const Effective& e, const Frame& frame, MedialCapsule2d* capsules) const;
  double data_term(const PixelPool& pool, const Sample& sample, const Effective& e, Frame& frame, float weight) const;
  double inside_term(const PixelPool& pool, Frame& frame, float weight) const;
  double landmark_term(const PixelPool& pool, Frame& frame, float weight) const;
  double flow_term(const PixelPool& pool, const Sample& sample, const Effective& e, Frame& now, Frame& next,
                   float weight) const;
  double cycle_term(const std::vector<int>& frames, const Sample& sample, const float* pose, float* grad_pose) const;

  const MedialTemplate& body_;
  const std::vector<PixelPool>& pools_;
  float focal_, base_depth_;
  MedialPriors priors_;
  std::vector<float> yaw_track_;  // measured turn since frame 0, empty = unknown
  int joints_;
  bool turns_little_;
  std::array<int, kLimbLandmarks.size()> landmark_joint_;  // -1 = the body has none of that name
  std::vector<float> rest_reach_;  // of a foot ahead of the top of its leg, template units
};

}  // namespace mp4d
