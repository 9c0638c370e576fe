#include "core/files.h"
#include "core/staging_folder.h"
#include "io/internal/export_write.h"
#include "io/listing.h"
#include "io/mesh_folder.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cctype>
#include <charconv>

namespace mp4d {
namespace fs = std::filesystem;

namespace {

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
  return judge_export(path, report);
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
  MP4D_CHECK(put_back_files(folder));
  const std::vector<fs::path> earlier = meshes_in_folder(path);
  const std::size_t meshes = list_files(folder, {lower_extension(path)}).size();
  if (meshes > (settings.replace ? earlier.size() : 0))
    return fail(ErrorCode::kInput,
                "{}: holds {} files already, which would mix with the new ones; empty it or choose another",
                folder.string(), lower_extension(path));
  MP4D_TRY(staging, StagingFolder::of(folder));
  std::vector<Points> got;
  for (std::size_t i = 0; i < sequence.frames.size(); ++i) {
    MP4D_CHECK(check(job));
    MP4D_TRY(name, numbered_name(path.filename().string(), i));
    MP4D_CHECK(shown_as(folder, staging.path(), write_mesh_checked(staging.path() / name, model.mesh, sequence.frames[i], got)));
    report.files.push_back(folder / name);
  }
  MP4D_CHECK(compare_frames(path, sequence.frames, got, report));
  std::vector<fs::path> stale;
  for (const fs::path& file : earlier) stale.push_back(file.filename());
  return replace_files(staging.path(), folder, stale, report.files.front().filename());
}

}  // namespace

bool is_mesh_folder(const fs::path& path) {
  const std::string ending = lower_extension(path);
  return (ending == ".obj" || ending == ".ply") && is_name_pattern(path) && path.has_parent_path() &&
         numbered_name(path.filename().string(), 0).has_value();
}

fs::path finished_file(const fs::path& path) {
  return is_mesh_folder(path) ? path.parent_path() / numbered_name(path.filename().string(), 0).value() : path;
}

std::vector<fs::path> meshes_in_folder(const fs::path& path) {
  std::vector<fs::path> found;
  if (!is_mesh_folder(path)) return found;
  const std::string pattern = path.filename().string(), before = pattern.substr(0, pattern.find('%'));
  for (const fs::path& file : list_files(path.parent_path(), {lower_extension(path)})) {
    const std::string name = file.filename().string();
    std::size_t number = 0;
    if (name.starts_with(before) && std::from_chars(name.data() + before.size(), name.data() + name.size(), number).ec == std::errc() &&
        numbered_name(pattern, number) == name)
      found.push_back(file);
  }
  return found;
}

bool is_name_pattern(const fs::path& path) { return path.filename().string().find('%') != std::string::npos; }

Result<std::string> numbered_name(const std::string& pattern, std::size_t number) {
  const std::size_t at = pattern.find('%');
  std::size_t end = at + 1;
  while (end < pattern.size() && std::isdigit(static_cast<unsigned char>(pattern[end]))) ++end;
  const std::string digits = pattern.substr(at + 1, end - at - 1);
  if (end >= pattern.size() || pattern[end] != 'd' || digits.size() > 2 || pattern.find('%', end) != std::string::npos)
    return fail(ErrorCode::kUsage, "'{}': the number's place is written %d or %04d, once", pattern);
  const int width = digits.empty() ? 0 : std::stoi(digits);
  return pattern.substr(0, at) + fmt::format("{:0{}}", number, width) + pattern.substr(end + 1);
}

Result<void> write_frames(const fs::path& path, const RiggedModel& model, const ExportSettings& settings,
                          ExportReport& report, JobContext* job) {
  if (lower_extension(path) == ".anime") return write_anime_checked(path, model, settings, report);
  if (is_name_pattern(path)) return write_mesh_folder(path, model, settings, report, job);
  return write_one_mesh(path, model, settings, report);
}

}  // namespace mp4d
