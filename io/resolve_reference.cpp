#include "io/internal/imported_scene.h"

namespace mp4d {

namespace fs = std::filesystem;

Result<fs::path> resolve_reference(const fs::path& model, const std::string& reference) {
  std::string text = reference;
  for (char& c : text) {
    if (c == '\\') c = '/';
  }
  const fs::path relative(text);
  const bool absolute = relative.is_absolute() || (text.size() > 1 && text[1] == ':');
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(fs::absolute(model).parent_path(), error);
  // Absolute paths are leftovers of the machine that wrote the file: only their last part is of use.
  const fs::path file = fs::weakly_canonical(folder / (absolute ? relative.filename() : relative), error);
  const fs::path inside = file.lexically_relative(folder);
  if (error || inside.empty() || *inside.begin() == "..") {
    return fail(ErrorCode::kInput, "{}: refers to '{}' outside its own folder; copy that file beside the model",
                model.string(), reference);
  }
  return file;
}

}  // namespace mp4d
