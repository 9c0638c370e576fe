// Phase 2 on 8 frames of 4,000 vertices and 25 joints against the second stage as published (fit_reference), on the same frames.
#include <benchmark/benchmark.h>
#include <Eigen/Geometry>
#include <chrono>
#include <cmath>
#include <numbers>
#include "core/mesh.h"
#include "motion/fit.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/metrics.h"
#include "reconstruction/articulated/reference_phase2.h"

namespace mp4d {
namespace {

constexpr int kFrames = 8, kChains = 5, kBonesPerChain = 5, kSides = 16, kRings = 50;  // 25 joints, 4,000 vertices

struct Scene {
  RiggedModel model;
  MeshSequence target;
};

// Five limbs of five bones round a centre, each waving with its own phase while the whole turns by 50 degrees: within the published
// stage's reach of some 90 degrees from rest.
Scene make_scene() {
  Scene scene;
  RiggedModel& m = scene.model;
  const float bone = 0.15f;
  m.mesh.verts.resize(kChains * kRings * kSides, 3);
  m.mesh.faces.resize(kChains * (kRings - 1) * kSides * 2, 3);
  Eigen::MatrixXf dense = Eigen::MatrixXf::Zero(m.mesh.verts.rows(), kChains * kBonesPerChain);
  int f = 0;
  for (int c = 0; c < kChains; ++c) {
    const Eigen::AngleAxisf out(c == 0 ? 0.0f : 0.9f + 0.5f * static_cast<float>(c), Vec3::UnitZ());
    for (int j = 0; j < kBonesPerChain; ++j) {
      Joint joint{fmt::format("limb{}.{}", c, j), j > 0 ? c * kBonesPerChain + j - 1 : (c > 0 ? 0 : -1), {}};
      joint.rest.translation = j > 0 ? Vec3(0, bone, 0) : Vec3(0, 0, 0);
      if (j == 0 && c > 0) joint.rest.rotation = Quat(out);
      m.skeleton.joints.push_back(joint);
    }
    for (int r = 0; r < kRings; ++r)
      for (int s = 0; s < kSides; ++s) {
        const int v = (c * kRings + r) * kSides + s;
        const float along = kBonesPerChain * (static_cast<float>(r) + 0.5f) / kRings;
        const float a = 2 * std::numbers::pi_v<float> * static_cast<float>(s) / kSides;
        m.mesh.verts.row(v) = out * Vec3(0.05f * std::cos(a), bone * along, 0.03f * std::sin(a));
        for (int j = 0; j < kBonesPerChain; ++j)
          dense(v, c * kBonesPerChain + j) = std::exp(-6 * std::pow(along - 0.5f - static_cast<float>(j), 2.0f));
        if (r + 1 == kRings) continue;
        const int next = v - s + (s + 1) % kSides;
        m.mesh.faces.row(f++) << v, v + kSides, next;
        m.mesh.faces.row(f++) << next, v + kSides, next + kSides;
      }
  }
  set_weights(m.skin, dense);
  m.skin.joint_from_mesh = inverse_bind(m.skeleton);
  Clip clip;
  for (int t = 0; t < kFrames; ++t) {
    const float s = static_cast<float>(t) / (kFrames - 1);
    Pose pose = rest_pose(m.skeleton);
    pose[0].rotation = Eigen::AngleAxisf(0.87f * s, Vec3::UnitY());
    pose[0].translation = Vec3(0.4f * s, 0, 0);
    for (std::size_t j = 1; j < pose.size(); ++j)
      pose[j].rotation = pose[j].rotation * Eigen::AngleAxisf(0.35f * std::sin(6 * s + static_cast<float>(j)), Vec3::UnitX()) *
                         Eigen::AngleAxisf(0.5f * s, Vec3::UnitY());
    clip.times.push_back(t / 24.0);
    clip.poses.push_back(pose);
  }
  scene.target = animate(m, clip);
  return scene;
}

const Scene& scene() {
  static const Scene made = make_scene();
  return made;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Chamfer distance of the fitted motion to the target as `magicpose4d evaluate` gives it: % of the longest side.
double chamfer_percent(const FitResult& fit) {
  RiggedModel model;
  model.mesh.verts = fit.rest_verts;
  model.mesh.faces = scene().model.mesh.faces;
  model.skeleton = fit.skeleton;
  model.skin = fit.skin;
  MetricOptions options;
  options.samples = 20000;
  return score_sequence(animate(model, fit.clip).frames, {model.mesh.faces}, scene().target, options)->mean.chamfer;
}

struct Reference {
  double seconds = 0, chamfer = 0;
};

const Reference& reference() {
  static const Reference measured = [] {
    const RiggedModel& m = scene().model;
    const auto start = std::chrono::steady_clock::now();
    const auto fit = fit_reference(m.skeleton, m.skin, m.mesh.verts, m.mesh.faces, scene().target, {});
    return Reference{seconds_since(start), chamfer_percent(*fit)};
  }();
  return measured;
}

void fit(benchmark::State& state, const char* correspondences) {
  const Reference& other = reference();
  const RiggedModel& m = scene().model;
  FitOptions options;
  options.correspondences = correspondences;
  double seconds = 0, chamfer = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = fit_motion(m.skeleton, m.skin, m.mesh.verts, m.mesh.faces, scene().target, options);
    const double taken = seconds_since(start);
    seconds += taken;
    state.SetIterationTime(taken);
    if (!result) {
      state.SkipWithError(result.error().message.c_str());
      return;
    }
    chamfer = chamfer_percent(*result);
  }
  const double ours = seconds / static_cast<double>(state.iterations());
  state.counters["cd_percent"] = chamfer;
  state.counters["s_per_frame"] = ours / kFrames;
  state.counters["reference_cd_percent"] = other.chamfer;
  state.counters["reference_s_per_frame"] = other.seconds / kFrames;
  state.counters["times_faster"] = other.seconds / ours;
}

BENCHMARK_CAPTURE(fit, vertices, "index")->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(3);
BENCHMARK_CAPTURE(fit, surfaces, "surface")->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(3);

}  // namespace
}  // namespace mp4d
