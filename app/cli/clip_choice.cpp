#include "app/cli/clip_choice.h"
#include "core/options.h"
#include "core/text.h"
#include <algorithm>
#include <numeric>

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

Result<std::vector<int>> find_clips(const RiggedModel& model, const std::string& flag, const std::string& names) {
  std::vector<int> chosen;
  if (names == "all") {
    chosen.resize(model.clips.size());
    std::iota(chosen.begin(), chosen.end(), 0);
    return chosen;
  }
  for (std::size_t from = 0; from <= names.size();) {
    const std::size_t comma = std::min(names.find(',', from), names.size());
    MP4D_TRY(clip, find_clip(model, flag, names.substr(from, comma - from)));
    if (std::find(chosen.begin(), chosen.end(), clip) == chosen.end()) chosen.push_back(clip);
    from = comma + 1;
  }
  return chosen;
}

}  // namespace mp4d
