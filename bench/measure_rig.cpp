// How well auto_rig does on rigged models whose rig is thrown away. Each model is rigged twice, as it is and re-meshed
// (closed surface of its voxels), and both rigs follow the file's own clips by vertex index: what remains is what the
// found skeleton and weights cannot express. Joints with telling names are compared with the file's. Prints one
// Markdown row a model.
//
//   measure_rig [--pictures DIR] [--only-rig] MODEL...
#include "core/runtime.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/auto_rig.h"
#include "motion/kinematics.h"
#include "motion/point_tree.h"
#include "motion/voxels.h"
#include "render/rig_picture.h"

#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <map>

using namespace mp4d;

namespace {

constexpr int kMostClips = 8, kFramesOfClip = 16;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// +1 left, -1 right, 0 neither, by the usual spellings.
int side_of(const std::string& name) {
  const std::string n = lower(name);
  const auto has = [&](const char* part) { return n.find(part) != std::string::npos; };
  if (has("left") || n.ends_with(".l") || n.ends_with("_l") || has(".l_")) return 1;
  if (has("right") || n.ends_with(".r") || n.ends_with("_r") || has(".r_")) return -1;
  return 0;
}

// Names in the files for what our joints are called.
const std::map<std::string, std::vector<std::string>>& telling_names() {
  static const std::map<std::string, std::vector<std::string>> names = {
      {"head", {"head"}},
      {"hips", {"hips", "hip_"}},
      {"neck", {"neck1", "neck"}},
      {"front_foot", {"frontfoot", "lefthand", "righthand"}},
      {"hind_foot", {"backfoot", "leftfoot02", "rightfoot02"}},
      {"wrist", {"wrist", "palm", "arm.l_end", "arm.r_end", "middle1"}},
      {"elbow", {"lowerarm", "frontlowleg", "frontlowerleg", "forearm"}},
      {"shoulder", {"upperarm", "frontupleg", "frontupperleg"}},
      {"hip", {"upperleg", "backupleg", "backupperleg", "leftleg01", "rightleg01"}},
      {"knee", {"lowerleg", "backlowleg", "leftleg02", "rightleg02"}},
      {"ankle", {"foot", "leg.l_end", "leg.r_end"}},
      {"tail_1", {"tail1", "tail01"}},
      {"tail_end", {"tail8", "tail7", "tail4", "tail03"}},
  };
  return names;
}

int counterpart(const Skeleton& skeleton, const std::string& ours) {
  const int side = side_of(ours);
  const auto entry = telling_names().find(side ? ours.substr(0, ours.size() - 2) : ours);
  if (entry == telling_names().end()) return -1;
  for (const std::string& part : entry->second)
    for (int j = 0; j < skeleton.size(); ++j) {
      std::string name = lower(skeleton.joints[std::size_t(j)].name);
      if (name.starts_with("b_")) name = name.substr(2);
      if (name.starts_with(part) && side_of(name) == side && name.find("ik") == std::string::npos) return j;
    }
  return -1;
}

Vec3 place(const Mat4& joint) { return joint.topRightCorner<3, 1>(); }

struct JointScore {
  int compared = 0;
  double mean = 0, worst = 0;  // % of the longest side
  std::string worst_name;
  std::string sides;  // "ok", "swapped", "-"
};

JointScore compare_joints(const RiggedModel& ours, const Mat3& mesh_from_body, const RiggedModel& file, float size) {
  JointScore score;
  const auto a = forward_kinematics(ours.skeleton, rest_pose(ours.skeleton));
  const auto b = forward_kinematics(file.skeleton, rest_pose(file.skeleton));
  Vec3 across = Vec3::Zero();
  for (int j = 0; j < file.skeleton.size(); ++j)
    across += float(side_of(file.skeleton.joints[std::size_t(j)].name)) * place(b[std::size_t(j)]);
  score.sides = across.norm() < 0.02f * size                            ? "-"
                : across.normalized().dot(mesh_from_body.col(0)) > 0.8f ? "ok"
                                                                        : "wrong";
  for (int j = 0; j < ours.skeleton.size(); ++j) {
    const int k = counterpart(file.skeleton, ours.skeleton.joints[std::size_t(j)].name);
    if (k < 0) continue;
    const double off = 100 * (place(a[std::size_t(j)]) - place(b[std::size_t(k)])).norm() / size;
    score.mean += off;
    ++score.compared;
    if (off > score.worst) score.worst = off, score.worst_name = ours.skeleton.joints[std::size_t(j)].name;
  }
  if (score.compared) score.mean /= score.compared;
  return score;
}

// Where the vertices of another mesh of the same surface lie on it: a face and barycentric weights each.
struct Carried {
  std::vector<int> face;
  Points weights;
};

Carried carry(const Mesh& from, const Points& to) {
  std::vector<int> face_of;
  const PointTree tree(sample_surface(from.verts, from.faces, 200000, 1, &face_of));
  Carried carried{std::vector<int>(std::size_t(to.rows())), Points(to.rows(), 3)};
  for (Eigen::Index v = 0; v < to.rows(); ++v) {
    float distance2;
    const int face = face_of[std::size_t(tree.nearest(to.row(v), distance2))];
    const Vec3 a = from.verts.row(from.faces(face, 0)), b = from.verts.row(from.faces(face, 1)),
               c = from.verts.row(from.faces(face, 2));
    Eigen::Matrix<float, 3, 2> edges;
    edges << b - a, c - a;
    const Vec2 uv = edges.colPivHouseholderQr().solve(Vec3(to.row(v).transpose()) - a);
    Vec3 w(1 - uv.sum(), uv.x(), uv.y());
    w = w.cwiseMax(0.0f);
    carried.face[std::size_t(v)] = face;
    carried.weights.row(v) = w.transpose() / std::max(w.sum(), 1e-6f);
  }
  return carried;
}

struct FitScore {
  double mean = 0, worst = 0;  // % of the longest side, over vertices and frames
  double baseline = 0;         // without any skeleton: the rest shape moved rigidly
};

FitScore follow(const RigResult& rig, const MeshSequence& target, float size) {
  FitOptions options;
  options.correspondences = "index";
  options.bone_scale = "off";
  options.smoothness = 0;
  options.rigidity = 0;
  const auto fit =
      fit_motion(rig.model.skeleton, rig.model.skin, rig.model.mesh.verts, rig.model.mesh.faces, target, options);
  FitScore score;
  if (!fit) {
    fmt::print(stderr, "{}\n", fit.error().message);
    return score;
  }
  for (std::size_t t = 0; t < target.frames.size(); ++t) {
    const Points posed = skin_linear(fit->rest_verts, fit->skin, forward_kinematics(fit->skeleton, fit->clip.poses[t]));
    const Eigen::VectorXf off = (posed - target.frames[t]).rowwise().norm();
    score.mean += 100 * off.mean() / size / double(target.frames.size());
    score.worst = std::max(score.worst, 100.0 * off.maxCoeff() / size);
  }
  return score;
}

struct Row {
  std::string name;
  Mesh mesh;
  RiggedModel file;
  MeshSequence clips;  // of `mesh`, all clips one after the other
  float size = 1;
};

Result<Row> load(const std::string& path) {
  Row row;
  MP4D_TRY(file, read_model(path));
  row.file = std::move(file);
  row.name = path.substr(path.find_last_of('/') + 1);
  row.mesh = row.file.mesh;
  if (row.file.skeleton.size() == 0) return fail(ErrorCode::kInput, "{}: no rig to compare with", path);
  row.mesh.verts = skin_linear(row.file.mesh.verts, row.file.skin,
                               forward_kinematics(row.file.skeleton, rest_pose(row.file.skeleton)));
  row.size = bounds(row.mesh.verts).sizes().maxCoeff();
  row.clips.faces = row.mesh.faces;
  const std::size_t count = row.file.clips.size(), used = std::min<std::size_t>(count, kMostClips);
  for (std::size_t k = 0; k < used; ++k) {
    const Clip& clip = row.file.clips[k * count / used];
    for (int i = 0; i < kFramesOfClip; ++i) {
      const double t = clip.times.front() + (clip.times.back() - clip.times.front()) * (i + 0.5) / kFramesOfClip;
      row.clips.frames.push_back(
          skin_linear(row.file.mesh.verts, row.file.skin, forward_kinematics(row.file.skeleton, sample_clip(clip, t))));
      row.clips.times.push_back(double(row.clips.times.size()) / 24);
    }
  }
  return row;
}

MeshSequence carried_clips(const Row& row, const Mesh& to) {
  const Carried carried = carry(row.mesh, to.verts);
  MeshSequence sequence{to.faces, {}, row.clips.times};
  for (const Points& frame : row.clips.frames) {
    Points verts(to.verts.rows(), 3);
    for (Eigen::Index v = 0; v < verts.rows(); ++v) {
      verts.row(v).setZero();
      for (int k = 0; k < 3; ++k)
        verts.row(v) += carried.weights(v, k) * frame.row(row.mesh.faces(carried.face[std::size_t(v)], k));
    }
    sequence.frames.push_back(std::move(verts));
  }
  return sequence;
}

}  // namespace

