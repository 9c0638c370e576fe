#include "io/internal/opengl_pose.h"

namespace mp4d::internal {

Iso3 flip_y_and_z() { return Iso3(Eigen::AngleAxisf(static_cast<float>(M_PI), Vec3::UnitX())); }

Result<Iso3> camera_from_opengl_rows(const nlohmann::json& rows, const std::string& where, const std::string& field) {
  const auto wrong = [&] {
    return fail(ErrorCode::kInput, "{}: '{}' must be 4 rows of 4 numbers, a rotation and a shift; export the cameras again",
                where, field);
  };
  if (!rows.is_array() || rows.size() < 3 || rows.size() > 4) return wrong();
  Mat4 m = Mat4::Identity();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!rows[row].is_array() || rows[row].size() != 4) return wrong();
    for (std::size_t column = 0; column < 4; ++column) {
      if (!rows[row][column].is_number()) return wrong();
      m(Eigen::Index(row), Eigen::Index(column)) = rows[row][column].get<float>();
    }
  }
  const Mat3 rotation = m.topLeftCorner<3, 3>();
  const bool orthonormal = (rotation * rotation.transpose() - Mat3::Identity()).norm() < 1e-3f;
  if (!m.allFinite() || !orthonormal || rotation.determinant() < 0 || m.col(3).cwiseAbs().maxCoeff() > kFarthestCamera) return wrong();
  Iso3 pose = Iso3::Identity();
  pose.linear() = rotation;
  pose.translation() = m.topRightCorner<3, 1>();
  return (pose * flip_y_and_z()).inverse();
}

nlohmann::json opengl_rows(const Iso3& camera_from_world) {
  const Mat4 m = (camera_from_world.inverse() * flip_y_and_z()).matrix();
  nlohmann::json rows = nlohmann::json::array();
  for (int row = 0; row < 4; ++row) rows.push_back({m(row, 0), m(row, 1), m(row, 2), m(row, 3)});
  return rows;
}

}  // namespace mp4d::internal
