#pragma once
#include "motion/rig.h"

namespace mp4d {

/// The rest pose as a Pose.
Pose rest_pose(const Skeleton& skeleton);

/// Translation, rotation and scale of an affine matrix; shear is lost.
Transform decompose(const Mat4& matrix);

/// root_from_joint (4x4) of every joint for `pose` (one Transform a joint).
std::vector<Mat4> forward_kinematics(const Skeleton& skeleton, const Pose& pose);

/// The pose whose forward_kinematics() is `root_from_joint`; shear is lost. What hangs on a joint of scale 0 gets the
/// identity.
Pose pose_from_world(const Skeleton& skeleton, const std::vector<Mat4>& root_from_joint);

/// Inverse bind matrices for a mesh that is given in the skeleton's rest pose.
std::vector<Mat4> inverse_bind(const Skeleton& skeleton);

/// Linear blend skinning: V x 3 positions of `rest_verts` under `root_from_joint`.
Points skin_linear(const Points& rest_verts, const Skin& skin, const std::vector<Mat4>& root_from_joint);

/// Dual quaternion skinning (Kavan et al. 2008) with antipodality fix; joint scale is applied linearly first.
Points skin_dual_quaternion(const Points& rest_verts, const Skin& skin, const std::vector<Mat4>& root_from_joint);

/// Pose of a clip at `time` seconds: linear in translation and scale, slerp in rotation, clamped at the ends.
Pose sample_clip(const Clip& clip, double time);

/// Turns the sign of quaternions so that neighbouring poses' are close: any interpolation is then short.
void keep_rotations_close(Clip& clip);

/// All frames of one clip, skinned linearly.
MeshSequence animate(const RiggedModel& model, const Clip& clip);

/// Keeps the four heaviest weights of each row of `dense` (V x joints), renormalised to sum 1.
/// Rows without weight are bound to joint 0.
void set_weights(Skin& skin, const Eigen::MatrixXf& dense);

/// V x joints dense form of the skin's weights.
Eigen::MatrixXf dense_weights(const Skin& skin, int joint_count);

}  // namespace mp4d
