#pragma once
#include "motion/anatomy.h"

namespace mp4d {

/// How far a foot reaches down however it is turned: the outermost points of its part of the surface.
class FootShape {
 public:
  /// `leg`: a chain of `body` that has a foot (leg.foot < leg.joints.size()).
  FootShape(const RiggedModel& model, const Anatomy& body, const Chain& leg);

  int joints() const { return static_cast<int>(link_.size()); }  ///< of the foot, toes included
  /// Height of its lowest point above the foot's first joint (negative), metres, when its joints are turned by `turn`
  /// against the reference pose, body axes.
  float lowest(const std::vector<Quat>& turn) const;

 private:
  struct Point {
    int joint;    // 0 = the foot's first
    Vec3 offset;  // from it at rest, body axes
  };
  std::vector<Vec3> link_;  // from the joint before, zero for the first
  std::vector<Point> points_;
};

}  // namespace mp4d
