#include "motion/foot_joints.h"
#include <algorithm>
#include <numbers>

namespace mp4d {
namespace {

// Share of the leg's height at which the body plan has the joint before the foot: people's ankles are lower.
constexpr float kHighAnkle = 0.2f;
constexpr float kFootLength = 0.14f;   // of the leg's length
constexpr float kMostOfLastBone = 0.6f;
constexpr float kBend = 70 * std::numbers::pi_v<float> / 180, kSwing = 20 * std::numbers::pi_v<float> / 180;

/// Joints of the leg that ends in `foot`, from there up to the first below the trunk.
std::vector<int> leg_upwards(const RigTemplate& rig, int foot) {
  std::vector<int> leg{foot};
  for (int j = rig.joints[foot].parent; j >= 0 && !rig.joints[j].fat && rig.joints[j].symmetric != j;
       j = rig.joints[j].parent)
    leg.push_back(j);
  return leg;
}

std::string with(std::string name, std::string_view from, std::string_view to) {
  if (const auto at = name.find(from); at != std::string::npos) name.replace(at, from.size(), to);
  return name;
}

}  // namespace

void add_foot_joints(RigTemplate& rig, Embedding& embedding) {
  const int planned = rig.size();
  for (int foot = 0; foot < planned; ++foot) {
    if (!rig.joints[foot].foot || !embedding.present[foot]) continue;
    const std::vector<int> leg = leg_upwards(rig, foot);
    if (leg.size() < 3) continue;
    const auto height = [&](int j) { return rig.joints[j].position.y() - rig.joints[foot].position.y(); };
    if (height(leg[1]) < kHighAnkle * height(leg.back())) continue;

    std::vector<Vec3>& at = embedding.positions;
    float length = 0;
    for (std::size_t k = 0; k + 1 < leg.size(); ++k) length += (at[leg[k]] - at[leg[k + 1]]).norm();
    const Vec3 end = at[foot], bone = at[leg[1]] - end;
    if (!(bone.norm() > 0)) continue;
    TemplateJoint toe = rig.joints[foot];
    toe.name = with(toe.name, "foot", "toe");
    toe.parent = foot;
    toe.symmetric = rig.size() + (rig.joints[foot].symmetric - foot);  // twins follow each other
    rig.joints.push_back(toe);
    embedding.present.push_back(1);
    at.push_back(end);

    TemplateJoint& joint = rig.joints[foot];
    joint.name = with(joint.name, "toe", "foot");
    joint.foot = false;
    joint.limited = true;
    joint.limit_axis = Vec3::UnitX();
    joint.twist_min = -kBend;
    joint.twist_max = kBend;
    joint.swing_max = kSwing;
    at[foot] = end + std::min(kFootLength * length / bone.norm(), kMostOfLastBone) * bone;
  }
}

}  // namespace mp4d
