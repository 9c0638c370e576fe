// Auto-rigging and heat weights. The reference factorises once per bone, as an implementation without a shared
// factorisation must: ratio = reference time / our time in the same run.
#include "motion/auto_rig.h"
#include "motion/kinematics.h"
#include "motion/laplacian.h"
#include "motion/skin_weights.h"
#include "tests/motion/bodies.h"

#include <Eigen/SparseCholesky>
#include <benchmark/benchmark.h>

using namespace mp4d;

namespace {

void auto_rig_person(benchmark::State& state) {
  const Mesh mesh = testing::make_person().mesh(int(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(auto_rig(mesh)->model.skin.weights.data());
  state.counters["verts"] = double(mesh.verts.rows());
}
BENCHMARK(auto_rig_person)->Arg(120)->Unit(benchmark::kMillisecond)->UseRealTime();

struct WeightCase {
  Mesh mesh;
  Skeleton skeleton;
  VoxelGrid solid;
};

const WeightCase& large_person() {
  static const WeightCase person = [] {
    const testing::Body body = testing::make_person();
    WeightCase c{body.mesh(270), body.skeleton, {}};
    c.solid = voxelise(c.mesh, {.resolution = 128})->distance;
    return c;
  }();
  return person;
}

void weights(benchmark::State& state) {
  const WeightCase& c = large_person();
  for (auto _ : state) benchmark::DoNotOptimize(heat_weights(c.mesh, c.skeleton, c.solid)->skin.weights.data());
  state.counters["verts"] = double(c.mesh.verts.rows());
  state.counters["bones"] = double(bone_segments(c.skeleton).size());
}
BENCHMARK(weights)->Unit(benchmark::kMillisecond)->UseRealTime();

void weights_reference_factorisation_per_bone(benchmark::State& state) {
  const WeightCase& c = large_person();
  const SparseMatrix laplacian = cotangent_laplacian(c.mesh.verts, c.mesh.faces);
  const Eigen::VectorXd mass = lumped_mass(c.mesh.verts, c.mesh.faces);
  const auto bones = bone_segments(c.skeleton);
  for (auto _ : state)
    for (const BoneSegment& bone : bones) {
      Eigen::VectorXd heat(c.mesh.verts.rows()), right = Eigen::VectorXd::Zero(c.mesh.verts.rows());
      for (Eigen::Index v = 0; v < heat.size(); ++v) {
        const Vec3 p = c.mesh.verts.row(v), ab = bone.b - bone.a;
        const Vec3 q = bone.a + std::clamp((p - bone.a).dot(ab) / ab.squaredNorm(), 0.0f, 1.0f) * ab;
        heat[v] = mass[v] / std::max(1e-6f, (p - q).squaredNorm());
        if ((p - q).norm() < 0.1f) right[v] = heat[v];
      }
      SparseMatrix system = laplacian;
      system.diagonal() += heat;
      Eigen::SimplicialLDLT<SparseMatrix> solver(system);
      benchmark::DoNotOptimize(solver.solve(right).eval().data());
    }
}
BENCHMARK(weights_reference_factorisation_per_bone)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
