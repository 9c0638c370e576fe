#include "io/export.h"
#include "core/files.h"
#include "io/internal/export_formats.h"
#include "io/listing.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <atomic>
#include <cmath>
#include <fmt/ranges.h>
#include <functional>
#include <unistd.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

constexpr double kLargestShare = 1e-3;

using Write = Result<void> (*)(const fs::path&, const RiggedModel&, const ExportSettings&);

struct Format {
  const char* ending;
  bool several_clips;
  bool plain_names;
  bool surface_needed;
  std::vector<std::string> options;  ///< rows of export_options() beside --for that say something here
  Write write;                       ///< null: a mesh, or a sequence of them
};

const std::vector<Format>& formats() {
  static const std::vector<Format> list{
      {".glb",
       true,
       false,
       false,
       {"key-fps", "leaf-bones", "influences"},
       [](const fs::path& path, const RiggedModel& model, const ExportSettings&) { return write_glb(path, model); }},
      {".gltf",
       true,
       false,
       false,
       {"key-fps", "leaf-bones", "influences"},
       [](const fs::path& path, const RiggedModel& model, const ExportSettings&) { return write_gltf(path, model); }},
      {".fbx",
       true,
       false,
       false,
       {"up-axis", "unit", "key-fps", "leaf-bones", "armature", "influences", "weld"},
       write_fbx},
      {".anime", false, false, true, {"key-fps", "up-axis", "influences"}, nullptr},
      {".obj", false, false, true, {"key-fps", "up-axis", "influences"}, nullptr},
      {".ply", false, false, true, {"key-fps", "up-axis", "influences"}, nullptr},
  };
  return list;
}

const Format* find_format(const fs::path& path) {
  const std::string ending = lower_extension(path);
  for (const Format& format : formats())
    if (ending == format.ending) return &format;
  return nullptr;
}

/// "walk/%04d.obj": the number's place and width in the file's name.
bool is_pattern(const fs::path& path) { return path.filename().string().find('%') != std::string::npos; }

Result<std::string> numbered(const std::string& pattern, std::size_t number) {
  const std::size_t at = pattern.find('%');
  std::size_t end = at + 1;
  while (end < pattern.size() && std::isdigit(static_cast<unsigned char>(pattern[end]))) ++end;
  const std::string digits = pattern.substr(at + 1, end - at - 1);
  if (end >= pattern.size() || pattern[end] != 'd' || digits.size() > 2 || pattern.find('%', end) != std::string::npos)
    return fail(ErrorCode::kUsage, "'{}': the number's place is written %d or %04d, once", pattern);
  const int width = digits.empty() ? 0 : std::stoi(digits);
  return pattern.substr(0, at) + fmt::format("{:0{}}", number, width) + pattern.substr(end + 1);
}

