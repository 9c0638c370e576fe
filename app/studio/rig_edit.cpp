#include "app/studio/rig_edit.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <array>

namespace mp4d {
namespace {

int children_of(const Skeleton& skeleton, int joint) {
  return static_cast<int>(std::count_if(skeleton.joints.begin(), skeleton.joints.end(),
                                        [&](const Joint& other) { return other.parent == joint; }));
}

/// Weights of the same joint become one, heaviest first.
void tidy_row(Skin& skin, Eigen::Index row) {
  std::array<std::pair<float, int>, 4> slots;
  for (int k = 0; k < 4; ++k) slots[k] = {skin.weights(row, k), skin.joints(row, k)};
  for (int k = 0; k < 4; ++k)
    for (int l = 0; l < k; ++l)
      if (slots[k].first > 0 && slots[k].second == slots[l].second) slots[l].first += slots[k].first, slots[k] = {0, 0};
  std::stable_sort(slots.begin(), slots.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (int k = 0; k < 4; ++k) skin.weights(row, k) = slots[k].first, skin.joints(row, k) = slots[k].second;
}

Vec3 rest_place(const Skeleton& skeleton, int joint) {
  return forward_kinematics(skeleton, rest_pose(skeleton))[joint].topRightCorner<3, 1>();
}

}  // namespace

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

Character with_joint_added(const Character& character, int parent, const std::string& name, const Vec3& point) {
  Skeleton skeleton = *character.skeleton;
  Skin skin = *character.skin;
  const Mat4 root_from_parent = forward_kinematics(skeleton, rest_pose(skeleton))[parent];
  Joint joint{name, parent, {}};
  joint.rest.translation = (root_from_parent.inverse() * point.homogeneous()).head<3>();
  skeleton.joints.push_back(joint);
  if (static_cast<std::size_t>(parent) < skin.joint_from_mesh.size()) {
    Mat4 back = Mat4::Identity();
    back.topRightCorner<3, 1>() = -joint.rest.translation;
    skin.joint_from_mesh.push_back(back * skin.joint_from_mesh[parent]);
  }
  Character changed = character;
  for (auto& clip : changed.clips) {
    Clip longer = *clip;
    for (Pose& pose : longer.poses) pose.push_back(joint.rest);
    clip = std::make_shared<const Clip>(std::move(longer));
  }
  changed.skeleton = std::make_shared<const Skeleton>(std::move(skeleton));
  changed.skin = std::make_shared<const Skin>(std::move(skin));
  return changed;
}

bool can_remove_joint(const Skeleton& skeleton, int joint) {
  return joint >= 0 && joint < skeleton.size() &&
         (skeleton.joints[joint].parent >= 0 || children_of(skeleton, joint) == 1);
}

Character with_joint_removed(const Character& character, int joint) {
  Skeleton skeleton = *character.skeleton;
  Skin skin = *character.skin;
  const int parent = skeleton.joints[joint].parent;
  int heir = parent;
  const auto without = [&](auto&& transform_of) {  // children's transforms, now against the parent
    for (int j = 0; j < skeleton.size(); ++j)
      if (skeleton.joints[j].parent == joint)
        transform_of(j) = decompose(transform_of(joint).matrix() * transform_of(j).matrix());
  };
  Character changed = character;
  for (auto& clip : changed.clips) {
    Clip shorter = *clip;
    for (Pose& pose : shorter.poses) {
      without([&](int j) -> Transform& { return pose[j]; });
      pose.erase(pose.begin() + joint);
    }
    clip = std::make_shared<const Clip>(std::move(shorter));
  }
  without([&](int j) -> Transform& { return skeleton.joints[j].rest; });
  for (int j = 0; j < skeleton.size(); ++j) {
    int& its = skeleton.joints[j].parent;
    if (its == joint) {
      its = parent;
      if (parent < 0) heir = j;
    }
  }
  const auto renumbered = [joint](int j) { return j > joint ? j - 1 : j; };
  for (Eigen::Index row = 0; row < skin.joints.rows(); ++row) {
    for (int k = 0; k < 4; ++k)
      skin.joints(row, k) = renumbered(skin.joints(row, k) == joint ? heir : skin.joints(row, k));
    tidy_row(skin, row);
  }
  if (static_cast<std::size_t>(joint) < skin.joint_from_mesh.size())
    skin.joint_from_mesh.erase(skin.joint_from_mesh.begin() + joint);
  for (Joint& other : skeleton.joints) other.parent = renumbered(other.parent);
  skeleton.joints.erase(skeleton.joints.begin() + joint);
  changed.skeleton = std::make_shared<const Skeleton>(std::move(skeleton));
  changed.skin = std::make_shared<const Skin>(std::move(skin));
  return changed;
}

int twin_joint(const Skeleton& skeleton, int joint) {
  static constexpr std::array<std::pair<const char*, const char*>, 7> kSides{
      {{"Left", "Right"}, {"left", "right"}, {"LEFT", "RIGHT"}, {".L", ".R"}, {".l", ".r"}, {"_l", "_r"}, {"_L", "_R"}}};
  const std::string& name = skeleton.joints[joint].name;
  const auto try_with = [&](const std::string& here, const std::string& there) {
    for (std::size_t at = name.rfind(here); at != std::string::npos; at = at == 0 ? std::string::npos : name.rfind(here, at - 1)) {
      std::string other = name;
      other.replace(at, here.size(), there);
      if (const int found = skeleton.find(other); found >= 0 && found != joint) return found;
    }
    return -1;
  };
  for (const auto& [a, b] : kSides)
    for (const auto& [here, there] : {std::pair{a, b}, std::pair{b, a}})
      if (const int found = try_with(here, there); found >= 0) return found;
  return -1;
}

Character with_twin_mirrored(const Character& character, int joint) {
  const Skeleton& skeleton = *character.skeleton;
  Vec3 place = rest_place(skeleton, joint);
  place.x() = 2 * rest_place(skeleton, 0).x() - place.x();
  return with_joint_at(character, twin_joint(skeleton, joint), place);
}

Character with_clip(const Character& character, int index, Clip clip) {
  Character changed = character;
  changed.clips.at(static_cast<std::size_t>(index)) = std::make_shared<const Clip>(std::move(clip));
  return changed;
}

}  // namespace mp4d
