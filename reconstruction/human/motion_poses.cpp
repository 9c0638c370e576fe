#include "reconstruction/human/motion_poses.h"
#include "motion/kinematics.h"
#include "reconstruction/human/model_joints.h"
#include "reconstruction/human/pose_frame.h"
#include "reconstruction/human/pose_from_joints.h"
#include <algorithm>

namespace mp4d::human {
namespace {

Mat3 upright_from_model(const Joints& rest) {
  const auto at = [&](std::string_view name) {
    const auto found = std::find(kJointNames.begin(), kJointNames.end(), name);
    return Vec3(rest.row(found - kJointNames.begin()).transpose());
  };
  const Vec3 up = at("neck") - (at("left_ankle") + at("right_ankle")) / 2;
  Eigen::Index axis = 0;
  up.cwiseAbs().maxCoeff(&axis);
  const Vec3 nearest = Vec3::Unit(axis) * (up[axis] < 0 ? -1.0f : 1.0f);
  return Quat::FromTwoVectors(nearest, Vec3::UnitY()).toRotationMatrix();
}

}  // namespace

Result<std::vector<Pose>> poses_of_clip(const RiggedModel& model, int clip) {
  if (clip < 0 || clip >= static_cast<int>(model.clips.size()))
    return fail(ErrorCode::kInput, "{} has {} clips, none of number {}", model.name.empty() ? "the model" : model.name,
                model.clips.size(), clip);
  MP4D_TRY(rest, joints_of_model(model));
  const Mat3 model_from_upright = upright_from_model(rest).transpose();
  const Joints upright_rest = facing_forward(rest * model_from_upright);
  std::vector<Pose> poses;
  for (const mp4d::Pose& frame : model.clips[static_cast<std::size_t>(clip)].poses) {
    const std::vector<Mat4> root_from_joint = forward_kinematics(model.skeleton, frame);
    MP4D_TRY(joints, joints_of_model(model, &root_from_joint));
    poses.push_back(pose_from_joints(average_rest_joints(), joints * model_from_upright, &upright_rest));
  }
  return poses;
}

}  // namespace mp4d::human