/// A new hidden folder beside `path`, on the same file system, removed with what is left in it.
class StagingFolder {
 public:
  static Result<StagingFolder> beside(const fs::path& path) {
    static std::atomic<unsigned> count{0};
    StagingFolder folder(path.parent_path() / fmt::format(".{}.{}-{}.part", path.stem().string(), ::getpid(), count++));
    std::error_code error;
    if (!fs::create_directory(folder.path_, error))
      return fail(ErrorCode::kInput, "{}: cannot write: {}; choose another place", path.string(), error.message());
    return folder;
  }
  StagingFolder(StagingFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~StagingFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit StagingFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Result<void> move_file(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return fail(ErrorCode::kInput, "{}: cannot write: {}; choose another place", to.string(), error.message());
  return {};
}

Result<void> judge(const fs::path& path, const ExportReport& report) {
  if (report.error_share <= kLargestShare) return {};
  return fail(
      ErrorCode::kFailed,
      "{}: not written: read again, {} is {:.2g} of the size away from where it should be (at most {} is taken)",
      path.string(), report.joints_only ? "a joint" : "a vertex", report.error_share, kLargestShare);
}

/// Reads what was written at `path` as `shown` and compares.
Result<void> check_back(const fs::path& path, const fs::path& shown, const RiggedModel& expected,
                        ExportReport& report) {
  auto got = read_model(path);
  if (!got)
    return fail(ErrorCode::kFailed, "{}: not written: it could not be read again: {}", shown.string(),
                got.error().message);
  if (const auto same = compare_models(expected, *got, report); !same)
    return fail(same.error().code, "{}: not written: {}", shown.string(), same.error().message);
  return judge(shown, report);
}

/// Written in a folder of its own, so that files which refer to each other have their names from the start.
Result<void> write_checked(const fs::path& path, const RiggedModel& model, const ExportSettings& settings,
                           const Format& format, ExportReport& report) {
  MP4D_TRY(staging, StagingFolder::beside(path));
  const fs::path staged = staging.path() / path.filename();
  MP4D_CHECK(format.write(staged, model, settings));
  MP4D_CHECK(check_back(staged, path, model, report));
  report.files = {path};
  for (const auto& entry : fs::directory_iterator(staging.path()))
    if (entry.path() != staged) report.files.push_back(path.parent_path() / entry.path().filename());
  std::sort(report.files.begin() + 1, report.files.end());
  for (std::size_t i = 1; i < report.files.size(); ++i)
    MP4D_CHECK(move_file(staging.path() / report.files[i].filename(), report.files[i]));
  return move_file(staged, path);
}

/// The frames as they are in the file: of the only clip, or the rest pose.
MeshSequence frames_of(const RiggedModel& model, const ExportSettings& settings) {
  MeshSequence sequence;
  if (model.clips.empty()) {
    sequence = {model.mesh.faces, {}, {0}};
    sequence.frames.push_back(
        model.skeleton.size() == 0
            ? model.mesh.verts
            : skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, rest_pose(model.skeleton))));
  } else {
    sequence = animate(model, model.clips.front());
  }
  if (settings.z_up)
    for (Points& frame : sequence.frames) {
      frame.col(1).swap(frame.col(2));
      frame.col(1) = -frame.col(1);
    }
  return sequence;
}

Result<void> compare_frames(const fs::path& path, const std::vector<Points>& expected, const std::vector<Points>& got,
                            ExportReport& report) {
  if (got.size() != expected.size())
    return fail(ErrorCode::kFailed, "{}: not written: read again, it has {} frames of {}", path.string(), got.size(),
                expected.size());
  const double size = std::max(1e-9f, bounds(expected.front()).sizes().maxCoeff());
  for (std::size_t i = 0; i < got.size(); ++i, ++report.frames) {
    if (got[i].rows() != expected[i].rows())
      return fail(ErrorCode::kFailed, "{}: not written: read again, it has {} vertices of {}", path.string(),
                  got[i].rows(), expected[i].rows());
    report.error_m = std::max(report.error_m, static_cast<double>((got[i] - expected[i]).rowwise().norm().maxCoeff()));
  }
  report.error_share = report.error_m / size;
  return judge(path, report);
}

Result<void> write_anime_checked(const fs::path& path, const RiggedModel& model, const ExportSettings& settings,
                                 ExportReport& report) {
  const MeshSequence sequence = frames_of(model, settings);
  report.files = {path};
  return write_atomically(path, [&](const fs::path& temporary) -> Result<void> {
    MP4D_CHECK(write_anime(temporary, sequence));
    MP4D_TRY(back, read_anime(temporary));
    return compare_frames(path, sequence.frames, back.frames, report);
  });
}

Result<void> write_mesh_checked(const fs::path& path, Mesh mesh, const Points& verts, std::vector<Points>& got) {
  mesh.verts = verts;
  if (mesh.normals.rows() > 0) mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  MP4D_CHECK(write_mesh(path, mesh));
  MP4D_TRY(back, read_model(path));
  got.push_back(std::move(back.mesh.verts));
  return {};
}

Result<void> write_one_mesh(const fs::path& path, const RiggedModel& model, const ExportSettings& settings,
                            ExportReport& report) {
  if (!model.clips.empty())
    return fail(
        ErrorCode::kUsage,
        "{}: one mesh cannot hold the clip '{}'; give a name such as {}/%04d{} for a mesh a frame, or leave the clip "
        "out",
        path.string(), model.clips.front().name, path.stem().string(), lower_extension(path));
  const MeshSequence sequence = frames_of(model, settings);
  report.files = {path};
  return write_atomically(path, [&](const fs::path& temporary) -> Result<void> {
    std::vector<Points> got;
    MP4D_CHECK(write_mesh_checked(temporary, model.mesh, sequence.frames.front(), got));
    return compare_frames(path, sequence.frames, got, report);
  });
}

