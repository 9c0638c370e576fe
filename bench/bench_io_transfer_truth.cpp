// Motion transfer against truth, on the models of ../shared/data (or MODELS=folder). For each model:
//   itself      every clip onto the model itself: largest vertex error, % of the size
//   renamed     the same with other joint names, so that nothing is recognised: chains, alignment and feet, mean error
//   remeshed    the mesh built anew from voxels, its rig thrown away, rigged by auto_rig, moved by the first walking
//   clip:
//               mean distance from where the original's surface carries the same point, and the published notebook's
// Counters are percentages; a model without a clip or that cannot be read is left out.
#include "io/model_io.h"
#include "motion/auto_rig.h"
#include "motion/kinematics.h"
#include "motion/point_tree.h"
#include "motion/reference_retarget.h"
#include "motion/retarget.h"
#include "motion/voxels.h"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>

using namespace mp4d;

namespace {

struct Moved {
  RiggedModel model;
  Anatomy body;
};

double largest(const RiggedModel& model, const Clip& a, const Clip& b, double* mean) {
  double most = 0, sum = 0;
  for (std::size_t t = 0; t < a.poses.size(); ++t) {
    const Points x =
        skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, sample_clip(a, b.times[t])));
    const Points y = skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, b.poses[t]));
    const auto distance = (x - y).rowwise().norm().eval();
    most = std::max<double>(most, distance.maxCoeff());
    sum += distance.mean();
  }
  if (mean) *mean = sum / static_cast<double>(a.poses.size());
  return most;
}

Clip moved(const Moved& source, const Clip& clip, const Moved& target, const RetargetOptions& options, bool reference) {
  const SourceMotion motion = read_motion(source.model, source.body, clip).value();
  const ChainMap map = map_chains(source.body, target.body, steps(motion, source.body), ForelegSource::kAuto);
  if (reference) return retarget_reference(source.model, source.body, clip, target.model, target.body, map).value();
  return retarget(source.model, source.body, clip, target.model, target.body, map, options)->clip;
}

void itself(benchmark::State& state, const std::filesystem::path& path) {
  Moved m{read_model(path).value(), {}};
  stand_upright(m.model);
  m.body = find_anatomy(m.model).value();
  Moved other = m;
  make_scales_even(other.model);
  other.model.clips.clear();
  for (Joint& joint : other.model.skeleton.joints) joint.name = "x" + joint.name;
  other.body = m.body;
  double exact = 0, renamed = 0, frames = 0;
  for (auto _ : state)
    for (const Clip& clip : m.model.clips) {
      exact = std::max(exact, largest(m.model, clip, moved(m, clip, m, {}, false), nullptr));
      double mean = 0;
      Clip dense = moved(m, clip, other, {}, false);
      Clip same{clip.name, dense.times, {}};
      for (const double t : dense.times) same.poses.push_back(sample_clip(clip, t));
      largest(m.model, same, dense, &mean);
      renamed += mean * static_cast<double>(dense.poses.size());
      frames += static_cast<double>(dense.poses.size());
    }
  state.counters["clips"] = double(m.model.clips.size());
  state.counters["itself_max_%"] = 100 * exact / m.body.size;
  state.counters["renamed_mean_%"] = 100 * renamed / frames / m.body.size;
}

int nearest_row(const PointTree& tree, const Vec3& point) {
  float distance2 = 0;
  return tree.nearest(point, distance2);
}

int walking_clip(const RiggedModel& model) {
  for (const char* kind : {"Walk", "Run", "Gallop", "Fly", "Idle"})
    for (std::size_t i = 0; i < model.clips.size(); ++i)
      if (model.clips[i].name.find(kind) != std::string::npos) return static_cast<int>(i);
  return 0;
}

void remeshed(benchmark::State& state, const std::filesystem::path& path) {
  Moved source{read_model(path).value(), {}};
  stand_upright(source.model);
  source.body = find_anatomy(source.model).value();
  const Clip& clip = source.model.clips[walking_clip(source.model)];
  const auto solid = voxelise(source.model.mesh, {.resolution = 110});
  Mesh mesh = extract_surface(solid->distance);
  mesh.normals = vertex_normals(mesh.verts, mesh.faces);
  auto rigged = auto_rig(mesh);
  if (!rigged) {
    state.SkipWithError(rigged.error().message.c_str());
    return;
  }
  Moved target{rigged->model, {}};
  target.body = find_anatomy(target.model).value();
  // Every new vertex on the original's surface: drawn densely, so that a point's weights are known.
  std::vector<int> face;
  const Points drawn = sample_surface(source.model.mesh.verts, source.model.mesh.faces, 60000, 1, &face);
  const PointTree tree(drawn);
  std::vector<int> nearest;
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v)
    nearest.push_back(nearest_row(tree, mesh.verts.row(v).transpose()));
  const Mesh& from = source.model.mesh;
  std::vector<Vec3> share;  // barycentric
  for (const int n : nearest) {
    const Vec3 a = from.verts.row(from.faces(face[n], 0)), b = from.verts.row(from.faces(face[n], 1)),
               c = from.verts.row(from.faces(face[n], 2));
    Mat3 m;
    m << a, b, c;
    const Vec3 e1 = b - a, e2 = c - a, p = Vec3(drawn.row(n)) - a;
    const float d11 = e1.dot(e1), d12 = e1.dot(e2), d22 = e2.dot(e2), d = std::max(1e-20f, d11 * d22 - d12 * d12);
    const float u = (d22 * p.dot(e1) - d12 * p.dot(e2)) / d, w = (d11 * p.dot(e2) - d12 * p.dot(e1)) / d;
    share.emplace_back(1 - u - w, u, w);
  }
  const auto error = [&](const Clip& result) {
    double sum = 0;
    for (std::size_t t = 0; t < result.poses.size(); ++t) {
      const Points truth = skin_linear(from.verts, source.model.skin,
                                       forward_kinematics(source.model.skeleton, sample_clip(clip, result.times[t])));
      const Points got =
          skin_linear(mesh.verts, target.model.skin, forward_kinematics(target.model.skeleton, result.poses[t]));
      for (Eigen::Index v = 0; v < got.rows(); ++v) {
        Vec3 right = Vec3::Zero();
        for (int k = 0; k < 3; ++k) right += share[v][k] * truth.row(from.faces(face[nearest[v]], k)).transpose();
        sum += (Vec3(got.row(v)) - right).norm();
      }
    }
    return 100 * sum / static_cast<double>(result.poses.size() * static_cast<std::size_t>(mesh.verts.rows())) /
           source.body.size;
  };
  Clip still{"rest", clip.times, {}};
  for (std::size_t t = 0; t < clip.times.size(); ++t) still.poses.push_back(rest_pose(target.model.skeleton));
  for (auto _ : state) {
    state.counters["ours_%"] = error(moved(source, clip, target, {}, false));
    state.counters["notebook_%"] = error(moved(source, clip, target, {}, true));
    state.counters["not_moved_%"] = error(still);
  }
  state.SetLabel(clip.name + ", " + rigged->report.body_plan);
}

const int registered = [] {
  const char* folder = std::getenv("MODELS");
  const std::filesystem::path models = folder ? folder : "../shared/data/models";
  std::error_code none;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(models, none))
    if (entry.path().extension() == ".glb" || entry.path().extension() == ".gltf") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const auto model = read_model(file);
    if (!model || model->clips.empty()) continue;
    const std::string name = file.stem().string();
    benchmark::RegisterBenchmark(("itself/" + name).c_str(), itself, file)
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("remeshed/" + name).c_str(), remeshed, file)
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
  }
  return 0;
}();

}  // namespace
