#include "app/cli/batch_list.h"
#include "app/cli/reconstruct_job.h"
#include "app/cli/session.h"
#include "core/json_file.h"
#include "core/options.h"
#include "core/text.h"
#include "io/input_kind.h"
#include "io/listing.h"
#include "io/mesh_folder.h"
#include <algorithm>
#include <glob.h>
#include <set>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// What a batch must know of a command beyond its flags.
struct BatchCommand {
  std::vector<std::string> inputs;   ///< keys that name a job, and that the entries of a folder are put into
  std::vector<std::string> outputs;  ///< keys whose values lie in the batch's folder
  std::string default_out;           ///< of "out"; empty = the job must say it
  bool trains = false;               ///< "out" is a folder that it goes on with
};

const std::map<std::string, BatchCommand>& batch_commands() {
  static const std::map<std::string, BatchCommand> commands{
      {"reconstruct", {{"clip"}, {"out", "preview", "turntable"}, "{name}.glb"}},
      {"rig", {{"input"}, {"out", "picture"}, "{name}.glb"}},
      {"transfer", {{"motion", "target"}, {"out", "save-map", "show-rest"}, "{name}.glb"}},
      {"edit", {{"model"}, {"out"}, "{name}.glb"}},
      {"render", {{"model"}, {"out", "dataset"}, ""}},
      {"human generate", {{"pose"}, {"out", "picture"}, "{name}.glb"}},
      {"human dataset", {{"scans"}, {"out"}, "{name}"}},
      {"human train", {{}, {"out"}, "{name}", true}},
      {"field train", {{"scene"}, {"out", "video", "mesh"}, "{name}", true}},
      {"field render", {{"run"}, {"out"}, "{name}.mp4"}},
      {"field mesh", {{"run"}, {"out"}, "{name}.glb"}},
  };
  return commands;
}

/// Flags that the batch itself decides, or that would make a job something else.
const std::set<std::string> kNotInJobs{"help", "progress", "memory", "config", "print-config", "work"};

std::vector<std::string> words(const std::string& command) {
  const std::size_t space = command.find(' ');
  if (space == std::string::npos) return {command};
  return {command.substr(0, space), command.substr(space + 1)};
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& names) {
  const std::string nearest = closest_name(name, names);
  return nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
}

/// The flags of one command, as CLI11 has them.
class Flags {
 public:
  explicit Flags(const std::string& command) {
    add_commands(app_, session_);
    const CLI::App* sub = &app_;
    for (const std::string& word : words(command)) sub = sub->get_subcommand(word);
    for (const CLI::Option* option : sub->get_options()) {
      for (const std::string& name : option->get_lnames())
        if (!kNotInJobs.count(name)) flags_[name] = option;
      if (option->get_lnames().empty() && option->get_positional()) positional_[lower(option->get_name(true))] = option;
    }
  }

  bool is_flag(const std::string& key) const { return flags_.count(key) > 0; }
  bool is_positional(const std::string& key) const { return positional_.count(key) > 0; }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [name, option] : flags_) all.push_back(name);
    for (const auto& [name, option] : positional_) all.push_back(name);
    return all;
  }
  /// Error (kUsage) in CLI11's words if the program would refuse the arguments.
  Result<void> parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
      app_.parse(arguments);
    } catch (const CLI::ParseError& error) {
      return fail(ErrorCode::kUsage, "{}", error.what());
    }
    return {};
  }

 private:
  Session session_;
  CLI::App app_{"", "magicpose4d"};
  std::map<std::string, const CLI::Option*> flags_, positional_;
};

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// Every text in `value` with the job's name for "{name}".
void put_name(json& value, const std::string& name) {
  if (value.is_array())
    for (json& element : value) put_name(element, name);
  if (!value.is_string()) return;
  std::string text = value.get<std::string>();
  constexpr std::string_view kName = "{name}";
  for (std::size_t at = 0; (at = text.find(kName, at)) != std::string::npos; at += name.size())
    text.replace(at, kName.size(), name);
  value = text;
}

/// Puts `key` on the command line; a positional one goes to `last`.
Result<void> add_argument(const Flags& flags, const std::string& key, const json& value,
                          std::vector<std::string>& arguments, std::vector<std::string>& last) {
  const json list = value.is_array() ? value : json::array({value});
  for (const json& one : list) {
    if (one.is_object() || one.is_array() || one.is_null())
      return fail(ErrorCode::kUsage, "'{}': {} is neither a text, a number, true, false, nor a list of such", key, one.dump());
    if (flags.is_positional(key)) {
      last.push_back(text_of(one));
    } else if (!one.is_boolean()) {
      arguments.push_back(fmt::format("--{}={}", key, text_of(one)));
    } else if (one.get<bool>()) {
      arguments.push_back("--" + key);
    } else if (flags.is_flag("no-" + key)) {
      arguments.push_back("--no-" + key);
    }
  }
  return {};
}

