#include "reconstruction/human/body_weights.h"
#include <algorithm>
#include <numeric>
#include <string_view>

namespace mp4d::human {
namespace {

int joint_of_bone(std::string_view bone) {
  struct Entry {
    std::string_view bone;
    std::string_view joint;
  };
  static constexpr Entry kJointOfBone[] = {{"Hips", "pelvis"},
                                           {"LHipJoint", "pelvis"},
                                           {"RHipJoint", "pelvis"},
                                           {"LowerBack", "spine1"},
                                           {"Spine", "spine2"},
                                           {"Spine1", "spine3"},
                                           {"Neck", "neck"},
                                           {"Neck1", "neck"},
                                           {"Head", "head"},
                                           {"LeftUpLeg", "left_hip"},
                                           {"LeftLeg", "left_knee"},
                                           {"LeftFoot", "left_ankle"},
                                           {"LeftToeBase", "left_foot"},
                                           {"RightUpLeg", "right_hip"},
                                           {"RightLeg", "right_knee"},
                                           {"RightFoot", "right_ankle"},
                                           {"RightToeBase", "right_foot"},
                                           {"LeftShoulder", "left_collar"},
                                           {"LeftArm", "left_shoulder"},
                                           {"LeftForeArm", "left_elbow"},
                                           {"LeftHand", "left_wrist"},
                                           {"LeftFingerBase", "left_wrist"},
                                           {"LThumb", "left_wrist"},
                                           {"LeftHandFinger1", "left_hand"},
                                           {"RightShoulder", "right_collar"},
                                           {"RightArm", "right_shoulder"},
                                           {"RightForeArm", "right_elbow"},
                                           {"RightHand", "right_wrist"},
                                           {"RightFingerBase", "right_wrist"},
                                           {"RThumb", "right_wrist"},
                                           {"RightHandFinger1", "right_hand"}};
  for (const Entry& entry : kJointOfBone)
    if (entry.bone == bone)
      return static_cast<int>(std::find(kJointNames.begin(), kJointNames.end(), entry.joint) - kJointNames.begin());
  return -1;
}

}  // namespace

JointWeights strongest_joints(const std::array<float, kJointCount>& weights) {
  std::array<std::uint8_t, kJointCount> order;
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  std::partial_sort(order.begin(), order.begin() + 4, order.end(),
                    [&](int a, int b) { return weights[a] > weights[b]; });
  JointWeights strongest;
  float sum = 0;
  for (int i = 0; i < 4; ++i) {
    strongest.joints[i] = order[i];
    sum += strongest.weights[i] = std::max(weights[order[i]], 0.0f);
  }
  if (sum <= 0) return {{}, {1, 0, 0, 0}};
  for (float& weight : strongest.weights) weight /= sum;
  return strongest;
}

Result<std::vector<JointWeights>> joint_weights(const BoneWeights& bones, int base_vertex_count) {
  std::vector<std::array<float, kJointCount>> all(base_vertex_count);
  for (const auto& [bone, pairs] : bones) {
    const int joint = joint_of_bone(bone);
    if (joint < 0)
      return fail(ErrorCode::kInput, "weights of an unknown bone {}; the rig must be MakeHuman's cmu_mb", bone);
    for (const auto& [vertex, weight] : pairs) all[vertex][joint] += weight;
  }
  std::vector<JointWeights> weights(base_vertex_count);
  std::transform(all.begin(), all.end(), weights.begin(), strongest_joints);
  return weights;
}

void pose_vertices(const std::vector<JointWeights>& weights, const std::array<Iso3, kJointCount>& world_from_rest,
                   Eigen::Ref<Points> verts) {
  using Affine = Eigen::Matrix<float, 3, 4>;
  std::array<Affine, kJointCount> transforms;
  for (int j = 0; j < kJointCount; ++j) transforms[j] = world_from_rest[j].matrix().topRows<3>();
  for (std::size_t v = 0; v < weights.size(); ++v) {
    Affine blended = weights[v].weights[0] * transforms[weights[v].joints[0]];
    for (int i = 1; i < 4 && weights[v].weights[i] > 0; ++i)
      blended += weights[v].weights[i] * transforms[weights[v].joints[i]];
    auto row = verts.row(static_cast<Eigen::Index>(v));
    const Vec3 rest = row.transpose();
    row = (blended.leftCols<3>() * rest + blended.col(3)).transpose();
  }
}

}  // namespace mp4d::human
