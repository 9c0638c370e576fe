#pragma once
#include "motion/anatomy.h"

namespace mp4d {

/// Dynamic rigidity on the target's surface: how far a rotation of a joint against its carrier stretches and squeezes
/// the edges about it, and the part of the rotation that the surface bears. Edges count by r_i r_j with
/// r = 1 - entropy of the skin weights / log(joints) (docs/phase2.md): stiff where skinning is peaked. Edges between
/// vertices that each belong to one joint alone are seams of a stiff model and do not count.
class SurfaceStrain {
 public:
  /// `limit`: largest root mean square of relative length change that is let through.
  SurfaceStrain(const RiggedModel& model, const Anatomy& body, double limit);

  /// Weighted root mean square of |length / rest length - 1| over the joint's edges; 0 where skin does not blend.
  /// `relative`: rotation against the carrier, body axes.
  double strain(int joint, const Quat& relative) const;

  /// How much of the joint's twist about `axis` (unit, body axes) and of its swing is kept, 0..1: all if the surface
  /// bears it. Else first the twist, which wrings, is reduced to what it bears, and the swing only where that alone
  /// strains it by kSwingLimit times the limit.
  struct Kept {
    float twist = 1, swing = 1;
  };
  static constexpr double kSwingLimit = 1.6;
  Kept bearable(int joint, const Quat& relative, const Vec3& axis) const;
  /// `relative` with only so much of its twist and swing.
  static Quat reduced(const Quat& relative, const Vec3& axis, const Kept& kept);

 private:
  struct Edge {
    Vec3 at_carrier[2],
        at_joint[2];  // each end's position times its weight on the carrier's side and the joint's, about the joint
    float weight[2];  // on the joint's side
    float length, stiffness;
  };
  std::vector<std::vector<Edge>> edges_;  // by joint
  double limit_;
};

/// Weighted root mean square edge strain of a whole surface: what the transfer's figures name. `rest` and `now` V x 3.
double surface_strain(const RiggedModel& model, const Points& rest, const Points& now);

}  // namespace mp4d
