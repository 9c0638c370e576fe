#include "motion/kinematics.h"
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr Eigen::Index kParallelVerts = 8192;  // below this a thread team costs more than it saves

std::vector<Mat4> skinning_matrices(const Skin& skin, const std::vector<Mat4>& root_from_joint) {
  const std::size_t count = std::min(root_from_joint.size(), skin.joint_from_mesh.size());
  std::vector<Mat4> result(count);
  for (std::size_t j = 0; j < count; ++j) result[j] = root_from_joint[j] * skin.joint_from_mesh[j];
  return result;
}

struct RigidAndScale {
  Vec4 real;   // rotation quaternion, x y z w
  Vec4 dual;   // 0.5 t q
  Mat3 scale;  // symmetric, about `pivot`
  Vec3 pivot;  // the joint's place in mesh space
};

RigidAndScale split(const Mat4& mesh_from_mesh, const Mat4& joint_from_mesh) {
  const Mat3 linear = mesh_from_mesh.topLeftCorner<3, 3>();
  Eigen::JacobiSVD<Mat3> svd(linear, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Vec3 sign = Vec3::Ones();
  if (svd.matrixU().determinant() * svd.matrixV().determinant() < 0) sign.z() = -1;
  const Mat3 rotation = svd.matrixU() * sign.asDiagonal() * svd.matrixV().transpose();
  RigidAndScale r;
  r.scale = svd.matrixV() * (sign.cwiseProduct(svd.singularValues())).asDiagonal() * svd.matrixV().transpose();
  const Mat3 joint_linear = joint_from_mesh.topLeftCorner<3, 3>();
  r.pivot = joint_linear.determinant() != 0
                ? Vec3(-(joint_linear.inverse() * joint_from_mesh.topRightCorner<3, 1>()))
                : Vec3::Zero();
  const Vec3 translation =
      linear * r.pivot + mesh_from_mesh.topRightCorner<3, 1>() - rotation * r.pivot;
  const Quat q(rotation);
  r.real = q.coeffs();
  r.dual = 0.5f * (Quat(0, translation.x(), translation.y(), translation.z()) * q).coeffs();
  return r;
}

}  // namespace

Pose rest_pose(const Skeleton& skeleton) {
  Pose pose(skeleton.joints.size());
  for (std::size_t j = 0; j < pose.size(); ++j) pose[j] = skeleton.joints[j].rest;
  return pose;
}

Transform decompose(const Mat4& matrix) {
  Transform result;
  result.translation = matrix.topRightCorner<3, 1>();
  Eigen::Matrix3d linear = matrix.topLeftCorner<3, 3>().cast<double>();
  Eigen::Vector3d scale = linear.colwise().norm().transpose();
  if (linear.determinant() < 0) scale.x() = -scale.x();
  for (int i = 0; i < 3; ++i) {
    if (scale[i] != 0) linear.col(i) /= scale[i];
  }
  result.scale = scale.cast<float>();
  // An axis of length zero has no direction; the other two, or the identity, stand in for it.
  if (std::abs(linear.determinant()) > 1e-9) {
    result.rotation = Eigen::Quaterniond(linear).normalized().cast<float>();
  }
  return result;
}

std::vector<Mat4> forward_kinematics(const Skeleton& skeleton, const Pose& pose) {
  std::vector<Mat4> world(skeleton.joints.size());
  for (std::size_t j = 0; j < world.size(); ++j) {
    const int parent = skeleton.joints[j].parent;
    const Mat4 local = pose[j].matrix();
    world[j] = parent < 0 ? local : Mat4(world[parent] * local);
  }
  return world;
}

Pose pose_from_world(const Skeleton& skeleton, const std::vector<Mat4>& root_from_joint) {
  Pose pose(skeleton.joints.size());
  for (std::size_t j = 0; j < pose.size(); ++j) {
    const int parent = skeleton.joints[j].parent;
    if (parent < 0)
      pose[j] = decompose(root_from_joint[j]);
    else if (std::abs(root_from_joint[parent].topLeftCorner<3, 3>().determinant()) > 1e-30f)
      pose[j] = decompose(root_from_joint[parent].inverse() * root_from_joint[j]);
  }
  return pose;
}

std::vector<Mat4> inverse_bind(const Skeleton& skeleton) {
  std::vector<Mat4> result = forward_kinematics(skeleton, rest_pose(skeleton));
  for (Mat4& m : result) m = m.inverse().eval();
  return result;
}

Points skin_linear(const Points& rest_verts, const Skin& skin, const std::vector<Mat4>& root_from_joint) {
  const std::vector<Mat4> matrices = skinning_matrices(skin, root_from_joint);
  Points out(rest_verts.rows(), 3);
#pragma omp parallel for schedule(static) if (rest_verts.rows() > kParallelVerts)
  for (Eigen::Index v = 0; v < rest_verts.rows(); ++v) {
    Mat4 blend = skin.weights(v, 0) * matrices[skin.joints(v, 0)];
    for (int k = 1; k < 4; ++k)
      if (const float w = skin.weights(v, k); w > 0) blend.noalias() += w * matrices[skin.joints(v, k)];
    const Vec4 p = blend.col(0) * rest_verts(v, 0) + blend.col(1) * rest_verts(v, 1) +
                   blend.col(2) * rest_verts(v, 2) + blend.col(3);
    out.row(v) = p.head<3>();
  }
  return out;
}

