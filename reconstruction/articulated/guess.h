#pragma once
#include "core/camera.h"
#include "motion/fit.h"
#include "motion/rig.h"
#include "reconstruction/articulated/medial_fit.h"

namespace mp4d {

/// A coarse 3D guess of a whole clip: one surface with soft parts, its motion, and the camera of every frame. Body
/// frame (x left, y up, z forward); the camera's turn about the subject is in the cameras.
struct CoarseGuess {
  std::string category;
  Mesh canonical;                      ///< bind pose, V vertices, closed
  Eigen::MatrixXf weights;             ///< V x joints, rows sum to 1
  Skeleton skeleton;                   ///< rest = bind pose, unrotated joints; empty for a shape without limbs
  std::vector<Pose> poses;             ///< of the skeleton, one a frame
  std::vector<std::vector<Mat4>> body_from_canonical;  ///< frames x joints: what moves each part
  std::vector<JointLimit> limits;      ///< of the body plan, against the bind pose
  std::vector<Camera> cameras;
  double score = 0;                    ///< the fit's energy, for choosing among guesses
  double mask_iou = 0;
};

/// Surface (about `cells` voxels long), skeleton and motion of a fitted medial template.
CoarseGuess guess_from_medial_fit(const MedialFit& fit, int width, int height, int cells);

/// Category-free: the largest silhouette inflated by a union of balls on its distance transform, held still
/// (docs/phase1.md). One part, cameras that follow the masks' centroid and area.
Result<CoarseGuess> inflate_silhouette(const std::vector<Mask>& masks, float vertical_fov, int cells);

/// All frames of the guess by linear blend skinning, frames x (V x 3).
std::vector<Points> pose_guess(const CoarseGuess& guess);

}  // namespace mp4d
