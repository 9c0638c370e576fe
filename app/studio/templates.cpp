#include "app/studio/templates.h"
#include "app/studio/project_file.h"
#include "app/studio/workspace.h"
#include "core/files.h"
#include "core/json_file.h"
#include <QCoreApplication>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kVersionKey = "magicpose4d_template";
constexpr int kVersion = 1;
constexpr const char* kEnding = ".json";

struct Shipped {
  const char *id, *title, *what_for;
  json options;
};

const std::vector<Shipped>& shipped() {
  static const auto animal = [](const char* plan) { return json{{"reconstruct", {{"category", plan}}}, {"rig", {{"template", plan}}}}; };
  static const std::vector<Shipped> kAll{
      {"standard", QT_TRANSLATE_NOOP("Templates", "Standard"), QT_TRANSLATE_NOOP("Templates", "Everything is found out from the clip"), json::object()},
      {"quadruped", QT_TRANSLATE_NOOP("Templates", "Animal on four legs"), QT_TRANSLATE_NOOP("Templates", "Spares the search for the body plan"), animal("quadruped")},
      {"human", QT_TRANSLATE_NOOP("Templates", "Person"), QT_TRANSLATE_NOOP("Templates", "Spares the search for the body plan"), animal("human")},
      {"bird", QT_TRANSLATE_NOOP("Templates", "Bird"), QT_TRANSLATE_NOOP("Templates", "Spares the search for the body plan"), animal("bird")},
      {"quick", QT_TRANSLATE_NOOP("Templates", "Quick look"), QT_TRANSLATE_NOOP("Templates", "A third of the effort and no texture, to see whether a clip will do"),
       {{"reconstruct", {{"effort", 0.3}, {"texture", 0}}}}},
      {"best", QT_TRANSLATE_NOOP("Templates", "Best quality"), QT_TRANSLATE_NOOP("Templates", "Twice the effort and the time"),
       {{"reconstruct", {{"effort", 2.0}, {"texture", 2048}}}}},
      {"unity", QT_TRANSLATE_NOOP("Templates", "For Unity"), QT_TRANSLATE_NOOP("Templates", "Exports as Unity takes it"), {{"export", {{"for", "unity"}}}}},
      {"unreal", QT_TRANSLATE_NOOP("Templates", "For Unreal"), QT_TRANSLATE_NOOP("Templates", "Exports as Unreal takes it"), {{"export", {{"for", "unreal"}}}}}};
  return kAll;
}

QString said(const char* text) { return QCoreApplication::translate("Templates", text); }

Result<json> template_options(const ProjectTemplate& chosen) {
  if (chosen.file.empty()) {
    const auto found = std::find_if(shipped().begin(), shipped().end(), [&](const Shipped& s) { return s.id == chosen.id; });
    return found->options;
  }
  MP4D_TRY(j, read_json(chosen.file));
  if (!j.is_object() || !j.contains(kVersionKey) || j[kVersionKey] != kVersion)
    return fail(ErrorCode::kInput, "{}: not a template of this version of the program (no \"{}\": {}); keep it anew, or remove it", chosen.file.string(), kVersionKey, kVersion);
  return j.value("options", json::object());
}

}  // namespace

std::vector<ProjectTemplate> project_templates(const fs::path& folder) {
  std::vector<ProjectTemplate> all;
  for (const Shipped& one : shipped()) all.push_back({one.id, said(one.title), said(one.what_for), {}});
  const auto own = static_cast<std::ptrdiff_t>(all.size());
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (const fs::path& file = it->path(); file.extension() == kEnding)
      all.push_back({file.stem().string(), to_qstring(file.stem()), to_qstring(file), file});
  std::sort(all.begin() + own, all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

Result<void> apply_template(const ProjectTemplate& chosen, DocumentState& state) {
  MP4D_TRY(options, template_options(chosen));
  DocumentState tried = state;
  if (const auto read = options_from_json(options, tried); !read)
    return fail(read.error().code, "{}: {}", chosen.file.empty() ? chosen.id : chosen.file.string(), read.error().message);
  state = std::move(tried);
  return {};
}

Result<void> save_template(const fs::path& folder, const QString& name, const DocumentState& state) {
  const std::string id = name.trimmed().toStdString();
  if (id.empty() || id.front() == '.' || id.find('/') != std::string::npos)
    return fail(ErrorCode::kUsage, "a template cannot be named \"{}\"; give a name without \"/\" that does not begin with a dot", id);
  if (std::any_of(shipped().begin(), shipped().end(), [&](const Shipped& s) { return s.id == id || said(s.title) == name.trimmed(); }))
    return fail(ErrorCode::kUsage, "\"{}\" is a template of the program; give another name", id);
  MP4D_CHECK(make_folder(folder));
  return write_json(folder / (id + kEnding), {{kVersionKey, kVersion}, {"options", options_to_json(state)}});
}

}  // namespace mp4d
