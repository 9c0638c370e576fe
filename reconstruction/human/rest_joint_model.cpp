#include "reconstruction/human/rest_joint_model.h"
#include "reconstruction/human/rest_joint_features.h"
#include <algorithm>
#include <cmath>

namespace mp4d::human {
namespace {

Eigen::VectorXf features(const Attributes& a) {
  constexpr std::array<float, 4> kKnots = {0.0f, 0.1875f, 0.5f, 1.0f};
  const float s = 2 * a.sex - 1, m = 2 * a.muscle - 1, w = 2 * a.weight - 1, h = 2 * a.height - 1, p = 2 * a.proportions - 1;
  const std::array<float, 16> shape = {1,     s,     m,     w,     h,     p, std::abs(m), std::abs(w),
                                       s * m, s * w, s * h, m * w, std::abs(h), p * s, a.ancestry[0], a.ancestry[1]};
  static_assert(kKnots.size() * shape.size() == kRestJointFeatures);
  Eigen::VectorXf x(kRestJointFeatures);
  for (std::size_t k = 0; k < kKnots.size(); ++k) {
    const float left = k == 0 ? 1 : (a.age - kKnots[k - 1]) / (kKnots[k] - kKnots[k - 1]);
    const float right = k + 1 == kKnots.size() ? 1 : (kKnots[k + 1] - a.age) / (kKnots[k + 1] - kKnots[k]);
    const float hat = std::clamp(std::min(left, right), 0.0f, 1.0f);
    for (std::size_t i = 0; i < shape.size(); ++i) x[Eigen::Index(k * shape.size() + i)] = hat * shape[i];
  }
  return x;
}

}  // namespace

RestJointModel RestJointModel::fit(const BodyGenerator& generator, int samples, std::uint64_t seed) {
  const Eigen::Index n = features({}).size();
  Eigen::MatrixXd normal = 1e-6 * samples * Eigen::MatrixXd::Identity(n, n);
  Eigen::MatrixXd right = Eigen::MatrixXd::Zero(n, kJointCount * 3);
  for (int i = 0; i < samples; ++i) {
    const Attributes attributes = generator.random_attributes(seed, std::uint64_t(i));
    const Joints joints = generator.rest_joints(attributes);
    const Eigen::VectorXd x = features(attributes).cast<double>();
    normal += x * x.transpose();
    right += x * Eigen::Map<const Eigen::Matrix<float, 1, kJointCount * 3>>(joints.data()).cast<double>();
  }
  return {normal.ldlt().solve(right).cast<float>()};
}

Joints RestJointModel::joints(const Attributes& attributes) const {
  const Eigen::Matrix<float, 1, kJointCount * 3> flat = features(attributes).transpose() * weights;
  return Eigen::Map<const Joints>(flat.data());
}

}  // namespace mp4d::human