int main(int argc, char** argv) {
  tune_process();
  std::string pictures;
  bool only_rig = false;
  std::vector<std::string> models;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--pictures" && i + 1 < argc)
      pictures = argv[++i];
    else if (argument == "--only-rig")
      only_rig = true;
    else
      models.push_back(argument);
  }
  fmt::print(
      "| model | vertices | s | template | penalty | orientation | sides | joints off, % (worst) | skinning error, % "
      "(max) | "
      "re-meshed: template | error, % (max) |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (const std::string& path : models) {
    const auto row = load(path);
    if (!row) {
      fmt::print("| {} | {} |\n", path, row.error().message);
      continue;
    }
    const auto start = std::chrono::steady_clock::now();
    const auto rig = auto_rig(row->mesh);
    const double seconds = seconds_since(start);
    if (!rig) {
      fmt::print("| {} | {} |\n", row->name, rig.error().message);
      continue;
    }
    for (const std::string& line : describe(rig->report)) fmt::print(stderr, "{}: {}\n", row->name, line);
    const JointScore joints = compare_joints(rig->model, rig->report.mesh_from_body, row->file, row->size);
    if (!pictures.empty()) {
      const auto written =
          write_image(pictures + "/" + row->name + ".png", draw_rig(rig->model, {rig->report.mesh_from_body}));
      if (!written) fmt::print(stderr, "{}\n", written.error().message);
    }
    fmt::print("| {} | {} | {:.1f} | {} | {:.2f} | {} | {} | {:.1f} ({:.1f} {}) |", row->name, row->mesh.verts.rows(),
               seconds, rig->report.body_plan, rig->report.penalty, rig->report.orientation, joints.sides, joints.mean,
               joints.worst, joints.worst_name);
    std::fflush(stdout);
    if (only_rig) {
      fmt::print("\n");
      continue;
    }
    const FitScore own = follow(*rig, row->clips, row->size);
    fmt::print(" {:.2f} ({:.1f}) |", own.mean, own.worst);
    std::fflush(stdout);
    const auto remeshed = make_watertight(row->mesh, {.resolution = 110, .thicken = 0.5f});
    const auto again = remeshed ? auto_rig(*remeshed) : Result<RigResult>(tl::unexpected(remeshed.error()));
    if (!again) {
      fmt::print(" {} |\n", again.error().message);
      continue;
    }
    const FitScore other = follow(*again, carried_clips(*row, *remeshed), row->size);
    fmt::print(" {} | {:.2f} ({:.1f}) |\n", again->report.body_plan, other.mean, other.worst);
    std::fflush(stdout);
  }
}
