#include "reconstruction/human/body_json.h"
#include "core/json_file.h"
#include <algorithm>
#include <cmath>

namespace mp4d::human {

using nlohmann::json;

json attributes_to_json(const Attributes& a) {
  return {{"sex", a.sex},
          {"age", a.age},
          {"muscle", a.muscle},
          {"weight", a.weight},
          {"height", a.height},
          {"proportions", a.proportions},
          {"ancestry", {{"african", a.ancestry[0]}, {"asian", a.ancestry[1]}, {"caucasian", a.ancestry[2]}}},
          {"suit", a.suit},
          {"shoes", a.shoes},
          {"hair", a.hair},
          {"hat", a.hat}};
}

json joints_to_json(const Joints& joints) {
  json object = json::object();
  for (int j = 0; j < kJointCount; ++j)
    object[std::string(kJointNames[j])] = {joints(j, 0), joints(j, 1), joints(j, 2)};
  return object;
}

Result<Joints> read_joints(const std::filesystem::path& path) {
  MP4D_TRY(file, read_json(path));
  const json list = file.is_object() && file.contains("joints") ? file["joints"] : file;
  const bool named = list.is_object();
  if (!named && !(list.is_array() && list.size() == kJointCount))
    return fail(ErrorCode::kInput, "{}: expected joints as an object of {} positions by name, or a list of {}",
                path.string(), kJointCount, kJointCount);
  Joints joints;
  for (int j = 0; j < kJointCount; ++j) {
    const std::string name(kJointNames[j]);
    if (named && !list.contains(name)) return fail(ErrorCode::kInput, "{}: no joint {}", path.string(), name);
    const json& position = named ? list[name] : list[j];
    if (!position.is_array() || position.size() != 3 ||
        !std::all_of(position.begin(), position.end(), [](const json& x) { return x.is_number(); }))
      return fail(ErrorCode::kInput, "{}: joint {}: expected [x, y, z] in metres", path.string(), name);
    for (int axis = 0; axis < 3; ++axis) joints(j, axis) = position[axis].get<float>();
    if (!joints.row(j).allFinite()) return fail(ErrorCode::kInput, "{}: joint {} is not finite", path.string(), name);
  }
  if (named)
    for (const auto& [name, position] : list.items())
      if (std::find(kJointNames.begin(), kJointNames.end(), name) == kJointNames.end())
        return fail(ErrorCode::kInput, "{}: there is no joint named {}", path.string(), name);
  return joints;
}

}  // namespace mp4d::human
