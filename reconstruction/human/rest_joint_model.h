#pragma once
#include "reconstruction/human/attribute_code.h"
#include <Eigen/Dense>

namespace mp4d::human {

/// Rest joints as a function of the attributes, for use without the generator's data: linear in products of the attributes
/// with the generator's own hat functions of age.
class RestJointModel {
 public:
  /// Least squares over `samples` random people.
  static RestJointModel fit(const BodyGenerator& generator, int samples, std::uint64_t seed);

  Joints joints(const Attributes& attributes) const;

  Eigen::MatrixXf weights;  ///< features x 72
};

}  // namespace mp4d::human
