#pragma once
#include "core/mesh.h"
#include <string>
#include <vector>

namespace mp4d {

/// Translation, rotation, scale, applied in the order scale, rotation, translation (as glTF).
struct Transform {
  Vec3 translation = Vec3::Zero();
  Quat rotation = Quat::Identity();
  Vec3 scale = Vec3::Ones();

  Mat4 matrix() const {
    Mat4 m = Mat4::Identity();
    m.topLeftCorner<3, 3>() = rotation.toRotationMatrix() * scale.asDiagonal();
    m.topRightCorner<3, 1>() = translation;
    return m;
  }
};

struct Joint {
  std::string name;
  int parent = -1;  ///< index of an earlier joint, -1 = root
  Transform rest;   ///< parent_from_joint in the rest pose
};

/// Joints with parents before children; may have several roots.
struct Skeleton {
  std::vector<Joint> joints;
  int size() const { return static_cast<int>(joints.size()); }
  int find(const std::string& name) const;  ///< index, or -1
};

/// At most four influences a vertex, weights >= 0 summing to 1, heaviest first; unused slots joint 0, weight 0.
struct Skin {
  Eigen::Matrix<int, Eigen::Dynamic, 4, Eigen::RowMajor> joints;     ///< V x 4
  Eigen::Matrix<float, Eigen::Dynamic, 4, Eigen::RowMajor> weights;  ///< V x 4
  std::vector<Mat4> joint_from_mesh;  ///< inverse bind matrix, one a joint
};

/// parent_from_joint of every joint at one moment.
using Pose = std::vector<Transform>;

struct Clip {
  std::string name;
  std::vector<double> times;  ///< seconds, increasing, one a pose
  std::vector<Pose> poses;
};

/// What the program reads, fits and writes: a mesh bound to a skeleton with animation.
/// Unskinned geometry is bound rigidly to the node that carries it, so `skin` always covers the mesh.
struct RiggedModel {
  std::string name;
  Mesh mesh;
  Skeleton skeleton;  ///< empty for a plain mesh
  Skin skin;          ///< 0 rows for a plain mesh
  std::vector<Clip> clips;
};

}  // namespace mp4d
