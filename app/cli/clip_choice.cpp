#include "app/cli/clip_choice.h"
#include "core/options.h"
#include "core/text.h"

namespace mp4d {

std::string clip_list(const RiggedModel& model) {
  std::string names;
  for (const Clip& clip : model.clips) names += (names.empty() ? "" : ", ") + clip.name;
  return names.empty() ? "none" : names;
}

Result<int> find_clip(const RiggedModel& model, const std::string& flag, const std::string& name) {
  if (name.empty() && !model.clips.empty()) return 0;
  int found = -1;
  std::vector<std::string> names;
  for (int i = 0; i < static_cast<int>(model.clips.size()); ++i) {
    names.push_back(model.clips[i].name);
    if (names.back() == name) return i;
    const bool contains = lower(names.back()).find(lower(name)) != std::string::npos;
    if (contains && (found < 0 || names.back().size() < names[found].size())) found = i;
  }
  if (found >= 0) return found;
  const std::string nearest = closest_name(name, names);
  return fail(ErrorCode::kUsage, "{} '{}': {} has no such clip{}; it has: {}", flag, name, model.name,
              nearest.empty() ? "" : fmt::format(", but '{}'", nearest), clip_list(model));
}

}  // namespace mp4d
