#include "io/export.h"
#include "core/file_checks.h"
#include "core/files.h"
#include "core/staging_folder.h"
#include "core/text.h"
#include "io/internal/export_write.h"
#include "io/internal/imported_scene.h"
#include "io/internal/part_name.h"
#include "io/listing.h"
#include "io/model_io.h"
#include "motion/check_model.h"
#include <algorithm>
#include <fmt/ranges.h>
#include <unistd.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

/// A BVH file does not say its unit, but the writer knows it.
Result<RiggedModel> read_again(const fs::path& path, const ExportSettings& settings) {
  if (lower_extension(path) != ".bvh") return read_model(path);
  MP4D_TRY(scene, import_bvh(path, nullptr, settings.unit_m));
  return assemble_model(path, std::move(scene), nullptr);
}

/// Reads what was written at `path` as `shown` and compares.
Result<void> check_back(const fs::path& path, const fs::path& shown, const RiggedModel& expected,
                        const ExportSettings& settings, ExportReport& report) {
  auto got = read_again(path, settings);
  if (!got)
    return fail(ErrorCode::kFailed, "{}: not written: it could not be read again: {}", shown.string(),
                got.error().message);
  if (const auto same = compare_models(expected, *got, report); !same)
    return fail(same.error().code, "{}: not written: {}", shown.string(), same.error().message);
  return judge_export(shown, report);
}

/// The names in `folder` that are parts of the file `path`, in order.
Result<std::vector<std::string>> parts_in(const fs::path& folder, const fs::path& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (const std::string name = it->path().filename().string(); is_part_name(name, path)) names.push_back(name);
  if (error) return fail(ErrorCode::kInput, "{}: cannot read the folder: {}", folder.string(), error.message());
  std::sort(names.begin(), names.end());
  return names;
}

/// What the file that was replaced had beside it: nothing names these any more.
void remove_old_parts(const std::vector<fs::path>& files) {
  const fs::path& path = files.front();
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const auto parts = parts_in(folder, path);
  if (!parts) return;
  std::error_code ignored;
  for (const std::string& part : *parts)
    if (std::find(files.begin() + 1, files.end(), path.parent_path() / part) == files.end()) fs::remove(folder / part, ignored);
}

/// Written in a folder of its own, so that files which refer to each other have their names from the start.
Result<void> write_checked(const fs::path& path, const RiggedModel& model, const ExportSettings& settings,
                           const ExportFormat& format, ExportReport& report) {
  MP4D_TRY(staging, StagingFolder::beside(path));
  const fs::path staged = staging.path() / path.filename();
  MP4D_CHECK(shown_as(path.has_parent_path() ? path.parent_path() : ".", staging.path(), format.write(staged, model, settings)));
  MP4D_CHECK(check_back(staged, path, model, settings, report));
  report.files = {path};
  MP4D_TRY(parts, parts_in(staging.path(), path));
  for (const std::string& part : parts) report.files.push_back(path.parent_path() / part);
  for (std::size_t i = 1; i < report.files.size(); ++i)
    MP4D_CHECK(move_file(staging.path() / report.files[i].filename(), report.files[i]));
  sync_folder(path.parent_path());
  MP4D_CHECK(move_file(staged, path));
  sync_folder(path.parent_path());
  remove_old_parts(report.files);
  return {};
}

std::vector<std::string> endings_of(bool (*wanted)(const ExportFormat&)) {
  std::vector<std::string> list;
  for (const ExportFormat& format : export_formats())
    if (wanted(format)) list.push_back(format.ending);
  return list;
}

