#pragma once
#include <Eigen/Core>
#include <Eigen/Geometry>
#include <cstdint>

namespace mp4d {

using Vec2 = Eigen::Vector2f;
using Vec3 = Eigen::Vector3f;
using Vec4 = Eigen::Vector4f;
using Mat3 = Eigen::Matrix3f;
using Mat4 = Eigen::Matrix4f;
using Quat = Eigen::Quaternionf;
using Iso3 = Eigen::Isometry3f;

/// N x 3 positions, normals or colours, one row each.
using Points = Eigen::Matrix<float, Eigen::Dynamic, 3, Eigen::RowMajor>;
/// N x 2 texture or image coordinates.
using Points2 = Eigen::Matrix<float, Eigen::Dynamic, 2, Eigen::RowMajor>;
/// M x 3 vertex indices, counter-clockwise seen from outside.
using Faces = Eigen::Matrix<std::int32_t, Eigen::Dynamic, 3, Eigen::RowMajor>;

using Aabb = Eigen::AlignedBox3f;

/// Bounding box of the rows of `points`; empty box for no rows.
inline Aabb bounds(const Points& points) {
  Aabb box;
  for (Eigen::Index i = 0; i < points.rows(); ++i) box.extend(points.row(i).transpose());
  return box;
}

}  // namespace mp4d
