#include "reconstruction/human/pose_from_joints.h"
#include <Eigen/SVD>
#include <cmath>
#include <vector>

namespace mp4d::human {
namespace {

Vec3 bone(const Joints& joints, int child) {
  return (joints.row(child) - joints.row(kJointParents[child])).transpose();
}

std::vector<int> children_of(int joint) {
  std::vector<int> children;
  for (int j = 0; j < kJointCount; ++j)
    if (kJointParents[j] == joint) children.push_back(j);
  return children;
}

/// The rotation that brings `from` nearest to `to`, by their directions (Kabsch 1976).
Mat3 best_rotation(const std::vector<Vec3>& from, const std::vector<Vec3>& to) {
  Mat3 covariance = Mat3::Zero();
  for (std::size_t i = 0; i < from.size(); ++i) covariance += to[i].normalized() * from[i].normalized().transpose();
  const Eigen::JacobiSVD<Mat3> svd(covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Mat3 signs = Mat3::Identity();
  signs(2, 2) = (svd.matrixU() * svd.matrixV().transpose()).determinant() < 0 ? -1 : 1;
  return svd.matrixU() * signs * svd.matrixV().transpose();
}

/// Columns: along the bone, the hinge made perpendicular to it, and their product.
Mat3 hinge_frame(const Vec3& along, const Vec3& hinge) {
  Mat3 frame;
  frame.col(0) = along.normalized();
  frame.col(1) = (hinge - hinge.dot(frame.col(0)) * frame.col(0)).normalized();
  frame.col(2) = frame.col(0).cross(frame.col(1));
  return frame;
}

/// Shoulders and hips: the world's turn that brings the upper bone and the hinge at its end to the posed ones.
/// `straight` is the turn to use when the posed limb is too straight to show its hinge.
Mat3 limb_rotation(const Joints& rest, const Joints& posed, int middle, int end, const Mat3& straight) {
  constexpr float kLeastBend = 0.12f;  // sine
  const Vec3 upper = bone(posed, middle), lower = bone(posed, end);
  const Vec3 hinge = upper.normalized().cross(lower.normalized());
  if (hinge.norm() < kLeastBend) return straight;
  const Vec3 rest_upper = bone(rest, middle);
  const bool knee = kJointNames[middle].ends_with("knee");  // nearly straight at rest: its hinge is the body's left
  const Vec3 rest_hinge = knee ? Vec3::UnitX() : Vec3(rest_upper.cross(bone(rest, end)));
  return hinge_frame(upper, hinge) * hinge_frame(rest_upper, rest_hinge).transpose();
}

bool in_trunk(std::string_view joint) {
  return joint == "pelvis" || joint == "neck" || joint == "head" || joint.starts_with("spine") ||
         joint.ends_with("collar");
}

}  // namespace

Pose pose_from_joints(const Joints& rest, const Joints& posed, const Joints* posed_rest) {
  Pose pose;
  std::array<Mat3, kJointCount> world;  // of what hangs on each joint
  for (int j = 0; j < kJointCount; ++j) {
    const Mat3 parent = kJointParents[j] < 0 ? Mat3(Mat3::Identity()) : world[kJointParents[j]];
    const std::vector<int> children = children_of(j);
    const Joints& from_rest = posed_rest && in_trunk(kJointNames[j]) ? *posed_rest : rest;
    world[j] = parent;
    if (children.size() == 1) {
      const Vec3 now = parent * bone(from_rest, children[0]);
      world[j] = Quat::FromTwoVectors(now, bone(posed, children[0])).toRotationMatrix() * parent;
      const std::vector<int> next = children_of(children[0]);
      const bool limb = kJointNames[j].ends_with("shoulder") || kJointNames[j].ends_with("hip");
      if (limb) world[j] = limb_rotation(rest, posed, children[0], next[0], world[j]);
    } else if (children.size() > 1) {
      std::vector<Vec3> from, to;
      for (const int child : children) {
        from.push_back(bone(from_rest, child));
        to.push_back(bone(posed, child));
      }
      world[j] = best_rotation(from, to);
    }
    pose.rotations[j] = Quat(Mat3(parent.transpose() * world[j])).normalized();
  }
  return pose;
}

Joints facing_forward(const Joints& joints) {
  const Vec3 left = (joints.row(1) - joints.row(2)).transpose();
  const float yaw = std::atan2(left.z(), left.x());
  return joints * Eigen::AngleAxisf(yaw, Vec3::UnitY()).toRotationMatrix().transpose();
}

}  // namespace mp4d::human