std::string clip_names(const RiggedModel& model) {
  std::vector<std::string> names;
  for (const Clip& clip : model.clips) names.push_back(clip.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Result<void> check_writable(const std::string& file, const RiggedModel& model) {
  const auto sound = check_model(model);
  return sound ? sound : fail(ErrorCode::kFailed, "{}: not written: {}", file, sound.error().message);
}

const std::vector<std::string>& export_endings() {
  static const std::vector<std::string> endings = endings_of([](const ExportFormat&) { return true; });
  return endings;
}

const std::vector<std::string>& skin_endings() {
  static const std::vector<std::string> endings = endings_of([](const ExportFormat& format) { return format.skin; });
  return endings;
}

Result<void> check_holds_skin(const std::string& flag, const fs::path& path) {
  const ExportFormat* format = find_export_format(path);
  if (!format || format->skin) return {};
  return fail(ErrorCode::kUsage, "{} {}: {} files hold no skin, so the rig would be lost; give {}", flag, path.string(),
              format->ending, fmt::join(skin_endings(), " or "));
}

std::string export_formats_text() {
  return fmt::format("{}, or DIR/%04d.obj for a mesh a frame", fmt::join(export_endings(), ", "));
}

std::vector<std::string> describe(const ExportReport& report) {
  if (report.files.empty()) return {};
  const char* what = report.joints_only ? "joint" : "vertex";
  std::vector<std::string> lines{
      fmt::format("{} read again: {}, {}, largest {} error {:.2g} mm ({:.2g} % of the size)",
                  report.files.front().string(), counted(report.clips, "clip"), counted(report.frames, "frame"), what,
                  1e3 * report.error_m, 100 * report.error_share)};
  if (report.files.size() > 1)
    lines.push_back(fmt::format("with {}{}", report.files[1].string(),
                                report.files.size() > 2 ? fmt::format(" and {} more", report.files.size() - 2) : ""));
  return lines;
}

Result<void> check_export(const std::string& flag, const fs::path& path, const ExportOptions& options) {
  const ExportFormat* format = find_export_format(path);
  if (!format || !path.has_filename())
    return fail(ErrorCode::kUsage, "{} '{}': the name must end in {}", flag, path.string(),
                fmt::join(export_endings(), " or "));
  for (const OptionSpec& row : export_options().specs()) {
    const auto& used = format->options;
    if (row.name == "for" || std::find(used.begin(), used.end(), row.name) != used.end()) continue;
    MP4D_CHECK(export_options().refuse_changed(
        &options, {row.name}, fmt::format("says nothing about {} files; leave it out", format->ending)));
  }
  const bool mesh = lower_extension(path) == ".obj" || lower_extension(path) == ".ply";
  fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  if (mesh && is_name_pattern(path)) {
    MP4D_CHECK(numbered_name(path.filename().string(), 0));
    if (!path.has_parent_path())
      return fail(ErrorCode::kUsage, "{} '{}': name a folder for the meshes, such as walk/{}", flag, path.string(),
                  path.string());
    if (!fs::exists(folder, error)) folder = folder.has_parent_path() ? folder.parent_path() : ".";
  }
  if (!fs::is_directory(folder, error))
    return fail(ErrorCode::kInput, "{} {}: the folder {} does not exist; make it first or choose another", flag,
                path.string(), folder.string());
  if (access(folder.c_str(), W_OK) != 0)
    return fail(ErrorCode::kInput, "{} {}: the folder {} is not writable; choose another", flag, path.string(),
                folder.string());
  if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    return fail(ErrorCode::kInput, "{} {}: is there already and is not a regular file; choose another name", flag,
                path.string());
  return {};
}

Result<ExportReport> export_model(const fs::path& path, const RiggedModel& model, const ExportOptions& options,
                                  JobContext* job) {
  MP4D_CHECK(check_export("output", path, options));
  MP4D_CHECK(check_writable(path.string(), model));
  const ExportFormat& format = *find_export_format(path);
  if (format.surface_needed && model.mesh.faces.rows() == 0)
    return fail(ErrorCode::kFailed, "{}: not written: {} holds surfaces, and the model is a motion without one",
                path.string(), format.ending);
  if (!format.several_clips && model.clips.size() > 1)
    return fail(ErrorCode::kUsage,
                "{}: {} holds one clip, and there are {} ({}); choose one with --clip NAME (of edit or transfer)",
                path.string(), format.ending, model.clips.size(), clip_names(model));
  ExportSettings settings = resolve_settings(options, format.ending);
  settings.frame_rate = settings.key_fps > 0 ? settings.key_fps : frame_rate_of(model.clips);
  RiggedModel prepared = prepare_export(model, settings, format.names, job);
  if (format.write == write_bvh) {
    auto bvh = prepare_bvh(std::move(prepared), settings);
    if (!bvh) return fail(bvh.error().code, "{}: {}", path.string(), bvh.error().message);
    prepared = std::move(*bvh);
  }

  ExportReport report;
  report.clips = static_cast<int>(prepared.clips.size());
  if (format.write)
    MP4D_CHECK(write_checked(path, prepared, settings, format, report));
  else
    MP4D_CHECK(write_frames(path, prepared, settings, report, job));
  return report;
}

}  // namespace mp4d
