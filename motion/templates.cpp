#include "motion/templates.h"

#include "core/assets.h"

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <stdexcept>

namespace mp4d {
namespace {

bool is_left(const std::string& name) { return name.ends_with("_l"); }
std::string right_name(const std::string& left) { return left.substr(0, left.size() - 2) + "_r"; }

Vec3 vec3(const nlohmann::json& json) { return Vec3(json.at(0), json.at(1), json.at(2)); }

TemplateJoint parse_joint(const nlohmann::json& json) {
  TemplateJoint joint;
  joint.name = json.at("name");
  joint.position = vec3(json.at("position"));
  joint.radius = json.at("radius");
  joint.fat = json.value("fat", false);
  joint.foot = json.value("foot", false);
  joint.optional = json.value("optional", false);
  if (json.contains("limits")) {
    const auto& limits = json.at("limits");
    constexpr float kRad = std::numbers::pi_v<float> / 180;
    joint.limited = true;
    joint.swing_max = kRad * limits.at("swing").get<float>();
    joint.twist_min = kRad * limits.at("twist").at(0).get<float>();
    joint.twist_max = kRad * limits.at("twist").at(1).get<float>();
    if (limits.contains("axis")) joint.limit_axis = vec3(limits.at("axis"));
  }
  return joint;
}

// Mirroring in x turns a rotation by t about axis a into one by -t about the mirrored a: about x, one by t.
TemplateJoint mirrored(TemplateJoint joint) {
  joint.name = right_name(joint.name);
  joint.position.x() = -joint.position.x();
  if (joint.limit_axis.x() != 0) {
    joint.limit_axis = Vec3(joint.limit_axis.x(), -joint.limit_axis.y(), -joint.limit_axis.z());
  } else {
    std::swap(joint.twist_min, joint.twist_max);
    joint.twist_min = -joint.twist_min;
    joint.twist_max = -joint.twist_max;
  }
  return joint;
}

// `turns`: joint -> rotation vector in degrees by which it and all below it are turned; left joints' twins follow.
TemplatePose parse_pose(const std::string& name, const nlohmann::json& turns, const RigTemplate& rig,
                        const std::map<std::string, int>& index) {
  std::vector<Quat> turn(rig.joints.size(), Quat::Identity());
  for (const auto& [joint, degrees] : turns.items()) {
    if (!index.count(joint)) throw std::runtime_error("pose " + name + ": no joint " + joint);
    const Vec3 vector = vec3(degrees) * (std::numbers::pi_v<float> / 180);
    const int j = index.at(joint), twin = rig.joints[std::size_t(j)].symmetric;
    const auto rotation = [](const Vec3& v) { return Quat(Eigen::AngleAxisf(v.norm(), v.stableNormalized())); };
    turn[std::size_t(j)] = rotation(vector);
    if (twin != j) turn[std::size_t(twin)] = rotation(Vec3(vector.x(), -vector.y(), -vector.z()));
  }
  TemplatePose pose{name, {}, {}};
  for (const TemplateJoint& joint : rig.joints) pose.radii.push_back(joint.radius);
  for (std::size_t j = 0; j < rig.joints.size(); ++j) {
    const int parent = rig.joints[j].parent;
    if (parent < 0) {
      pose.positions.push_back(rig.joints[j].position);
      continue;
    }
    const Quat above = turn[std::size_t(parent)];
    pose.positions.push_back(pose.positions[std::size_t(parent)] +
                             above * (rig.joints[j].position - rig.joints[std::size_t(parent)].position));
    turn[j] = above * turn[j];
  }
  return pose;
}

// `build`: joint -> [x, y, z, radius] for every joint; left joints' twins are mirrored.
TemplatePose parse_build(const std::string& name, const nlohmann::json& build, const RigTemplate& rig,
                         const std::map<std::string, int>& index) {
  TemplatePose pose{name, std::vector<Vec3>(rig.joints.size()), std::vector<float>(rig.joints.size(), 0.0f)};
  for (const auto& [joint, place] : build.items()) {
    if (!index.count(joint)) throw std::runtime_error("build " + name + ": no joint " + joint);
    const std::size_t j = std::size_t(index.at(joint)), twin = std::size_t(rig.joints[j].symmetric);
    pose.positions[j] = pose.positions[twin] = vec3(place);
    pose.radii[j] = pose.radii[twin] = place.at(3);
    if (twin != j) pose.positions[twin].x() *= -1;
  }
  for (std::size_t j = 0; j < rig.joints.size(); ++j)
    if (pose.radii[j] <= 0) throw std::runtime_error("build " + name + ": no place for " + rig.joints[j].name);
  return pose;
}

RigTemplate parse(const nlohmann::json& json) {
  RigTemplate result;
  result.name = json.at("name");
  std::map<std::string, int> index;
  const auto append = [&](TemplateJoint joint, const std::string& parent) {
    if (parent.empty() != result.joints.empty())
      throw std::runtime_error("joint " + joint.name + ": the first joint, and no other, has no parent");
    if (!parent.empty() && !index.count(parent))
      throw std::runtime_error("joint " + joint.name + ": parent " + parent + " does not come before it");
    joint.parent = parent.empty() ? -1 : index.at(parent);
    joint.symmetric = result.size();
    if (!index.emplace(joint.name, result.size()).second)
      throw std::runtime_error("joint " + joint.name + " occurs twice");
    result.joints.push_back(std::move(joint));
    return result.size() - 1;
  };
  for (const auto& entry : json.at("joints")) {
    const std::string parent = entry.at("parent").is_null() ? "" : entry.at("parent").get<std::string>();
    const TemplateJoint joint = parse_joint(entry);
    const int left = append(joint, parent);
    if (!is_left(joint.name)) continue;
    const int right = append(mirrored(joint), is_left(parent) ? right_name(parent) : parent);
    result.joints[left].symmetric = right;
    result.joints[right].symmetric = left;
  }
  if (json.contains("poses"))
    for (const auto& [name, turns] : json.at("poses").items())
      result.poses.push_back(parse_pose(name, turns, result, index));
  if (json.contains("builds"))
    for (const auto& [name, build] : json.at("builds").items())
      result.poses.push_back(parse_build(name, build, result, index));
  if (result.joints.empty()) throw std::runtime_error("no joints");
  return result;
}

}  // namespace

const std::vector<std::string>& rig_template_names() {
  static const std::vector<std::string> names = {"human", "quadruped", "biped-tail", "bird"};
  return names;
}

RigTemplate posed(const RigTemplate& rig, int pose) {
  RigTemplate result = rig;
  for (std::size_t j = 0; j < rig.joints.size(); ++j) {
    result.joints[j].position = rig.poses.at(std::size_t(pose)).positions[j];
    result.joints[j].radius = rig.poses.at(std::size_t(pose)).radii[j];
  }
  return result;
}

Result<RigTemplate> load_rig_template(const std::string& name) {
  std::filesystem::path path = name;
  if (path.extension() != ".json") {
    MP4D_TRY(found, find_asset("templates/" + name + ".json"));
    path = found;
  }
  try {
    std::ifstream stream(path);
    if (!stream) return fail(ErrorCode::kInput, "{}: cannot be read", path.string());
    return parse(nlohmann::json::parse(stream));
  } catch (const std::exception& e) {
    return fail(ErrorCode::kInput, "{}: not a rig template: {}", path.string(), e.what());
  }
}

}  // namespace mp4d
