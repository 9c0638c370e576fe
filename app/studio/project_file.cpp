#include "app/studio/project_file.h"
#include "app/cli/files.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/path_below.h"
#include "io/camera_set.h"
#include "io/model_io.h"
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kVersionKey = "magicpose4d_project";
constexpr int kVersion = 1;

fs::path data_folder(const fs::path& project) { return fs::path(project.string() + "-data"); }

std::string stored_path(const fs::path& path, const fs::path& folder) {
  if (path.empty()) return {};
  const fs::path absolute = fs::absolute(path).lexically_normal();
  const fs::path relative = absolute.lexically_relative(fs::absolute(folder).lexically_normal());
  return relative.empty() ? absolute.string() : relative.string();
}

fs::path found_path(const std::string& stored, const fs::path& folder) {
  return stored.empty() ? fs::path() : (folder / stored).lexically_normal();
}

Result<fs::path> write_model(const Character& character, const fs::path& folder, SavedModel* last) {
  std::error_code error;
  if (last && last->character == character && last->file.parent_path() == folder && fs::exists(last->file, error))
    return last->file;
  MP4D_CHECK(make_folder(folder));
  const fs::path written = folder / "model-new.glb";
  MP4D_CHECK(write_glb(written, to_model(character)));
  ContentHash hash;
  MP4D_CHECK(hash.path(written));
  const fs::path named = folder / ("model-" + hash.hex() + ".glb");
  MP4D_CHECK(move_file(written, named));
  if (last) *last = {character, named};
  return named;
}

json film_to_json(const Film& film) {
  const FrameRange& r = film.range;
  return {{"first", film.first},
          {"start", r.start_s}, {"end", r.end_s}, {"step", r.step}, {"fps", r.fps}, {"max_frames", r.max_frames},
          {"cameras", cameras_to_json({film.cameras, 0})}};
}

Result<Film> film_from_json(const json& j, const std::string& where) {
  Film film;
  film.first = j.at("first").get<std::size_t>();
  film.range = {j.at("start").get<double>(), j.at("end").get<double>(), j.at("step").get<int>(), j.at("fps").get<double>(),
                j.at("max_frames").get<int>(), 0};
  MP4D_TRY(set, cameras_from_json(j.at("cameras"), where));
  film.cameras = std::move(set.cameras);
  return film;
}

constexpr double kDegrees = 180 / M_PI;

json limits_to_json(const std::map<std::string, JointLimit>& limits) {
  json j = json::object();
  for (const auto& [name, limit] : limits)
    j[name] = {{"swing", kDegrees * limit.swing_max},
               {"twist", {kDegrees * limit.twist_min, kDegrees * limit.twist_max}},
               {"axis", {limit.axis.x(), limit.axis.y(), limit.axis.z()}}};
  return j;
}

Result<void> limits_from_json(const json& j, std::map<std::string, JointLimit>& limits) {
  for (const auto& [name, values] : j.items()) {
    const auto twist = values.at("twist").get<std::array<double, 2>>();
    const auto axis = values.at("axis").get<std::array<float, 3>>();
    const JointLimit limit{-1, values.at("swing").get<double>() / kDegrees, twist[0] / kDegrees, twist[1] / kDegrees, Vec3(axis[0], axis[1], axis[2])};
    if (!(limit.swing_max >= 0) || !(limit.twist_min <= limit.twist_max))
      return fail(ErrorCode::kInput, "limits: \"{}\": swing must be >= 0 and twist rising; correct them, or leave them out", name);
    limits[name] = limit;
  }
  return {};
}

Result<DocumentState> parse(const json& j, const fs::path& path, JobContext* job) {
  const fs::path folder = path.parent_path();
  DocumentState state;
  state.source = found_path(j.value("source", ""), folder);
  state.masks = found_path(j.value("masks", ""), folder);
  state.motion = found_path(j.value("motion", ""), folder);
  MP4D_CHECK(options_from_json(j.value("options", json::object()), state));
  if (j.contains("model")) {
    MP4D_TRY(file, path_below(folder, j.at("model").get<std::string>(), "model"));
    std::error_code error;
    if (!fs::exists(file, error))
      return fail(ErrorCode::kInput, "model: {} is missing; a project and its -data folder belong together", file.string());
    MP4D_TRY(model, read_model(file, job));
    model.name = j.value("name", model.name);
    state.character = to_character(std::move(model));
  }
  if (j.contains("map")) {
    auto map = map_from_text(j.at("map").dump());
    if (!map) return fail(map.error().code, "map: {}", map.error().message);
    state.map = std::move(*map);
  }
  MP4D_CHECK(limits_from_json(j.value("limits", json::object()), state.limits));
  if (j.contains("film")) {
    MP4D_TRY(film, film_from_json(j.at("film"), "film"));
    state.film = std::make_shared<const Film>(std::move(film));
  }
  return state;
}