Points skin_dual_quaternion(const Points& rest_verts, const Skin& skin, const std::vector<Mat4>& root_from_joint) {
  const std::vector<Mat4> matrices = skinning_matrices(skin, root_from_joint);
  std::vector<RigidAndScale> parts(matrices.size());
  for (std::size_t j = 0; j < parts.size(); ++j) parts[j] = split(matrices[j], skin.joint_from_mesh[j]);
  Points out(rest_verts.rows(), 3);
#pragma omp parallel for schedule(static) if (rest_verts.rows() > kParallelVerts)
  for (Eigen::Index v = 0; v < rest_verts.rows(); ++v) {
    const Vec3 rest = rest_verts.row(v);
    const Vec4 first = parts[skin.joints(v, 0)].real;
    Vec4 real = Vec4::Zero(), dual = Vec4::Zero();
    Vec3 scaled = Vec3::Zero();
    for (int k = 0; k < 4; ++k) {
      const float w = skin.weights(v, k);
      if (w <= 0) continue;
      const RigidAndScale& part = parts[skin.joints(v, k)];
      const float signed_w = first.dot(part.real) < 0 ? -w : w;
      real += signed_w * part.real;
      dual += signed_w * part.dual;
      scaled += w * (part.pivot + part.scale * (rest - part.pivot));
    }
    const float inverse_norm = 1.0f / std::max(real.norm(), 1e-12f);
    real *= inverse_norm;
    dual *= inverse_norm;
    const Vec3 r = real.head<3>(), d = dual.head<3>();
    const Vec3 turned = scaled + 2.0f * r.cross(r.cross(scaled) + real.w() * scaled);
    out.row(v) = turned + 2.0f * (real.w() * d - dual.w() * r + r.cross(d));
  }
  return out;
}

Pose sample_clip(const Clip& clip, double time) {
  if (clip.poses.empty()) return {};
  const auto next = std::upper_bound(clip.times.begin(), clip.times.end(), time);
  if (next == clip.times.begin()) return clip.poses.front();
  if (next == clip.times.end()) return clip.poses.back();
  const std::size_t b = static_cast<std::size_t>(next - clip.times.begin()), a = b - 1;
  const float s = static_cast<float>((time - clip.times[a]) / (clip.times[b] - clip.times[a]));
  Pose pose = clip.poses[a];
  for (std::size_t j = 0; j < pose.size(); ++j) {
    const Transform& end = clip.poses[b][j];
    pose[j].translation += s * (end.translation - pose[j].translation);
    pose[j].scale += s * (end.scale - pose[j].scale);
    pose[j].rotation = pose[j].rotation.slerp(s, end.rotation).normalized();
  }
  return pose;
}

void keep_rotations_close(Clip& clip) {
  for (std::size_t t = 1; t < clip.poses.size(); ++t) {
    for (std::size_t j = 0; j < clip.poses[t].size(); ++j) {
      Quat& q = clip.poses[t][j].rotation;
      if (q.dot(clip.poses[t - 1][j].rotation) < 0) q.coeffs() = -q.coeffs();
    }
  }
}

MeshSequence animate(const RiggedModel& model, const Clip& clip) {
  MeshSequence sequence;
  sequence.faces = model.mesh.faces;
  sequence.times = clip.times;
  sequence.frames.reserve(clip.poses.size());
  for (const Pose& pose : clip.poses)
    sequence.frames.push_back(model.skin.joints.rows() == 0
                                  ? model.mesh.verts
                                  : skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, pose)));
  return sequence;
}

void set_weights(Skin& skin, const Eigen::MatrixXf& dense) {
  skin.joints.setZero(dense.rows(), 4);
  skin.weights.setZero(dense.rows(), 4);
  for (Eigen::Index v = 0; v < dense.rows(); ++v) {
    int used = 0;
    for (int j = 0; j < dense.cols(); ++j) {
      const float w = dense(v, j);
      if (!(w > 0)) continue;
      int slot = std::min(used, 3);
      if (used == 4 && w <= skin.weights(v, 3)) continue;
      for (; slot > 0 && skin.weights(v, slot - 1) < w; --slot) {
        skin.weights(v, slot) = skin.weights(v, slot - 1);
        skin.joints(v, slot) = skin.joints(v, slot - 1);
      }
      skin.weights(v, slot) = w;
      skin.joints(v, slot) = j;
      used = std::min(used + 1, 4);
    }
    if (used == 0)
      skin.weights(v, 0) = 1;
    else
      skin.weights.row(v) /= skin.weights.row(v).sum();
  }
}

Eigen::MatrixXf dense_weights(const Skin& skin, int joint_count) {
  Eigen::MatrixXf dense = Eigen::MatrixXf::Zero(skin.joints.rows(), joint_count);
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v)
    for (int k = 0; k < 4; ++k) dense(v, skin.joints(v, k)) += skin.weights(v, k);
  return dense;
}

}  // namespace mp4d
