#pragma once
#include "core/job_context.h"
#include "core/mesh.h"
#include "core/options.h"
#include "motion/fit_input.h"
#include <optional>

namespace mp4d {

/// Range of one joint's rotation relative to the rest pose, split into swing and twist about `axis`. Radians.
struct JointLimit {
  int joint = 0;
  double swing_max = 3.14159265358979;
  double twist_min = -3.14159265358979;
  double twist_max = 3.14159265358979;
  Vec3 axis = Vec3::Zero();  ///< in mesh axes at rest; zero = along the bone
};

struct FitOptions {
  std::string correspondences = "auto";
  std::string bone_scale = "constant";
  bool loose_joints = false;
  double smoothness = 1.0;
  double rigidity = 0.05;
  double local_weight = 1.0;
  double outlier_percentile = 95;
  int samples = 1500;
  int iterations = 20;
  int seed = 1;
  std::vector<JointLimit> limits;  ///< not in the option table
};
const OptionTable<FitOptions>& fit_options();

struct FitResult {
  Skeleton skeleton;   ///< the input's joints with unit scales, rest = bind pose, bones of the fitted lengths
  Points rest_verts;   ///< V x 3, stretched with the bones
  Skin skin;           ///< the input's weights, bind matrices of `skeleton`
  Clip clip;           ///< one pose a target frame; bone lengths constant unless bone_scale = per-frame; within the limits
  std::optional<int> limited;  ///< of fit_motion: frames in which a joint was beyond its limit by more than 0.1 degrees and was held to it
  std::vector<double> bone_scale;  ///< one a joint, 1 = as given; the mean over time if per-frame
  std::vector<double> rms;         ///< metres, one a frame, before joints are held to their limits: vertex distance, or symmetric surface distance
  double size = 0;                 ///< metres, bounding box diagonal of the rest mesh; 100 rms / size = %
  bool by_index = false;           ///< vertex correspondences were used
};

/// Second phase of MagicPose4D (arXiv 2405.14017, 3.3; formulas in docs/phase2.md): skeleton and weights frozen, finds the
/// local rotation of every joint, the root's translation in every frame and one scale a bone, so that linear blend
/// skinning follows `target`. Vertex correspondences where the faces are those of the rest mesh, else Global-local
/// Chamfer. Levenberg-Marquardt on the chain with exact derivatives, started from weighted Procrustes (vertices) or
/// by tracking from the frame nearest to the rest pose (surfaces); then all frames together with temporal smoothness,
/// dynamic rigidity and limits.
/// `job` may be null; the caller's current phase should have kFitSteps steps.
/// Errors: kInput names the array or frame that is inconsistent or not finite; kUsage for limits; kCancelled.
/// Deterministic; uses OpenMP inside; may be called from several threads.
inline constexpr int kFitSteps = 100;
Result<FitResult> fit_motion(const Skeleton& skeleton, const Skin& skin, const Points& rest_verts, const Faces& faces,
                             const FitTarget& target, const FitOptions& options, JobContext* job = nullptr);

}  // namespace mp4d