/// Models of earlier saves, once the project no longer names them.
void remove_old_models(const fs::path& folder, const fs::path& kept) {
  std::error_code error;
  std::error_code ignored;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with("model-") && name.ends_with(".glb") && it->path() != kept) fs::remove(it->path(), ignored);
  }
}

}  // namespace

json options_to_json(const DocumentState& state) {
  return {{"reconstruct", reconstruct_options().to_json(&state.reconstruct)},
          {"rig", auto_rig_options().to_json(&state.rig)},
          {"transfer", retarget_options().to_json(&state.retarget)},
          {"export", export_options().to_json(&state.format)}};
}

Result<void> options_from_json(const json& options, DocumentState& state) {
  if (!options.is_object()) return fail(ErrorCode::kInput, "options: not an object; leave them out, or save the project or template anew");
  MP4D_CHECK(reconstruct_options().from_json(&state.reconstruct, options.value("reconstruct", json::object())));
  MP4D_CHECK(auto_rig_options().from_json(&state.rig, options.value("rig", json::object())));
  MP4D_CHECK(retarget_options().from_json(&state.retarget, options.value("transfer", json::object())));
  return export_options().from_json(&state.format, options.value("export", json::object()));
}

Result<void> save_project(const fs::path& path, const DocumentState& state, SavedModel* last) {
  const fs::path folder = fs::absolute(path).parent_path();
  std::error_code error;
  if (!fs::is_directory(folder, error))  // of a drive that was taken out: made anew, it would lie hidden under the drive
    return fail(ErrorCode::kInput, "{}: the folder {} does not exist; make it first or choose another", path.string(), folder.string());
  json j{{kVersionKey, kVersion},
         {"source", stored_path(state.source, folder)},
         {"masks", stored_path(state.masks, folder)},
         {"motion", stored_path(state.motion, folder)},
         {"options", options_to_json(state)}};
  fs::path model;
  if (state.character) {
    MP4D_TRY(file, write_model(state.character, data_folder(fs::absolute(path)), last));
    model = file;
    j["model"] = stored_path(model, folder);
    j["name"] = state.character.name;
  }
  if (!state.map.target.empty()) j["map"] = json::parse(map_to_text(state.map));
  if (!state.limits.empty()) j["limits"] = limits_to_json(state.limits);
  if (state.film) j["film"] = film_to_json(*state.film);
  MP4D_CHECK(write_json(path, j));
  if (!model.empty()) remove_old_models(model.parent_path(), model);
  return {};
}

Result<DocumentState> load_project(const fs::path& path, JobContext* job) {
  begin_phase(job, "read");
  MP4D_TRY(text, read_regular_file(path));
  MP4D_TRY(j, parse_json(text, path.string()));
  const auto version = j.is_object() ? j.find(kVersionKey) : j.end();
  if (!j.is_object() || version == j.end() || !version->is_number_integer())
    return fail(ErrorCode::kInput, "{}: not a project of this program (no \"{}\")", path.string(), kVersionKey);
  if (version->get<int>() > kVersion)
    return fail(ErrorCode::kInput, "{}: written by a newer version of this program (project version {}, this one knows {}); update it",
                path.string(), version->get<int>(), kVersion);
  try {
    auto state = parse(j, fs::absolute(path), job);
    if (!state) return fail(state.error().code, "{}: {}", path.string(), state.error().message);
    return state;
  } catch (const json::exception& error) {
    return fail(ErrorCode::kInput, "{}: a field is missing or of the wrong type: {}", path.string(), error.what());
  }
}

}  // namespace mp4d
