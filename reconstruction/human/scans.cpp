#include "reconstruction/human/scans.h"
#include "io/input_kind.h"
#include "io/listing.h"
#include "io/model_io.h"
#include "motion/auto_rig.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/model_joints.h"
#include <algorithm>
#include <fmt/ranges.h>
#include <ranges>

namespace mp4d::human {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

/// The mesh with its joints beside it.
ScanFile with_joints(const fs::path& mesh) {
  const fs::path beside = fs::path(mesh).replace_extension(".json");
  return {mesh, is_there(beside) ? beside : fs::path()};
}

/// The one scan of a folder, or nothing.
Result<std::vector<ScanFile>> scan_of_folder(const fs::path& folder) {
  std::vector<fs::path> meshes = list_files(folder, model_extensions());
  if (meshes.size() > 1) std::erase_if(meshes, [&](const fs::path& mesh) { return mesh.stem() != folder.filename(); });
  if (meshes.empty()) return std::vector<ScanFile>();
  if (meshes.size() > 1)
    return fail(ErrorCode::kInput, "{}: several meshes ({}); leave one scan in each folder", folder.string(),
                fmt::join(list_files(folder, model_extensions()) |
                              std::views::transform([](const fs::path& p) { return p.filename().string(); }),
                          ", "));
  ScanFile scan = with_joints(meshes.front());
  if (scan.joints.empty() && is_there(folder / "joints.json")) scan.joints = folder / "joints.json";
  return std::vector{scan};
}

void turn(Scan& scan, const Mat3& rotation) {
  scan.body.mesh.verts *= rotation.transpose();
  if (scan.body.mesh.normals.rows() > 0) scan.body.mesh.normals *= rotation.transpose();
  scan.body.joints *= rotation.transpose();
}

tl::unexpected<Error> about(const fs::path& file, const Error& error) { return fail(error.code, "{}: {}", file.string(), error.message); }

Result<void> rig_automatically(const fs::path& file, Scan& scan, JobContext* job) {
  constexpr double kWorstPenalty = 0.4;  // of an embedding that is still good
  AutoRigOptions options;
  options.body_plan = "human";
  options.resolution = 256;  // arms at the sides of clothed people run together on coarser grids
  const auto rig = auto_rig(scan.body.mesh, options, job);
  if (!rig) return about(file, rig.error());
  if (rig->report.penalty > kWorstPenalty)
    return fail(
        ErrorCode::kInput,
        "{}: no joints, and the automatic rig does not find a person in it (penalty {:.2f}, at most {}); write its 24 "
        "joints into {} (docs/human_data.md)",
        file.string(), rig->report.penalty, kWorstPenalty,
        fs::path(file).replace_extension(".json").filename().string());
  const auto joints = joints_of_model(rig->model);
  if (!joints) return about(file, joints.error());
  scan.body.joints = *joints;
  turn(scan, rig->report.mesh_from_body.transpose());
  return {};
}

Result<void> check_joints(const ScanFile& file, const Body& body) {
  Aabb box = bounds(body.mesh.verts);
  const Vec3 margin = Vec3::Constant(0.25f * box.sizes().maxCoeff());
  box = Aabb(box.min() - margin, box.max() + margin);
  for (int j = 0; j < kJointCount; ++j)
    if (!box.contains(Vec3(body.joints.row(j).transpose())))
      return fail(ErrorCode::kInput, "{}: joint {} lies outside of {}; they must be in the mesh's own units and axes",
                  file.joints.string(), kJointNames[j], file.mesh.string());
  return {};
}

}  // namespace

Result<std::vector<ScanFile>> list_scans(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return fail(ErrorCode::kInput, "{}: no such folder", folder.string());
  std::vector<ScanFile> scans;
  for (const fs::path& mesh : list_files(folder, model_extensions())) scans.push_back(with_joints(mesh));
  std::vector<fs::path> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    if (entry.is_directory(error)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end(),
            [](const fs::path& a, const fs::path& b) { return natural_less(a.filename(), b.filename()); });
  for (const fs::path& own : folders) {
    MP4D_TRY(found, scan_of_folder(own));
    scans.insert(scans.end(), found.begin(), found.end());
  }
  if (scans.empty())
    return fail(ErrorCode::kInput, "{}: no scans; put meshes ({}) into it, or one into each of its folders",
                folder.string(), fmt::join(model_extensions(), " "));
  return scans;
}

Result<Scan> read_scan(const ScanFile& file, JobContext* job) {
  MP4D_TRY(model, read_model(file.mesh, job));
  MP4D_CHECK(require_surface(file.mesh, model));
  Scan scan;
  scan.body.mesh = model.mesh;
  if (!file.joints.empty()) {
    MP4D_TRY(joints, read_joints(file.joints));
    scan.body.joints = joints;
    MP4D_CHECK(check_joints(file, scan.body));
  } else if (model.skeleton.size() > 1) {
    scan.joints_from = JointSource::kSkeleton;
    const auto joints = joints_of_model(model);
    if (!joints) return about(file.mesh, joints.error());
    scan.body.joints = *joints;
  } else {
    scan.joints_from = JointSource::kAutoRig;
    MP4D_CHECK(rig_automatically(file.mesh, scan, job));
  }
  const float longest = bounds(scan.body.mesh.verts).sizes().maxCoeff();
  if (longest < 0.3f || longest > 3) {
    const float scale = 1.7f / longest;
    scan.body.mesh.verts *= scale;
    scan.body.joints *= scale;
    info(job, fmt::format("{}: its longest side is {:.3g}, no person's in metres: scaled to 1.7", file.mesh.string(),
                          longest));
  }
  scan.body.parts.assign(static_cast<std::size_t>(scan.body.mesh.verts.rows()), BodyPart::kSkin);
  return scan;
}

}  // namespace mp4d::human
