#include "app/studio/rig_edit.h"
#include "motion/kinematics.h"

namespace mp4d {

Character with_joint_at(const Character& character, int joint, const Vec3& point) {
  Skeleton skeleton = *character.skeleton;
  Skin skin = *character.skin;
  const Mat4 root_from_joint = forward_kinematics(skeleton, rest_pose(skeleton))[joint];
  const Vec3 offset = (root_from_joint.inverse() * point.homogeneous()).head<3>();
  const Transform rest = skeleton.joints[joint].rest;
  const Vec3 shift = rest.rotation * rest.scale.cwiseProduct(offset);  // in the parent's axes
  const auto apply = [&](auto&& transform_of) {
    transform_of(joint).translation += shift;
    for (int j = 0; j < skeleton.size(); ++j)
      if (skeleton.joints[j].parent == joint) transform_of(j).translation -= offset;
  };
  apply([&](int j) -> Transform& { return skeleton.joints[j].rest; });
  if (static_cast<std::size_t>(joint) < skin.joint_from_mesh.size()) {
    Mat4 back = Mat4::Identity();
    back.topRightCorner<3, 1>() = -offset;
    skin.joint_from_mesh[joint] = back * skin.joint_from_mesh[joint];
  }
  Character moved = character;
  for (auto& clip : moved.clips) {
    Clip changed = *clip;
    for (Pose& pose : changed.poses) apply([&](int j) -> Transform& { return pose[j]; });
    clip = std::make_shared<const Clip>(std::move(changed));
  }
  moved.skeleton = std::make_shared<const Skeleton>(std::move(skeleton));
  moved.skin = std::make_shared<const Skin>(std::move(skin));
  return moved;
}

Character with_joint_named(const Character& character, int joint, const std::string& name) {
  Skeleton skeleton = *character.skeleton;
  skeleton.joints[joint].name = name;
  Character renamed = character;
  renamed.skeleton = std::make_shared<const Skeleton>(std::move(skeleton));
  return renamed;
}

}  // namespace mp4d
