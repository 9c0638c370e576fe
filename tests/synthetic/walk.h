#pragma once
#include "motion/rig.h"
#include <vector>

namespace mp4d {

/// Builds one pose from model-space goals; set parents before children. Assumes identity rest rotations.
class PoseBuilder {
 public:
  explicit PoseBuilder(const Skeleton& skeleton);

  void translate_root(const Vec3& offset);          ///< moves joint 0 from its rest place
  void turn(int joint, const Quat& rotation);       ///< relative to the parent
  void turn_world(int joint, const Quat& rotation);  ///< in model space

  /// A leg of upper, lower and foot joint whose toe shall be at `toe` (model space), the foot pitched by `pitch`
  /// radians about +x. Two-bone inverse kinematics bending as in the rest pose; out of reach = straight.
  void place_leg(int upper, int lower, int foot, const Vec3& rest_toe, const Vec3& toe, float pitch);

  Pose pose() const { return pose_; }

 private:
  Vec3 rest_position(int joint) const;
  Vec3 position(int joint) const;
  Quat parent_rotation(int joint) const;

  const Skeleton& skeleton_;
  Pose pose_;
};

/// Where a foot is in its cycle, relative to the body that moves on evenly.
struct FootStep {
  float forward = 0;  ///< metres from the middle of the stance
  float lift = 0;     ///< metres above the ground
  float pitch = 0;    ///< radians about +x, heel up
};

/// Foot at `phase` (cycles; stance first): on the ground it runs back evenly from stride/2 to -stride/2 during `duty`
/// of the cycle, then swings forward in an arc of height `lift`.
FootStep foot_step(float phase, float duty, float stride, float lift, float heel_off);

}  // namespace mp4d
