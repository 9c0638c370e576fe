#pragma once
#include "core/camera.h"
#include "core/image.h"
#include "core/job_context.h"
#include "io/flow.h"
#include "motion/voxels.h"
#include "reconstruction/articulated/limb_landmarks.h"
#include "reconstruction/articulated/medial_template.h"

namespace mp4d {

/// What a clip's own creature makes of a template; constant in time, shared by left and right.
struct MedialShape {
  Eigen::VectorXf log_length;  ///< per joint, of the bone to its parent
  Points delta;                ///< added to the rest offsets
  Eigen::VectorXf log_radius, log_aspect;
  float log_scale = 0;
};

/// One frame: where the camera sees the body from, and the joints' rotation vectors. Angles in rad;
/// u, v = image position of the root and focal length in units of the clip's mean mask size.
struct MedialPose {
  float yaw = 0, elevation = 0, roll = 0;
  float u = 0, v = 0, log_depth = 0;
  Points rotations;  ///< J x 3; joint j's rotation moves the bones that leave it
};

/// A motion that repeats: walks, runs and gallops come back to the same pose every period, and in walks and runs the
/// sides move alike half a period apart. A clip of some periods then shows every pose from several views.
struct MotionCycle {
  float period = 0;        ///< frames; 0 = none
  bool alternate = false;  ///< left(t) = right(t + period / 2), mirrored
};

/// Weights of the terms beside the silhouette (docs/phase1.md); squared errors in radians, log ratios and mask units.
struct MedialPriors {
  float rotation = 4e-4f, rotation_acceleration = 2e-3f, rotation_velocity = 2e-4f;
  float log_length = 7e-4f, delta = 2e-2f, log_radius = 1e-3f, log_aspect = 2e-3f;
  float elevation = 2e-4f, roll = 2e-2f, depth = 2e-3f;
  float mean_depth = 0.1f;  ///< fixes the scale that one camera cannot see
  float camera_velocity = 1e-2f, camera_acceleration = 5e-2f;
  float yaw_step = 3e-4f;  ///< against any turn; for clips without turn evidence
  float turn = 1e-3f;      ///< agreement with the turn measured from flow, over half a clip
  float ground = 0.1f, leg_plane = 0.02f;
  float gait_leg_plane = 0.1f;  ///< the same in clips that repeat: who walks or runs swings the legs fore and aft
  float balance = 0.02f;  ///< feet fore and aft of their hips evenly over the clip
  float limit = 0.1f;
  float inside = 0.2f;       ///< bone axes outside the silhouette
  float gait = 4e-3f;        ///< against walking backwards, when hypotheses are ranked
  float footfalls = 1e-3f;   ///< against cycles in which the forefeet follow the hind feet as they hardly ever do, in the ranking
  float cycle = 1e-2f;       ///< difference from the pose a period away, in clips that repeat
  float flow = 6e-3f;        ///< Charbonnier flow error, in units of flow_scale
  float flow_scale = 0.01f;  ///< mask units
  float landmark = 4e-3f;        ///< Charbonnier distance from landmarks, in units of landmark_scale
  float landmark_scale = 0.05f;  ///< mask units
};

struct MedialFitOptions {
  MedialPriors priors;
  float fov = 0.61f;       ///< vertical, rad
  float effort = 1;        ///< multiplies iterations
  unsigned seed = 1;
  std::vector<LimbLandmarks> landmarks;  ///< one a mask, or empty
  std::size_t explanations = 1;          ///< how many to return at most
};

struct MedialFit {
  MedialTemplate body;
  MedialShape shape;
  std::vector<MedialPose> poses;  ///< one a frame
  float unit_px = 1;      ///< pixels a unit of u, v: sqrt of the median mask area
  float focal = 1;        ///< in those units
  float base_depth = 1;   ///< depth at log_depth 0
  double loss = 0;        ///< blurred-SDF loss + priors at the end
  MotionCycle cycle;      ///< that the motion was found to follow
  double mask_iou = 0;    ///< of the capsules with the masks, mean
};

constexpr int kMedialSteps = 100;  ///< steps of the caller's current phase

/// Fits the best of several medial templates to the silhouettes of a clip by blurred signed-distance matching from many camera
/// hypotheses with successive halving (docs/phase1.md). Returns at least one explanation of the clip, the best first; further ones
/// differ in the body plan or by 60 degrees of heading and are not much worse. `masks` all of one size; empty masks are skipped
/// (their pose is interpolated). `flow` between neighbouring frames, or empty: it tells the turn and the depth order.
/// Errors: fewer than 2 usable masks; cancelled. Deterministic for a seed.
Result<std::vector<MedialFit>> fit_medial_template(const std::vector<MedialTemplate>& bodies, const std::vector<Mask>& masks,
                                      const std::vector<FlowPair>& flow, const MedialFitOptions& options, JobContext* job = nullptr);

/// Joint positions (J x 3) and orientations of the bones that leave each joint, in the body frame.
struct MedialFrame {
  Points positions;
  std::vector<Mat3> rotations;
};
MedialFrame pose_body(const MedialTemplate& body, const MedialShape& shape, const Points& rotations);

/// The rotations that spread the limbs for meshing.
Points bind_rotations(const MedialTemplate& body);

/// Smooth union of the capsules in a pose, as a signed distance (negative inside), `cells` along the longest side.
VoxelGrid medial_volume(const MedialTemplate& body, const MedialShape& shape, const MedialFrame& frame, int cells);

/// Soft capsule weights (V x joints; column j = the bones that leave joint j) of points given in the pose of `frame`.
Eigen::MatrixXf medial_weights(const MedialTemplate& body, const MedialShape& shape, const MedialFrame& frame,
                               const Points& verts);

/// Camera of one frame: world = body frame.
Camera medial_camera(const MedialFit& fit, const MedialPose& pose, int width, int height);

}  // namespace mp4d
