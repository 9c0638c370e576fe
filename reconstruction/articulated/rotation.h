#pragma once
#include "core/geometry.h"

namespace mp4d {

inline Mat3 skew(const Vec3& v) {
  Mat3 m;
  m << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
  return m;
}

/// Rotation matrix of a rotation vector (axis times angle, rad).
inline Mat3 rotation_exp(const Vec3& w) {
  const float angle = w.norm();
  if (angle < 1e-6f) return Mat3::Identity() + skew(w);
  return Eigen::AngleAxisf(angle, w / angle).toRotationMatrix();
}

}  // namespace mp4d
