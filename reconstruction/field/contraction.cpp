#include "reconstruction/field/contraction.h"
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr float kFarthest = 1e5f;  // half sides; stands for infinity

}  // namespace

Vec3 Contraction::into(const Vec3& point) const {
  const Vec3 n = (point - centre).cwiseQuotient(half);
  const float m = n.cwiseAbs().maxCoeff();
  if (m <= 1) return point;
  return centre + ((1 + shell - shell / m) / m * n).cwiseProduct(half);
}

Vec3 Contraction::out_of(const Vec3& image_point) const {
  const Vec3 n = (image_point - centre).cwiseQuotient(half);
  const float m = n.cwiseAbs().maxCoeff();
  if (m <= 1) return image_point;
  const float reach = shell / std::max(1 + shell - m, shell / kFarthest);
  return centre + (reach / m * n).cwiseProduct(half);
}

Mat3 Contraction::slope(const Vec3& point) const {
  const Vec3 n = (point - centre).cwiseQuotient(half);
  Eigen::Index axis = 0;
  const float m = n.cwiseAbs().maxCoeff(&axis);
  if (m <= 1) return Mat3::Identity();
  const float scale = (1 + shell - shell / m) / m, fall = (2 * shell / m - 1 - shell) / (m * m);
  Mat3 out = scale * Mat3::Identity();
  out.col(axis) += fall * std::copysign(1.0f, n[axis]) * n;
  return half.asDiagonal() * out * half.cwiseInverse().asDiagonal();
}

ContractedSteps::ContractedSteps(const Contraction& contraction, const Vec3& origin, const Vec3& direction, float begin, float step,
                                 float offset)
    : contraction_(contraction), origin_((origin - contraction.centre).cwiseQuotient(contraction.half)),
      velocity_(direction.cwiseQuotient(contraction.half)), distance_(begin), step_(step),
      last_((contraction.shell / step * contraction.half).cwiseMax(1)) {
  Vec3 unused;
  distance_ += offset * step / speed(origin_ + begin * velocity_, unused);
}

/// Metres of the image a metre of the ray, at a point.
float ContractedSteps::speed(const Vec3& normed, Vec3& image_point) const {
  const Contraction& c = contraction_;
  Eigen::Index axis = 0;
  const float m = normed.cwiseAbs().maxCoeff(&axis);
  if (m <= 1) {
    image_point = c.centre + normed.cwiseProduct(c.half);
    return 1;
  }
  const float inverse = 1 / m, scale = (1 + c.shell - c.shell * inverse) * inverse,
              fall = (2 * c.shell * inverse - 1 - c.shell) * inverse * inverse * std::copysign(velocity_[axis], normed[axis] * velocity_[axis]);
  image_point = c.centre + scale * normed.cwiseProduct(c.half);
  return std::max(1e-12f, (scale * velocity_ + fall * normed).cwiseProduct(c.half).norm());
}

bool ContractedSteps::next(Vec3& image_point, float& distance) {
  const Vec3 normed = origin_ + distance_ * velocity_;
  if ((normed.cwiseAbs().array() > last_.array()).any()) return false;
  distance = distance_;
  distance_ += step_ / speed(normed, image_point);
  return true;
}

}  // namespace mp4d
