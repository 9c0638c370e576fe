#include "reconstruction/human/human_frame.h"

namespace mp4d::human {

HumanFrame frame_of(const Joints& joints) {
  // Bones that every pose leaves as long as they are, about 1.37 m of an adult of 1.70 m.
  float length = 0;
  for (int j : {3, 4, 5, 6, 7, 8, 9, 12, 15}) length += (joints.row(j) - joints.row(kJointParents[j])).norm();
  const float side = (length - 0.5f * ((joints.row(4) - joints.row(1)).norm() + (joints.row(7) - joints.row(4)).norm() +
                                       (joints.row(5) - joints.row(2)).norm() + (joints.row(8) - joints.row(5)).norm()));
  constexpr float kHead = 0.24f, kTorso = 0.15f, kLimb = 0.12f;  // of `side`: hair and hats, belly, hands and shoes
  Aabb box;
  for (int j = 0; j < kJointCount; ++j) {
    const float radius = side * (j == 15 ? kHead : j == 0 || j == 3 || j == 6 || j == 9 ? kTorso : kLimb);
    const Vec3 at = joints.row(j).transpose();
    box.extend(Vec3(at.array() - radius));
    box.extend(Vec3(at.array() + radius));
  }
  return {box.center(), 0.5f * box.sizes().maxCoeff()};
}

}  // namespace mp4d::human
