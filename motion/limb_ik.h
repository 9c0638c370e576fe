#pragma once
#include "core/geometry.h"
#include <vector>

namespace mp4d {

/// A leg as a row of links, solved in closed form but for one unknown: all inner joints bend further (or less) the way
/// they are bent already, by one common angle, until the leg is as long as the way to the goal; then the whole leg
/// turns to it. Keeps the shape that forward kinematics gave, any number of links, and its motion is continuous.
class LimbSolver {
 public:
  /// `points`: the n + 1 ends of the links at rest, body axes (x left, y up, z forward), metres.
  explicit LimbSolver(const std::vector<Vec3>& points);

  int links() const { return static_cast<int>(rest_.size()); }
  float reach() const { return reach_; }  ///< length of the leg stretched out, metres
  /// The same of a leg that is turned like this (as in solve()): joints that are bent sideways do not stretch.
  float reach(const std::vector<Quat>& turn) const;
  /// `turn`: rotation of every link against its rest, body axes; changed so that the end, with the leg's start at
  /// `base`, comes to `goal`. Returns the distance that is left, metres.
  float solve(std::vector<Quat>& turn, const Vec3& base, const Vec3& goal) const;

 private:
  class Turned;

  std::vector<Vec3> rest_;   // links
  std::vector<Vec3> hinge_;  // axis of the joint before link k (k >= 1) at rest; positive = more bent
  float reach_ = 0;
};

}  // namespace mp4d
