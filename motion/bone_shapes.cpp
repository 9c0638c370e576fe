#include "motion/bone_shapes.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <vector>

namespace mp4d {
namespace {

constexpr float kWidth = 0.12f;      // of the bone's length
constexpr float kKnot = 0.012f;      // of the skeleton's size: joints that no bone begins at
constexpr float kThickest = 0.025f;  // of the skeleton's size

struct Shapes {
  std::vector<Vec3> verts;
  std::vector<Eigen::Vector3i> faces;
  std::vector<int> joints;  ///< one a vertex

  /// Two pyramids on a square of half-diagonal `width`, `along` of the way from `a` to `b`.
  void add(const Vec3& a, const Vec3& b, float along, float width, int joint) {
    const int first = static_cast<int>(verts.size());
    const Vec3 axis = (b - a).normalized();
    const Vec3 side = axis.unitOrthogonal(), other = axis.cross(side);
    const Vec3 middle = a + along * (b - a);
    for (const Vec3& v : {a, b, Vec3(middle + width * side), Vec3(middle + width * other), Vec3(middle - width * side),
                          Vec3(middle - width * other)}) {
      verts.push_back(v);
      joints.push_back(joint);
    }
    for (int k = 0; k < 4; ++k) {
      const int here = first + 2 + k, next = first + 2 + (k + 1) % 4;
      faces.emplace_back(first, next, here);
      faces.emplace_back(first + 1, here, next);
    }
  }
};

}  // namespace

void add_bone_shapes(RiggedModel& model) {
  const Skeleton& skeleton = model.skeleton;
  if (skeleton.size() == 0) return;
  std::vector<Vec3> at;
  Aabb box;
  for (const Mat4& m : forward_kinematics(skeleton, rest_pose(skeleton))) {
    at.emplace_back(m.topRightCorner<3, 1>());
    box.extend(at.back());
  }
  const float size = std::max(1e-3f, box.sizes().maxCoeff());
  Shapes shapes;
  std::vector<char> begins(at.size(), 0);
  for (int j = 0; j < skeleton.size(); ++j) {
    const int parent = skeleton.joints[j].parent;
    if (parent < 0 || (at[j] - at[parent]).norm() < 1e-4f * size) continue;
    const float length = (at[j] - at[parent]).norm();
    shapes.add(at[parent], at[j], 0.2f, std::min(kThickest * size, kWidth * length), parent);
    begins[parent] = 1;
  }
  for (int j = 0; j < skeleton.size(); ++j) {
    if (begins[j]) continue;
    const Vec3 half(0, kKnot * size, 0);
    shapes.add(at[j] - half, at[j] + half, 0.5f, kKnot * size, j);
  }
  const auto count = static_cast<Eigen::Index>(shapes.verts.size());
  model.mesh = {};
  model.mesh.verts.resize(count, 3);
  model.mesh.faces.resize(static_cast<Eigen::Index>(shapes.faces.size()), 3);
  model.skin.joints.setZero(count, 4);
  model.skin.weights.setZero(count, 4);
  for (Eigen::Index v = 0; v < count; ++v) {
    model.mesh.verts.row(v) = shapes.verts[v].transpose();
    model.skin.joints(v, 0) = shapes.joints[v];
    model.skin.weights(v, 0) = 1;
  }
  for (std::size_t f = 0; f < shapes.faces.size(); ++f)
    model.mesh.faces.row(static_cast<Eigen::Index>(f)) = shapes.faces[f].transpose();
  model.skin.joint_from_mesh = inverse_bind(skeleton);
}

}  // namespace mp4d
