#pragma once
#include "core/result.h"
#include "reconstruction/human/body_skeleton.h"
#include <string>
#include <string_view>
#include <vector>

namespace mp4d::human {

/// A preset of assets/human/poses.json.
struct NamedPose {
  std::string name;
  Pose at_attention;  ///< against attention; see pose_frame.h
};

/// All presets, read once. Error (kInput) names the file, the pose and the joint. Thread-safe.
const Result<std::vector<NamedPose>>& pose_library();

/// Names of the presets, in the file's order; empty if the file cannot be read.
std::vector<std::string> pose_names();

/// A preset against the generator's rest pose. Error (kUsage) lists the names.
Result<Pose> named_pose(std::string_view name);

}  // namespace mp4d::human
