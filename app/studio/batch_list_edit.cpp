#include "app/studio/batch_list_edit.h"
#include "core/json_file.h"
#include "io/frames.h"
#include "io/listing.h"
#include <algorithm>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void add_changed(json& keys, const OptionTableBase& table, const void* options) {
  const json all = table.to_json(options);
  for (const OptionSpec& spec : table.specs())
    if (spec.get(options) != spec.default_text) keys[spec.name] = all[spec.name];
}

void resolve(json& value, const fs::path& folder) {
  if (value.is_structured()) {
    for (json& element : value) resolve(element, folder);
    return;
  }
  std::error_code error;
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) return;
  const fs::path path = value.get<std::string>();
  if (path.is_relative() && !fs::exists(path, error) && fs::exists(folder / path, error))
    value = (folder / path).lexically_normal().string();
}

}  // namespace

json batch_preset(const std::string& command, const DocumentState& state) {
  json keys = json::object();
  if (command == "reconstruct") add_changed(keys, reconstruct_options(), &state.reconstruct);
  if (command == "rig") add_changed(keys, auto_rig_options(), &state.rig);
  if (command == "transfer") {
    add_changed(keys, retarget_options(), &state.retarget);
    keys["motion"] = state.motion.string();
  }
  add_changed(keys, export_options(), &state.format);
  return keys;
}

std::vector<std::string> batch_entries(const fs::path& folder) {
  if (const auto info = read_clip_info(folder); info && info->pictures) return {folder.string()};
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (!it->path().filename().string().starts_with('.')) paths.push_back(it->path().string());
  std::sort(paths.begin(), paths.end(), natural_less);
  return paths;
}

Result<json> open_batch_list(const fs::path& path) {
  MP4D_TRY(list, read_json(path));
  if (list.is_array()) list = json{{"defaults", json::object()}, {"jobs", std::move(list)}};
  resolve(list, fs::absolute(path).parent_path());
  return std::move(list);
}

}  // namespace mp4d