Result<void> check_keys(const Flags& flags, const std::string& command, const json& keys) {
  for (const auto& [key, value] : keys.items()) {
    if (flags.is_flag(key) || flags.is_positional(key)) continue;
    if (kNotInJobs.count(key))
      return fail(ErrorCode::kUsage, "'{}' is not for jobs of a batch; leave it out (the batch decides it)", key);
    return fail(ErrorCode::kUsage, "'{}' is unknown to {}{}", key, command, did_you_mean(key, flags.names()));
  }
  return {};
}

/// A path below the batch's folder.
Result<fs::path> output_path(const std::string& key, const std::string& text) {
  const fs::path path = fs::path(text).lexically_normal();
  if (path.empty() || path.is_absolute() || *path.begin() == "..")
    return fail(ErrorCode::kUsage, "'{}': '{}' must be a name below the batch's folder", key, text);
  if (*path.begin() == "jobs" || path.stem() == "results" || path.stem() == "jobs")
    return fail(ErrorCode::kUsage, "'{}': '{}' is the batch's own name; choose another", key, text);
  return path;
}

/// A job's keys, "command" and "name" taken out, that still lacks its name.
struct Draft {
  std::string command, name;
  bool named = false;  ///< by the user
  json keys;
};

Result<Draft> draft_of(const json& object, const json& defaults) {
  if (!object.is_object())
    return fail(ErrorCode::kUsage, "must be an object such as {{\"clip\": \"walk.mp4\"}}, not {}", object.dump());
  Draft draft;
  draft.keys = object;
  for (const auto& [field, target] : {std::pair{"command", &draft.command}, std::pair{"name", &draft.name}}) {
    if (!draft.keys.contains(field)) continue;
    if (!draft.keys[field].is_string()) return fail(ErrorCode::kUsage, "'{}': {} is not a text", field, draft.keys[field].dump());
    *target = draft.keys[field];
    draft.keys.erase(field);
  }
  const std::string usual = defaults.value("command", "reconstruct");
  if (draft.command.empty()) draft.command = usual;
  if (!batch_commands().count(draft.command)) {
    std::vector<std::string> names;
    for (const auto& [name, command] : batch_commands()) names.push_back(name);
    return fail(ErrorCode::kUsage, "'command': '{}' is none of: {}{}", draft.command, fmt::join(names, ", "),
                did_you_mean(draft.command, names));
  }
  if (draft.command == usual)
    for (const auto& [key, value] : defaults.items())
      if (key != "command" && !draft.keys.contains(key)) draft.keys[key] = value;
  draft.named = !draft.name.empty();
  if (draft.name.starts_with('.') || draft.name.find('/') != std::string::npos)
    return fail(ErrorCode::kUsage, "'name': '{}' is not a file name; leave out '/' and the dot before it", draft.name);
  return draft;
}

/// From the job's first input, else from its command and place.
std::string derived_name(const Draft& draft, int index) {
  for (const std::string& key : batch_commands().at(draft.command).inputs) {
    if (!draft.keys.contains(key) || !draft.keys[key].is_string()) continue;
    fs::path path = draft.keys[key].get<std::string>();
    if (!path.has_filename()) path = path.parent_path();
    std::string stem = path.stem().string();
    if (!stem.empty() && !stem.starts_with('.') && stem != "jobs" && stem != "results") return stem;
  }
  std::string name = fmt::format("{}-{}", draft.command, index);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

Result<void> choose_names(std::vector<Draft>& drafts) {
  std::set<std::string> taken;
  for (const Draft& draft : drafts)
    if (draft.named && !taken.insert(draft.name).second)
      return fail(ErrorCode::kUsage, "two jobs are called '{}'; give each its own 'name'", draft.name);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    if (drafts[i].named) continue;
    const std::string base = derived_name(drafts[i], static_cast<int>(i));
    drafts[i].name = base;
    for (int n = 2; !taken.insert(drafts[i].name).second; ++n) drafts[i].name = fmt::format("{}-{}", base, n);
  }
  return {};
}

