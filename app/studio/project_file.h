#pragma once
#include "app/studio/document.h"
#include <nlohmann/json_fwd.hpp>

namespace mp4d {

/// Ending of project files, with the dot.
inline constexpr const char* kProjectEnding = ".mp4d";

/// The model file that a character was written to, so that saving again need not write what did not change.
struct SavedModel {
  Character character;
  std::filesystem::path file;
};

/// Writes the project: JSON, version 1, and beside it "<name>.mp4d-data/model-<hash>.glb". Paths in it are relative to the
/// project's folder where they are below it or its parents, so that a folder can be moved as a whole. `last` is
/// asked and updated. Replaced as a whole or not at all. Thread-safe if `last` is used by one thread.
Result<void> save_project(const std::filesystem::path& path, const DocumentState& state, SavedModel* last);

/// Options of all stages, as a project has them. What the JSON does not name stays; errors (kInput) name the field.
nlohmann::json options_to_json(const DocumentState& state);
Result<void> options_from_json(const nlohmann::json& json, DocumentState& state);

/// Errors name the file and the field: no JSON, not a project, a newer version, a wrong type, a missing model.
Result<DocumentState> load_project(const std::filesystem::path& path, JobContext* job = nullptr);

}  // namespace mp4d
