#include "motion/foot_shape.h"
#include <algorithm>

namespace mp4d {

FootShape::FootShape(const RiggedModel& model, const Anatomy& body, const Chain& leg) {
  const Mat3 into = body.world_from_body.transpose();
  std::vector<int> joints(leg.joints.begin() + leg.foot, leg.joints.end());
  for (std::size_t k = 0; k < joints.size(); ++k)
    link_.push_back(k == 0 ? Vec3(Vec3::Zero())
                           : Vec3(into * (body.position(joints[k]) - body.position(joints[k - 1]))));
  for (int k = 0; k < this->joints(); ++k) {
    std::vector<Vec3> offsets;
    for (Eigen::Index v = 0; v < model.skin.joints.rows(); ++v)
      if (model.skin.joints(v, 0) == joints[k])
        offsets.push_back(into * (model.mesh.verts.row(v).transpose() - body.position(joints[k])));
    // The outermost in every direction of a 3 x 3 x 3 grid: enough to tell heel, toes and edges.
    for (int direction = 0; direction < 27 && !offsets.empty(); ++direction) {
      const Vec3 out = Vec3(static_cast<float>(direction % 3 - 1), static_cast<float>(direction / 3 % 3 - 1),
                            static_cast<float>(direction / 9 - 1));
      if (out.squaredNorm() == 0) continue;
      points_.push_back({k, *std::max_element(offsets.begin(), offsets.end(),
                                              [&](const Vec3& a, const Vec3& b) { return a.dot(out) < b.dot(out); })});
    }
  }
  points_.push_back({0, into * (leg.sole - body.position(joints.front()))});
}

float FootShape::lowest(const std::vector<Quat>& turn) const {
  float low = 0;
  std::vector<float> height(link_.size(), 0);
  for (std::size_t k = 1; k < link_.size(); ++k) height[k] = height[k - 1] + (turn[k - 1] * link_[k]).y();
  for (const Point& point : points_) low = std::min(low, height[point.joint] + (turn[point.joint] * point.offset).y());
  return low;
}

}  // namespace mp4d