/// A reconstruction of pictures; one of meshes takes none.
bool has_checkpoints(const json& keys) {
  const auto kind = input_kind(keys.value("clip", ""));
  return !kind || *kind == InputKind::kClip;
}

Result<BatchJob> job_of(Draft draft, int index, const fs::path& folder) {
  BatchJob job;
  job.index = index;
  job.name = draft.name;
  job.command = draft.command;
  const BatchCommand& command = batch_commands().at(draft.command);
  const bool writes = std::any_of(command.outputs.begin(), command.outputs.end(),
                                  [&](const std::string& key) { return draft.keys.contains(key); });
  if (!draft.keys.contains("out") && !command.default_out.empty()) draft.keys["out"] = command.default_out;
  else if (!writes) return fail(ErrorCode::kUsage, "gives none of {}; say what is to be written, e.g. \"out\": \"{{name}}.png\"",
                                fmt::join(command.outputs, ", "));
  for (auto& [key, value] : draft.keys.items()) put_name(value, job.name);

  Flags flags(draft.command);
  MP4D_CHECK(check_keys(flags, draft.command, draft.keys));
  ReconstructJob scratch;  // its tables tell wrong values now, and not from every clip
  if (draft.command == "reconstruct") MP4D_CHECK(job_from_json(draft.keys, scratch));
  job.recipe = json_text({{"command", draft.command}, {"keys", draft.keys}});

  std::vector<std::string> last;
  job.arguments = words(draft.command);
  for (const auto& [key, value] : draft.keys.items()) {
    if (contains(command.outputs, key)) {
      MP4D_TRY(path, output_path(key, text_of(value)));
      job.outputs.push_back(path);
      if (command.trains && key == "out") job.run = path;
      MP4D_CHECK(add_argument(flags, key, (folder / path).string(), job.arguments, last));
      continue;
    }
    MP4D_CHECK(add_argument(flags, key, value, job.arguments, last));
    std::error_code error;
    for (const json& one : value.is_array() ? value : json::array({value}))
      if (one.is_string() && fs::exists(one.get<std::string>(), error)) job.inputs.emplace_back(one.get<std::string>());
  }
  if (draft.command == "reconstruct") {
    MP4D_TRY(report, output_path("out", report_path(text_of(draft.keys["out"])).string()));
    job.outputs.push_back(report);
  }
  if (draft.command == "reconstruct" && has_checkpoints(draft.keys)) job.arguments.push_back("--work=" + (folder / job_folder(job) / "work").string());
  if (!last.empty()) {
    job.arguments.push_back("--");
    job.arguments.insert(job.arguments.end(), last.begin(), last.end());
  }
  for (const std::string& name : flags.names())
    if (!draft.keys.contains(name)) job.optional_flags.push_back(name);
  MP4D_CHECK(flags.parse(job.arguments));
  return job;
}

Result<std::vector<std::string>> matches(const std::string& pattern) {
  glob_t found{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + (status == 0 ? found.gl_pathc : 0));
  ::globfree(&found);
  std::sort(paths.begin(), paths.end(), natural_less);
  if (paths.empty()) return fail(ErrorCode::kInput, "{}: no such file or folder, and nothing matches it as a pattern", pattern);
  return paths;
}

Result<std::vector<std::string>> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (!it->path().filename().string().starts_with('.')) paths.push_back(it->path().string());
  if (error) return fail(ErrorCode::kInput, "{}: cannot read the folder: {}", folder.string(), error.message());
  if (paths.empty()) return fail(ErrorCode::kInput, "{}: the folder is empty", folder.string());
  std::sort(paths.begin(), paths.end(), natural_less);
  return paths;
}

/// One job a path.
Result<json> jobs_of_paths(const std::vector<std::string>& paths, const json& defaults) {
  const std::string command = defaults.value("command", "reconstruct");
  const auto known = batch_commands().find(command);
  if (known == batch_commands().end()) return json::array({json::object()});  // draft_of() says what is wrong
  const auto key = std::find_if(known->second.inputs.begin(), known->second.inputs.end(),
                                [&](const std::string& name) { return !defaults.contains(name); });
  if (key == known->second.inputs.end())
    return fail(ErrorCode::kUsage, "the preset of {} leaves nothing for the files of a folder to be; leave one of its inputs out ({})",
                command, fmt::join(known->second.inputs, ", "));
  json jobs = json::array();
  for (const std::string& path : paths) jobs.push_back({{*key, path}});
  return jobs;
}

