#pragma once
#include "core/result.h"
#include "reconstruction/human/body_generator.h"
#include <filesystem>
#include <nlohmann/json.hpp>

namespace mp4d::human {

/// {"sex": 0..1, "age", "muscle", "weight", "height", "proportions", "ancestry": {"african", "asian", "caucasian"},
/// "suit", "shoes", "hair", "hat": index or -1}.
nlohmann::json attributes_to_json(const Attributes& attributes);

/// {"pelvis": [x, y, z], ...}: all 24, metres.
nlohmann::json joints_to_json(const Joints& joints);

/// Joints of such an object, or of a list of 24 positions in the order of kJointNames; either may be the whole file or
/// its member "joints". Errors (kInput) name the file and the joint that is missing, unknown or not three finite
/// numbers.
Result<Joints> read_joints(const std::filesystem::path& path);

}  // namespace mp4d::human
