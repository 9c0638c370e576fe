#include "reconstruction/articulated/medial_template.h"
#include <algorithm>
#include "core/assets.h"
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <numbers>
#include <nlohmann/json.hpp>

namespace mp4d {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

Vec3 vec3(const nlohmann::json& j) { return Vec3(j.at(0), j.at(1), j.at(2)); }

std::string twin_name(const std::string& name) { return name.substr(0, name.size() - 2) + "_r"; }

bool is_left(const std::string& name) { return name.size() > 2 && name.ends_with("_l"); }

MedialJoint parse_joint(const nlohmann::json& j) {
  MedialJoint joint;
  joint.name = j.at("name");
  joint.offset = vec3(j.at("offset"));
  joint.radius = j.at("radius");
  joint.aspect = j.value("aspect", 1.0f);
  joint.stiffness = vec3(j.at("stiffness"));
  joint.limit_min.setConstant(-kInf);
  joint.limit_max.setConstant(kInf);
  if (j.contains("limits")) {
    for (const auto& [axis, range] : j.at("limits").items()) {
      const int a = axis == "x" ? 0 : axis == "y" ? 1 : 2;
      joint.limit_min[a] = range.at(0);
      joint.limit_max[a] = range.at(1);
    }
  }
  if (j.contains("bind")) joint.bind = vec3(j.at("bind"));
  joint.carriage = j.value("carriage", 0.0f);
  joint.foot = j.value("foot", false);
  return joint;
}

// A rotation vector mirrored in x keeps its x part and negates y and z.
MedialJoint mirrored(const MedialJoint& left) {
  MedialJoint right = left;
  right.name = twin_name(left.name);
  right.offset.x() = -left.offset.x();
  right.bind = Vec3(left.bind.x(), -left.bind.y(), -left.bind.z());
  for (int a : {1, 2}) {
    right.limit_min[a] = -left.limit_max[a];
    right.limit_max[a] = -left.limit_min[a];
  }
  return right;
}

void mark_forelegs(MedialTemplate& body) {
  body.foreleg.assign(body.size(), 0);
  std::vector<float> ahead(body.size(), 0.0f);
  for (int i = 1; i < body.size(); ++i) ahead[i] = ahead[body.joints[i].parent] + body.joints[i].offset.z();
  std::vector<int> tops;
  for (int top : body.leg_root)
    if (top >= 0) tops.push_back(top);
  if (tops.size() != 4) return;
  const auto by_place = [&](int a, int b) { return ahead[a] < ahead[b]; };
  const float middle = (ahead[*std::min_element(tops.begin(), tops.end(), by_place)] +
                        ahead[*std::max_element(tops.begin(), tops.end(), by_place)]) / 2;
  for (int top : tops) body.foreleg[top] = ahead[top] > middle;
  for (int i = 1; i < body.size(); ++i) body.foreleg[i] |= body.foreleg[body.joints[i].parent];
}

MedialTemplate build(const nlohmann::json& file) {
  MedialTemplate result;
  result.name = file.at("name");
  result.elevation = file.value("elevation", 0.2f);
  result.broadside = file.value("broadside", 0.0f);
  result.rarity = file.value("rarity", 0.0f);
  std::map<std::string, int> index;
  auto append = [&](MedialJoint joint, const std::string& parent) {
    joint.parent = parent.empty() ? -1 : index.at(parent);
    if (joint.parent >= 0) result.joints[joint.parent].leaf = false;
    index[joint.name] = result.size();
    result.joints.push_back(std::move(joint));
  };
  for (const auto& j : file.at("joints")) {
    const std::string parent = j.at("parent").is_null() ? "" : j.at("parent").get<std::string>();
    const MedialJoint joint = parse_joint(j);
    append(joint, parent);
    const int self = result.size() - 1;
    result.joints[self].mirror = result.joints[self].shape_of = result.joints[self].radius_of = self;
    if (is_left(joint.name)) {
      append(mirrored(joint), is_left(parent) ? twin_name(parent) : parent);
      result.joints[self].mirror = self + 1;
      result.joints[self + 1].mirror = self;
      const std::string paired = j.value("paired", "all");
      result.joints[self + 1].shape_of = paired == "none" ? self + 1 : self;
      result.joints[self + 1].radius_of = paired == "all" ? self : self + 1;
    }
  }
  for (const auto& j : file.value("gaits", nlohmann::json::array())) {
    MedialGait gait;
    gait.name = j.at("name");
    for (const auto& [joint, degrees] : j.at("flexion").items()) {
      MedialGait::Curve curve{index.at(joint), {}};
      for (float d : degrees) curve.turns.push_back(d * std::numbers::pi_v<float> / 180);
      gait.curves.push_back(std::move(curve));
    }
    result.gaits.push_back(std::move(gait));
  }
  normalise(result);
  result.leg_root.assign(result.size(), -1);
  for (int i = 0; i < result.size(); ++i) {
    if (!result.joints[i].foot) continue;
    int top = i;
    while (result.joints[result.joints[top].parent].mirror != result.joints[top].parent) top = result.joints[top].parent;
    result.leg_root[i] = top;
  }
  mark_forelegs(result);
  return result;
}

}  // namespace

void normalise(MedialTemplate& body) {
  float area = 0;
  for (const MedialJoint& joint : body.joints) {
    if (joint.parent < 0) continue;
    area += (joint.radius + body.joints[joint.parent].radius) * joint.offset.norm();
  }
  const float scale = 0.9f / std::sqrt(area);
  for (MedialJoint& joint : body.joints) {
    joint.offset *= scale;
    joint.radius *= scale;
  }
}

const std::vector<std::string>& medial_template_names() {
  static const std::vector<std::string> names = {"quadruped", "human", "toon", "brute", "biped-tail", "bird"};
  return names;
}

const std::vector<std::string>& people_template_names() {
  static const std::vector<std::string> names = {"human", "toon", "brute"};
  return names;
}

Result<MedialTemplate> load_medial_template(const std::string& name) {
  MP4D_TRY(path, find_asset("medial/" + name + ".json"));
  try {
    std::ifstream stream(path);
    return build(nlohmann::json::parse(stream));
  } catch (const std::exception& e) {
    return fail(ErrorCode::kInput, "{}: not a medial template: {}", path.string(), e.what());
  }
}

}  // namespace mp4d
