#pragma once
#include "app/studio/document.h"
#include <QString>
#include <filesystem>
#include <vector>

namespace mp4d {

/// Options of all stages to begin a document with.
struct ProjectTemplate {
  std::string id;  ///< "standard", "quadruped" ..., or of the user's the file's name without its ending
  QString title, what_for;
  std::filesystem::path file;  ///< of the user's; empty = it comes with the program
};

/// Those that come with the program, then the user's in `folder` by name.
std::vector<ProjectTemplate> project_templates(const std::filesystem::path& folder);

/// `state` with the template's options. Options that it does not name stay. Errors (kInput) name the file and the field.
Result<void> apply_template(const ProjectTemplate& chosen, DocumentState& state);

/// The options of `state` as the user's template `name`, in place of one of that name. Errors: kUsage for a name that is empty,
/// cannot be a file's, or is one of the program's; the file cannot be written.
Result<void> save_template(const std::filesystem::path& folder, const QString& name, const DocumentState& state);

}  // namespace mp4d
