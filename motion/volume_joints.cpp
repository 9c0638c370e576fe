#include "motion/volume_joints.h"
#include <algorithm>

namespace mp4d {
namespace {

constexpr std::string_view kSuffix = "_half";

struct Half {
  int joint, parent, index;
};

std::vector<Half> halves_of(const Skeleton& skeleton) {
  std::vector<Half> halves;
  for (int half = 0; half < skeleton.size(); ++half) {
    const Joint& found = skeleton.joints[half];
    if (!found.name.ends_with(kSuffix)) continue;
    for (int j = 0; j < skeleton.size(); ++j)
      if (const Joint& joint = skeleton.joints[j]; joint.parent == found.parent && joint.parent >= 0 &&
                                                   found.name.size() == joint.name.size() + kSuffix.size() &&
                                                   found.name.starts_with(joint.name))
        halves.push_back({j, joint.parent, half});
  }
  return halves;
}

Transform half_turned(const Joint& joint, Transform pose) {
  pose.rotation = joint.rest.rotation.slerp(0.5f, pose.rotation).normalized();
  return pose;
}

float& weight_of(std::vector<std::pair<int, float>>& row, int joint) {
  for (auto& [j, w] : row)
    if (j == joint) return w;
  return row.emplace_back(joint, 0.0f).second;
}

}  // namespace

int add_volume_joints(RiggedModel& model, const Anatomy& body) {
  Skin& skin = model.skin;
  const int count = model.skeleton.size();
  std::vector<Half> halves;
  std::vector<int> half_of(count, -1);
  std::vector<float> shared(count, 0);
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v)
    for (int a = 0; a < 4; ++a)
      for (int b = 0; b < 4; ++b)
        if (model.skeleton.joints[skin.joints(v, a)].parent == skin.joints(v, b) && skin.weights(v, a) > 0)
          shared[skin.joints(v, a)] += std::min(skin.weights(v, a), skin.weights(v, b));
  std::vector<char> helped(count, 0);
  for (const Half& half : halves_of(model.skeleton)) helped[half.joint] = helped[half.index] = 1;
  for (int j = 0; j < count; ++j) {
    const int parent = model.skeleton.joints[j].parent;
    if (helped[j] || parent < 0 || body.chain_of[j] < 0 || body.carrier[j] != parent || shared[j] < 1) continue;
    half_of[j] = count + static_cast<int>(halves.size());
    halves.push_back({j, parent, half_of[j]});
  }
  for (const Half& half : halves) {
    Joint joint = model.skeleton.joints[half.joint];
    joint.name += kSuffix;
    model.skeleton.joints.push_back(std::move(joint));
    skin.joint_from_mesh.push_back(skin.joint_from_mesh[half.joint]);
  }
  for (Eigen::Index v = 0; v < skin.joints.rows(); ++v) {
    std::vector<std::pair<int, float>> row;
    for (int k = 0; k < 4; ++k)
      if (skin.weights(v, k) > 0) row.emplace_back(skin.joints(v, k), skin.weights(v, k));
    const std::vector<std::pair<int, float>> before = row;
    for (const auto& [joint, weight] : before) {
      const int half = half_of[joint];
      if (half < 0) continue;
      const int parent = model.skeleton.joints[joint].parent;
      const float own = weight_of(row, joint), of_parent = weight_of(row, parent);  // values: the row may grow
      const float both = std::min(own, of_parent);
      if (both <= 0) continue;
      weight_of(row, joint) -= both;
      weight_of(row, parent) -= both;
      weight_of(row, half) += 2 * both;
    }
    std::erase_if(row, [](const auto& entry) { return entry.second <= 0; });
    std::stable_sort(row.begin(), row.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    if (row.size() > 4) row.resize(4);
    float sum = 0;
    for (const auto& entry : row) sum += entry.second;
    for (std::size_t k = 0; k < 4; ++k) {
      skin.joints(v, static_cast<int>(k)) = k < row.size() ? row[k].first : 0;
      skin.weights(v, static_cast<int>(k)) = k < row.size() ? row[k].second / sum : 0;
    }
  }
  for (Clip& clip : model.clips)
    for (Pose& pose : clip.poses)
      for (const Half& half : halves) pose.push_back(half_turned(model.skeleton.joints[half.joint], pose[half.joint]));
  return static_cast<int>(halves.size());
}

void turn_volume_joints(const Skeleton& skeleton, Clip& clip) {
  const std::vector<Half> halves = halves_of(skeleton);
  for (Pose& pose : clip.poses)
    for (const Half& half : halves) pose[half.index] = half_turned(skeleton.joints[half.joint], pose[half.joint]);
}

}  // namespace mp4d
