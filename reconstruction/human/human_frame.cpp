#include "reconstruction/human/human_frame.h"

namespace mp4d::human {

float body_length(const Joints& joints) {
  const auto bone = [&](int j) { return (joints.row(j) - joints.row(kJointParents[std::size_t(j)])).norm(); };
  return bone(3) + bone(6) + bone(9) + bone(12) + bone(15) + 0.5f * (bone(4) + bone(5) + bone(7) + bone(8));
}

HumanFrame frame_of(const Joints& joints) {
  const float length = body_length(joints);
  constexpr float kHead = 0.19f, kTorso = 0.13f, kLimb = 0.10f;  // of the length: hair and hats, belly, hands and shoes
  Aabb box;
  for (int j = 0; j < kJointCount; ++j) {
    const float radius = length * (j == 15 ? kHead : j == 0 || j == 3 || j == 6 || j == 9 ? kTorso : kLimb);
    const Vec3 at = joints.row(j).transpose();
    box.extend(Vec3(at.array() - radius));
    box.extend(Vec3(at.array() + radius));
  }
  return {box.center(), 0.5f * box.sizes().maxCoeff()};
}

}  // namespace mp4d::human
