#pragma once
#include "motion/anatomy.h"

namespace mp4d {

/// Carries the rotations of one chain over to another of any number of joints. Each link's rotation is parted into
/// the swing of its direction and the twist about it; the twist is followed from link to link, so that it may pass
/// half a turn along the chain; both are read at the fraction of the chain's length where the target's joint lies.
class ChainTurns {
 public:
  /// Ends of the links in the pose against which the rotations are measured, n + 1 and m + 1 points, body axes.
  /// `own_axes`: twist turns about the target's own links (limbs); otherwise about the source's direction (trunk).
  ChainTurns(const std::vector<Vec3>& source, const std::vector<Vec3>& target, bool own_axes);

  /// `source`: n rotations. Writes m.
  void map(const std::vector<Quat>& source, std::vector<Quat>& target) const;

 private:
  struct Sample {
    int a, b;
    float s;  // 0 = a, 1 = b
  };
  std::vector<Sample> samples_;
  std::vector<Vec3> source_axis_, target_axis_;
  bool one_to_one_ = false, own_axes_ = false;
};

/// Rotation parts: q = swing * twist about `axis` (unit). Returns the twist's angle, -pi..pi.
float twist_angle(const Quat& q, const Vec3& axis);

}  // namespace mp4d
