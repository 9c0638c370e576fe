#include "reconstruction/human/pose_library.h"
#include "core/assets.h"
#include "core/files.h"
#include "reconstruction/human/pose_frame.h"
#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace mp4d::human {
namespace {

int joint_index(std::string_view name) {
  const auto found = std::find(kJointNames.begin(), kJointNames.end(), name);
  return found == kJointNames.end() ? -1 : static_cast<int>(found - kJointNames.begin());
}

Result<NamedPose> parse_pose(const nlohmann::json& json, const std::string& file) {
  NamedPose pose;
  if (!json.is_object() || !json.contains("name") || !json["name"].is_string() || !json.contains("rotations") ||
      !json["rotations"].is_object())
    return fail(ErrorCode::kInput, "{}: every pose needs a name and rotations", file);
  pose.name = json["name"];
  for (const auto& [key, degrees] : json["rotations"].items()) {
    const bool both = key.starts_with("both_");
    const int joint = joint_index(both ? "left_" + key.substr(5) : key);
    if (joint < 0) return fail(ErrorCode::kInput, "{}: pose {}: no joint {}", file, pose.name, key);
    if (!degrees.is_array() || degrees.size() != 3 ||
        !std::all_of(degrees.begin(), degrees.end(), [](const auto& d) { return d.is_number(); }))
      return fail(ErrorCode::kInput, "{}: pose {}: {} must be three angles in degrees", file, pose.name, key);
    const Vec3 angles(degrees[0].get<float>(), degrees[1].get<float>(), degrees[2].get<float>());
    pose.at_attention.rotations[joint] = rotation_of_degrees(angles);
    if (both)
      pose.at_attention.rotations[kMirroredJoints[joint]] = rotation_of_degrees({angles.x(), -angles.y(), -angles.z()});
  }
  return pose;
}

Result<std::vector<NamedPose>> read_library() {
  MP4D_TRY(path, find_asset("human/poses.json"));
  MP4D_TRY(text, read_file(path));
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("poses") || !json["poses"].is_array() || json["poses"].empty())
    return fail(ErrorCode::kInput, "{}: expected an object with a list of poses", path.string());
  std::vector<NamedPose> poses;
  for (const nlohmann::json& entry : json["poses"]) {
    MP4D_TRY(pose, parse_pose(entry, path.string()));
    poses.push_back(std::move(pose));
  }
  return poses;
}

}  // namespace

const Result<std::vector<NamedPose>>& pose_library() {
  static const Result<std::vector<NamedPose>> library = read_library();
  return library;
}

std::vector<std::string> pose_names() {
  std::vector<std::string> names;
  if (const auto& library = pose_library())
    for (const NamedPose& pose : *library) names.push_back(pose.name);
  return names;
}

Result<Pose> named_pose(std::string_view name) {
  const auto& library = pose_library();
  if (!library) return tl::unexpected(library.error());
  for (const NamedPose& pose : *library)
    if (pose.name == name) return pose_from_attention(pose.at_attention);
  return fail(ErrorCode::kUsage, "no pose is named {}; choose one of {}", name, fmt::join(pose_names(), ", "));
}

}  // namespace mp4d::human
