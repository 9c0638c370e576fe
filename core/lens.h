#pragma once
#include "core/camera.h"
#include <array>

namespace mp4d {

/// How a lens departs from a pinhole: a map of image-plane positions x, y (pixels less the principal point, over the
/// focal length). Default: none.
struct Lens {
  enum class Kind {
    kPinhole,
    kBrown,   ///< radial (1 + k1 r^2 + k2 r^4 + k3 r^6 + k4 r^8) / (1 + d1 r^2 + d2 r^4 + d3 r^6), tangential p1, p2
    kFisheye  ///< theta (1 + k1 theta^2 + k2 theta^4 + k3 theta^6 + k4 theta^8), theta the angle to the axis
  };
  Kind kind = Kind::kPinhole;
  std::array<double, 4> k{};  ///< radial
  std::array<double, 3> d{};  ///< divisor, Brown only
  double p1 = 0, p2 = 0;      ///< tangential, Brown only

  bool operator==(const Lens&) const = default;
};

/// Where the lens puts what a pinhole would see in `direction` (camera axes, z > 0): image-plane x, y.
Eigen::Vector2d distort(const Lens& lens, const Eigen::Vector3d& direction);

/// Unit direction, in camera axes, of what the lens puts at image-plane `xy`: Newton's method, to 1e-9 where the
/// polynomial is monotone up to there.
Eigen::Vector3d undistort(const Lens& lens, const Eigen::Vector2d& xy);

/// Unit direction in the world of the ray through pixel position (u, v), pixel centres at integer + 0.5.
Vec3 ray_direction(const Camera& camera, const Lens& lens, double u, double v);

}  // namespace mp4d
