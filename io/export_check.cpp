#include "core/text.h"
#include "io/internal/export_formats.h"
#include "motion/kinematics.h"
#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace mp4d {
namespace {

using PairList = std::vector<std::pair<int, int>>;

/// Vertices of both at the same corners of the same triangles, each pair once.
PairList vertex_pairs(const Mesh& expected, const Mesh& got) {
  PairList pairs;
  for (Eigen::Index f = 0; f < expected.faces.rows(); ++f)
    for (int k = 0; k < 3; ++k) pairs.emplace_back(expected.faces(f, k), got.faces(f, k));
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

Points joint_positions(const RiggedModel& model, const Pose& pose) {
  Points points(model.skeleton.size(), 3);
  const std::vector<Mat4> world = forward_kinematics(model.skeleton, pose);
  for (int j = 0; j < model.skeleton.size(); ++j) points.row(j) = world[j].topRightCorner<3, 1>().transpose();
  return points;
}

Points surface(const RiggedModel& model, const Pose& pose) {
  if (model.skeleton.size() == 0) return model.mesh.verts;
  return skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, pose));
}

double largest_distance(const Points& a, const Points& b, const PairList& pairs) {
  double largest = 0;
  for (const auto& [i, j] : pairs) {
    const double distance = (a.row(i) - b.row(j)).norm();
    if (!(distance <= largest)) largest = std::isfinite(distance) ? distance : INFINITY;
  }
  return largest;
}

const Clip* find_clip(const RiggedModel& model, const std::string& name) {
  for (const Clip& clip : model.clips)
    if (clip.name == name) return &clip;
  return model.clips.size() == 1 ? &model.clips.front() : nullptr;  // some formats have no place for its name
}

}  // namespace

Result<void> compare_models(const RiggedModel& expected, const RiggedModel& got, ExportReport& report) {
  const auto bad = [](const std::string& what) {
    return fail(ErrorCode::kFailed, "read again, the file has {}", what);
  };
  const Faces& faces = expected.mesh.faces;
  report.joints_only = faces.rows() == 0 || got.mesh.faces.rows() == 0;
  PairList pairs;
  Aabb box;
  if (report.joints_only) {
    std::unordered_map<std::string_view, int> by_name;
    for (int j = 0; j < got.skeleton.size(); ++j) by_name.emplace(got.skeleton.joints[j].name, j);
    for (int j = 0; j < expected.skeleton.size(); ++j) {
      const auto found = by_name.find(expected.skeleton.joints[j].name);
      const int other = found == by_name.end() ? -1 : found->second;
      if (other < 0) return bad(fmt::format("no joint '{}'", expected.skeleton.joints[j].name));
      pairs.emplace_back(j, other);
    }
    box = bounds(joint_positions(expected, rest_pose(expected.skeleton)));
  } else {
    if (got.mesh.faces.rows() != faces.rows())
      return bad(fmt::format("{} triangles of {}", got.mesh.faces.rows(), faces.rows()));
    if (got.skeleton.size() == 0 && expected.skeleton.size() > 0 && !expected.clips.empty()) return bad("no skeleton");
    pairs = vertex_pairs(expected.mesh, got.mesh);
    box = bounds(surface(expected, rest_pose(expected.skeleton)));
  }
  const auto shape = [&](const RiggedModel& model, const Pose& pose) {
    return report.joints_only ? joint_positions(model, pose) : surface(model, pose);
  };
  const double size = std::max(1e-9, static_cast<double>(box.sizes().maxCoeff()));
  double largest = 0;
  int frames = 0;
  if (got.clips.size() != expected.clips.size())
    return bad(fmt::format("{} of {}", counted(got.clips.size(), "clip"), expected.clips.size()));
  for (const Clip& clip : expected.clips) {
    const Clip* other = find_clip(got, clip.name);
    if (!other) return bad(fmt::format("no clip '{}'", clip.name));
    for (std::size_t i = 0; i < clip.times.size(); ++i, ++frames)
      largest = std::max(largest, largest_distance(shape(expected, clip.poses[i]),
                                                   shape(got, sample_clip(*other, clip.times[i])), pairs));
    if (std::abs(other->times.back() - clip.times.back()) > 1e-3)
      return bad(fmt::format("clip '{}' ending at {:.4f} s instead of {:.4f} s", clip.name, other->times.back(),
                             clip.times.back()));
  }
  if (expected.clips.empty()) {
    largest =
        largest_distance(shape(expected, rest_pose(expected.skeleton)), shape(got, rest_pose(got.skeleton)), pairs);
    frames = 1;
  }
  report.clips = static_cast<int>(expected.clips.size());
  report.frames += frames;
  report.error_m = std::max(report.error_m, largest);
  report.error_share = std::max(report.error_share, largest / size);
  return {};
}

}  // namespace mp4d
