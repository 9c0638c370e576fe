#pragma once
#include "motion/anatomy.h"
#include "motion/contacts.h"

namespace mp4d {

/// A clip read in body axes (x left, y up, z forward) against the source's reference pose.
struct SourceMotion {
  std::vector<double> times;  ///< seconds
  std::vector<std::vector<Quat>>
      turn;                    ///< [frame][joint]: rotation against the reference pose, world axes turned to the body's
  std::vector<Vec3> pelvis;    ///< metres
  std::vector<float> heading;  ///< rad about the vertical, against the reference pose
  std::vector<int> legs;       ///< indices of the chains
  std::vector<FootTrack> feet;  ///< one a leg
  std::vector<std::vector<Vec3>> hips;  ///< [leg][frame]: its first joint, metres
  std::vector<Vec3> rest_sole;  ///< where each sole stands when at rest, metres
  double rest_ground = 0;       ///< their height
  double level = 0;             ///< height of the contacts, metres
};

/// Where the reference pose is no stand (a mesh sequence is rigged in the middle of a step), each sole's place at rest
/// is the mean of its places under the hips, the same for both sides. Clips whose keys are more than 1/20 s apart on
/// average are sampled at 30 a second. Errors (kInput): no frames, a frame with another number of joints, values that
/// are not finite, names the clip.
Result<SourceMotion> read_motion(const RiggedModel& model, const Anatomy& body, const Clip& clip);

/// The legs step (feet travel along the body and lift in turn) while no hand bears weight: a walk, a run.
bool steps(const SourceMotion& motion, const Anatomy& body);

/// Rotation part of an affine matrix of any scale.
Quat rotation_of(const Mat4& matrix);

}  // namespace mp4d