Result<void> write_mesh_folder(const fs::path& path, const RiggedModel& model, const ExportSettings& settings,
                               ExportReport& report, JobContext* job) {
  const fs::path folder = path.parent_path();
  const MeshSequence sequence = frames_of(model, settings);
  std::error_code error;
  const bool there = fs::is_directory(folder, error);
  if (there && !list_files(folder, {lower_extension(path)}).empty())
    return fail(ErrorCode::kInput,
                "{}: holds {} files already, which would mix with the new ones; empty it or choose another",
                folder.string(), lower_extension(path));
  MP4D_TRY(staging, StagingFolder::beside(there ? path : folder));
  std::vector<Points> got;
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    MP4D_CHECK(check(job));
    MP4D_TRY(name, numbered(path.filename().string(), i));
    MP4D_CHECK(write_mesh_checked(staging.path() / name, model.mesh, sequence.frames[i], got));
    report.files.push_back(folder / name);
  }
  MP4D_CHECK(compare_frames(path, sequence.frames, got, report));
  if (!there) {
    fs::create_directory(folder, error);
    if (error)
      return fail(ErrorCode::kInput, "{}: cannot be made: {}; choose another", folder.string(), error.message());
  }
  for (const fs::path& file : report.files) MP4D_CHECK(move_file(staging.path() / file.filename(), file));
  return {};
}

std::string clip_names(const RiggedModel& model) {
  std::vector<std::string> names;
  for (const Clip& clip : model.clips) names.push_back(clip.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

const std::vector<std::string>& export_endings() {
  static const std::vector<std::string> endings = [] {
    std::vector<std::string> list;
    for (const Format& format : formats()) list.push_back(format.ending);
    return list;
  }();
  return endings;
}

std::string export_formats_text() {
  return fmt::format("{}, or DIR/%04d.obj for a mesh a frame", fmt::join(export_endings(), ", "));
}

std::vector<std::string> describe(const ExportReport& report) {
  if (report.files.empty()) return {};
  const char* what = report.joints_only ? "joint" : "vertex";
  std::vector<std::string> lines{
      fmt::format("{} read again: {} clip{}, {} frame{}, largest {} error {:.2g} mm ({:.2g} % of the size)",
                  report.files.front().string(), report.clips, report.clips == 1 ? "" : "s", report.frames,
                  report.frames == 1 ? "" : "s", what, 1e3 * report.error_m, 100 * report.error_share)};
  if (report.files.size() > 1)
    lines.push_back(fmt::format("with {}{}", report.files[1].string(),
                                report.files.size() > 2 ? fmt::format(" and {} more", report.files.size() - 2) : ""));
  return lines;
}

Result<void> check_export(const std::string& flag, const fs::path& path, const ExportOptions& options) {
  const Format* format = find_format(path);
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
  if (mesh && is_pattern(path)) {
    MP4D_CHECK(numbered(path.filename().string(), 0));
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
  const Format& format = *find_format(path);
  if (format.surface_needed && model.mesh.faces.rows() == 0)
    return fail(ErrorCode::kFailed, "{}: not written: {} holds surfaces, and the model is a motion without one",
                path.string(), format.ending);
  if (!format.several_clips && model.clips.size() > 1)
    return fail(ErrorCode::kUsage, "{}: {} holds one clip, and there are {} ({}); choose one with 'edit --clip NAME'",
                path.string(), format.ending, model.clips.size(), clip_names(model));
  ExportSettings settings = resolve_settings(options, format.ending);
  settings.frame_rate = settings.key_fps > 0 ? settings.key_fps : frame_rate_of(model.clips);
  const RiggedModel prepared = prepare_export(model, settings, format.plain_names, job);

  ExportReport report;
  report.clips = static_cast<int>(prepared.clips.size());
  const std::string ending = format.ending;
  if (format.write)
    MP4D_CHECK(write_checked(path, prepared, settings, format, report));
  else if (ending == ".anime")
    MP4D_CHECK(write_anime_checked(path, prepared, settings, report));
  else if (is_pattern(path))
    MP4D_CHECK(write_mesh_folder(path, prepared, settings, report, job));
  else
    MP4D_CHECK(write_one_mesh(path, prepared, settings, report));
  return report;
}

}  // namespace mp4d