/// "jobs" of the list that was read from `path`; its "defaults" are laid over `defaults`.
Result<json> jobs_of_list(const std::string& path, const json& list, json& defaults) {
  if (list.is_array()) return list;
  if (!list.is_object() || !list.contains("jobs") || !list["jobs"].is_array())
    return fail(ErrorCode::kUsage, "{}: must hold an array of jobs, or an object with an array \"jobs\"", path);
  for (const auto& [key, value] : list.items())
    if (key != "jobs" && key != "defaults") return fail(ErrorCode::kUsage, "{}: unknown key '{}'; known are: defaults, jobs", path, key);
  const json own = list.value("defaults", json::object());
  if (!own.is_object() || (own.contains("command") && !own["command"].is_string()))
    return fail(ErrorCode::kUsage, "{}: \"defaults\" must be an object whose \"command\" is a text", path);
  defaults.update(own);
  return list["jobs"];
}

/// The jobs of `objects`; errors name `list`.
Result<std::vector<BatchJob>> make_jobs(const std::string& list, const json& objects, const json& defaults, const fs::path& folder) {
  const auto about_job = [&](std::size_t index, const Error& error) {
    return fail(error.code, "{}: job {}: {}", list, index, error.message);
  };
  std::vector<Draft> drafts;
  for (const json& object : objects) {
    auto draft = draft_of(object, defaults);
    if (!draft) return about_job(drafts.size(), draft.error());
    drafts.push_back(std::move(*draft));
  }
  if (drafts.empty()) return fail(ErrorCode::kInput, "{}: holds no jobs", list);
  if (auto named = choose_names(drafts); !named) return fail(named.error().code, "{}: {}", list, named.error().message);

  std::vector<BatchJob> jobs;
  std::map<fs::path, std::string> writers;
  // Names of one folder of meshes may differ in the digits alone.
  const auto written = [](const fs::path& path) { return is_mesh_folder(path) ? path.parent_path() / ("%d" + path.extension().string()) : path; };
  for (Draft& draft : drafts) {
    auto job = job_of(std::move(draft), static_cast<int>(jobs.size()), folder);
    if (!job) return about_job(jobs.size(), job.error());
    for (const fs::path& path : job->outputs)
      if (const auto [other, is_new] = writers.emplace(written(path), job->name); !is_new)
        return fail(ErrorCode::kUsage, "{}: jobs '{}' and '{}' would both write {}; put {{name}} into it", list, other->second,
                    job->name, path.string());
    jobs.push_back(std::move(*job));
  }
  return jobs;
}

}  // namespace

fs::path job_folder(const BatchJob& job) { return fs::path("jobs") / job.name; }

Result<json> batch_of_files(const std::vector<std::string>& paths, const json& preset) {
  MP4D_TRY(jobs, jobs_of_paths(paths, preset));
  return json{{"defaults", preset}, {"jobs", jobs}};
}

Result<std::vector<BatchJob>> batch_jobs(const std::string& list, const json& content, const fs::path& folder) {
  json defaults = json::object();
  MP4D_TRY(objects, jobs_of_list(list, content, defaults));
  return make_jobs(list, objects, defaults, folder);
}

Result<json> read_preset(const std::string& path) {
  MP4D_TRY(object, read_json(path));
  if (!object.is_object()) return fail(ErrorCode::kUsage, "{}: must hold a JSON object, not {}", path, object.type_name());
  if (object.contains("command") && !object["command"].is_string())
    return fail(ErrorCode::kUsage, "{}: 'command': {} is not a text", path, object["command"].dump());
  return std::move(object);
}

Result<std::vector<BatchJob>> read_batch(const std::string& list, const std::string& preset, const fs::path& folder) {
  json defaults = json::object();
  if (!preset.empty()) {
    MP4D_TRY(object, read_preset(preset));
    defaults = std::move(object);
  }
  json objects;
  std::error_code error;
  if (fs::is_directory(list, error)) {
    MP4D_TRY(paths, entries(list));
    MP4D_TRY(jobs, jobs_of_paths(paths, defaults));
    objects = std::move(jobs);
  } else if (fs::exists(list, error)) {
    MP4D_TRY(content, read_json(list));
    MP4D_TRY(jobs, jobs_of_list(list, content, defaults));
    objects = std::move(jobs);
  } else {
    MP4D_TRY(paths, matches(list));
    MP4D_TRY(jobs, jobs_of_paths(paths, defaults));
    objects = std::move(jobs);
  }
  return make_jobs(list, objects, defaults, folder);
}

}  // namespace mp4d
