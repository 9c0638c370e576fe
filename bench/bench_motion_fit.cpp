// Phase 2 on a 40-frame sequence of 4,000 vertices and 25 joints, against the published second stage's cost shape.
#include <benchmark/benchmark.h>
#include <Eigen/Geometry>
#include <cmath>
#include <nanoflann.hpp>
#include <numbers>
#include "core/mesh.h"
#include "motion/fit.h"
#include "motion/kinematics.h"

namespace mp4d {
namespace {

constexpr int kFrames = 40, kChains = 5, kBonesPerChain = 5, kSides = 16, kRings = 50;  // 25 joints, 4,000 vertices

struct Scene {
  RiggedModel model;
  MeshSequence target;
};

// Five limbs of five bones round a centre, each waving with its own phase while the whole turns by 100 degrees.
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
    const float s = static_cast<float>(t) / kFrames;
    Pose pose = rest_pose(m.skeleton);
    pose[0].rotation = Eigen::AngleAxisf(1.75f * s, Vec3::UnitY());
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

// ---- reference: every bone a free quaternion and translation, Adam (lr 1e-3, 500 steps, cold start from the rest pose in
// every frame), one global Chamfer distance between 5,000 surface samples each; no chain: what MagicPose4D published.
// Written with analytic gradients and a search tree, which is kinder than the published code's autograd.

struct Cloud {
  const Points& points;
  std::size_t kdtree_get_point_count() const { return static_cast<std::size_t>(points.rows()); }
  float kdtree_get_pt(std::size_t i, std::size_t d) const { return points(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(d)); }
  template <class Box>
  bool kdtree_get_bbox(Box&) const { return false; }
};
using Tree = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, Cloud>, Cloud, 3, std::uint32_t>;

struct Reference {
  static constexpr int kSamples = 5000, kSteps = 500;
  int bones;
  Points rest;
  Eigen::MatrixXf weights;  // samples x bones
  Points centres;           // of the bones

  Reference() : bones(scene().model.skeleton.size()), centres(bones, 3) {
    const RiggedModel& m = scene().model;
    std::vector<int> face;
    rest = sample_surface(m.mesh.verts, m.mesh.faces, kSamples, 1, &face);
    const Eigen::MatrixXf dense = dense_weights(m.skin, bones);
    weights.resize(kSamples, bones);
    for (int i = 0; i < kSamples; ++i)
      weights.row(i) = (dense.row(m.mesh.faces(face[i], 0)) + dense.row(m.mesh.faces(face[i], 1)) + dense.row(m.mesh.faces(face[i], 2))) / 3;
    const auto world = forward_kinematics(m.skeleton, rest_pose(m.skeleton));
    for (int b = 0; b < bones; ++b) centres.row(b) = world[b].topRightCorner<3, 1>();
  }

  double fit_frame(const Points& target_verts) const {
    const Points target = sample_surface(target_verts, scene().model.mesh.faces, kSamples, 2);
    const Cloud target_cloud{target};
    Tree target_tree(3, target_cloud, {10});
    target_tree.buildIndex();
    Eigen::MatrixXf x = Eigen::MatrixXf::Zero(7, bones), first = x, second = x;
    x.row(0).setOnes();
    Points moved(kSamples, 3), slope(kSamples, 3);
    double loss = 0;
    for (int step = 1; step <= kSteps; ++step) {
      std::vector<Mat3> rotation(bones);
      for (int b = 0; b < bones; ++b) rotation[b] = Quat(x(0, b), x(1, b), x(2, b), x(3, b)).normalized().toRotationMatrix();
      for (int i = 0; i < kSamples; ++i) {
        Vec3 p = Vec3::Zero();
        for (int b = 0; b < bones; ++b)
          if (const float w = weights(i, b); w > 0)
            p += w * (rotation[b] * (rest.row(i) - centres.row(b)).transpose() + centres.row(b).transpose() + x.block<3, 1>(4, b));
        moved.row(i) = p;
      }
      const Cloud moved_cloud{moved};
      Tree moved_tree(3, moved_cloud, {10});
      moved_tree.buildIndex();
      slope.setZero();
      loss = 0;
      std::uint32_t found;
      float squared;
      for (int i = 0; i < kSamples; ++i) {
        target_tree.knnSearch(moved.row(i).data(), 1, &found, &squared);
        slope.row(i) += 2.0f / kSamples * (moved.row(i) - target.row(found));
        loss += squared / kSamples;
        moved_tree.knnSearch(target.row(i).data(), 1, &found, &squared);
        slope.row(found) += 2.0f / kSamples * (moved.row(found) - target.row(i));
        loss += squared / kSamples;
      }
      Eigen::MatrixXf gradient = Eigen::MatrixXf::Zero(7, bones);
      for (int b = 0; b < bones; ++b) {
        Mat3 by_rotation = Mat3::Zero();
        for (int i = 0; i < kSamples; ++i)
          if (const float w = weights(i, b); w > 0) {
            gradient.block<3, 1>(4, b) += w * slope.row(i).transpose();
            by_rotation += w * slope.row(i).transpose() * (rest.row(i) - centres.row(b));
          }
        const Vec4 raw = x.block<4, 1>(0, b);
        const float length = raw.norm();
        const Vec4 q = raw / length;
        const float w = q[0], i = q[1], j = q[2], k = q[3];
        Mat3 d[4];
        d[0] << 0, -k, j, k, 0, -i, -j, i, 0;
        d[1] << 0, j, k, j, -2 * i, -w, k, w, -2 * i;
        d[2] << -2 * j, i, w, i, 0, k, -w, k, -2 * j;
        d[3] << -2 * k, -w, i, w, -2 * k, j, i, j, 0;
        Vec4 by_quaternion;
        for (int c = 0; c < 4; ++c) by_quaternion[c] = 2 * (d[c].array() * by_rotation.array()).sum();
        gradient.block<4, 1>(0, b) = (by_quaternion - q * q.dot(by_quaternion)) / length;
      }
      first = 0.9f * first + 0.1f * gradient;
      second = 0.999f * second + 0.001f * gradient.cwiseAbs2();
      const float c1 = 1 - std::pow(0.9f, static_cast<float>(step)), c2 = 1 - std::pow(0.999f, static_cast<float>(step));
      x.array() -= 1e-3f * (first.array() / c1) / ((second.array() / c2).sqrt() + 1e-8f);
    }
    return loss;
  }
};

// Seconds of the reference for all frames, from one frame in the middle of the clip.
double reference_seconds() {
  static const double seconds = [] {
    const Reference reference;
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(reference.fit_frame(scene().target.frames[kFrames / 2]));
    return kFrames * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }();
  return seconds;
}

void fit(benchmark::State& state, const char* correspondences) {
  const double reference = reference_seconds();
  FitOptions options;
  options.correspondences = correspondences;
  double seconds = 0, worst = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = fit_motion(scene().model.skeleton, scene().model.skin, scene().model.mesh.verts,
                                   scene().model.mesh.faces, scene().target, options);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!result) {
      state.SkipWithError(result.error().message.c_str());
      return;
    }
    for (double rms : result->rms) worst = std::max(worst, 100 * rms / result->size);
  }
  state.counters["worst_rms_percent"] = worst;
  state.counters["reference_s_scaled_from_1_frame"] = reference;
  state.counters["times_faster"] = reference / (seconds / static_cast<double>(state.iterations()));
}

BENCHMARK_CAPTURE(fit, vertices, "index")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(fit, surfaces, "surface")->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace mp4d
