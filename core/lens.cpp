#include "core/lens.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kNewtonSteps = 20;
constexpr double kTolerance = 1e-11;

double fisheye_radius(const Lens& lens, double theta) {
  const double t = theta * theta;
  return theta * (1 + t * (lens.k[0] + t * (lens.k[1] + t * (lens.k[2] + t * lens.k[3]))));
}

double fisheye_slope(const Lens& lens, double theta) {
  const double t = theta * theta;
  return 1 + t * (3 * lens.k[0] + t * (5 * lens.k[1] + t * (7 * lens.k[2] + t * 9 * lens.k[3])));
}

Eigen::Vector2d brown(const Lens& lens, const Eigen::Vector2d& p) {
  const double x = p.x(), y = p.y(), r = p.squaredNorm();
  const double above = 1 + r * (lens.k[0] + r * (lens.k[1] + r * (lens.k[2] + r * lens.k[3])));
  const double below = 1 + r * (lens.d[0] + r * (lens.d[1] + r * lens.d[2]));
  const double radial = above / below;
  return {x * radial + 2 * lens.p1 * x * y + lens.p2 * (r + 2 * x * x),
          y * radial + 2 * lens.p2 * x * y + lens.p1 * (r + 2 * y * y)};
}

Eigen::Vector3d undistort_fisheye(const Lens& lens, const Eigen::Vector2d& xy) {
  const double radius = xy.norm();
  if (radius < 1e-12) return Eigen::Vector3d::UnitZ();
  double theta = std::min(radius, M_PI);
  for (int i = 0; i < kNewtonSteps; ++i) {
    const double step = (fisheye_radius(lens, theta) - radius) / std::max(fisheye_slope(lens, theta), 1e-3);
    theta = std::clamp(theta - step, 0.0, M_PI);
    if (std::abs(step) < kTolerance) break;
  }
  const Eigen::Vector2d across = xy / radius * std::sin(theta);
  return {across.x(), across.y(), std::cos(theta)};
}

Eigen::Vector3d undistort_brown(const Lens& lens, const Eigen::Vector2d& xy) {
  constexpr double kStep = 1e-6;
  Eigen::Vector2d p = xy;
  for (int i = 0; i < kNewtonSteps; ++i) {
    const Eigen::Vector2d off = brown(lens, p) - xy;
    Eigen::Matrix2d jacobian;
    for (int axis = 0; axis < 2; ++axis) {
      const Eigen::Vector2d h = kStep * Eigen::Vector2d::Unit(axis);
      jacobian.col(axis) = (brown(lens, p + h) - brown(lens, p - h)) / (2 * kStep);
    }
    if (std::abs(jacobian.determinant()) < 1e-9) break;
    const Eigen::Vector2d step = jacobian.inverse() * off;
    p -= step;
    if (step.norm() < kTolerance) break;
  }
  return Eigen::Vector3d(p.x(), p.y(), 1).normalized();
}

}  // namespace

Eigen::Vector2d distort(const Lens& lens, const Eigen::Vector3d& direction) {
  const Eigen::Vector2d p = direction.head<2>() / direction.z();
  if (lens.kind == Lens::Kind::kPinhole) return p;
  if (lens.kind == Lens::Kind::kBrown) return brown(lens, p);
  const double across = direction.head<2>().norm();
  if (across < 1e-12) return Eigen::Vector2d::Zero();
  return direction.head<2>() / across * fisheye_radius(lens, std::atan2(across, direction.z()));
}

Eigen::Vector3d undistort(const Lens& lens, const Eigen::Vector2d& xy) {
  if (lens.kind == Lens::Kind::kBrown) return undistort_brown(lens, xy);
  if (lens.kind == Lens::Kind::kFisheye) return undistort_fisheye(lens, xy);
  return Eigen::Vector3d(xy.x(), xy.y(), 1).normalized();
}

Vec3 ray_direction(const Camera& camera, const Lens& lens, double u, double v) {
  const Eigen::Vector2d xy((u - camera.cx) / camera.fx, (v - camera.cy) / camera.fy);
  const Vec3 in_camera = undistort(lens, xy).cast<float>();
  return (camera.camera_from_world.linear().transpose() * in_camera).normalized();
}

}  // namespace mp4d
