// Motion transfer: retargeting and skinning of a target of 10,000 vertices, beside the published notebook's method
// (rewritten, with the same skinning), on the same clip in the same run. Counters: frames a second; the twist left out
// on a chain that only twists.
#include "motion/chain_turns.h"
#include "motion/kinematics.h"
#include "motion/reference_retarget.h"
#include "motion/retarget.h"
#include "tests/motion/walkers.h"

#include <benchmark/benchmark.h>

using namespace mp4d;

namespace {

struct Case {
  RiggedModel source, target;
  Anatomy source_body, target_body;
  ChainMap map;
  Clip clip;
};

const Case& animal_case() {
  static const Case made = [] {
    Case c;
    c.source = testing::skinned(testing::make_animal(), 40);
    c.target = testing::skinned(testing::make_animal(), 110);
    for (Joint& joint : c.target.skeleton.joints) joint.name = "target_" + joint.name;
    c.source_body = find_anatomy(c.source).value();
    c.target_body = find_anatomy(c.target).value();
    c.map = map_chains(c.source_body, c.target_body, false, ForelegSource::kAuto);
    c.clip = testing::sway(c.source, testing::animal_legs(), 600, 0.05f);
    return c;
  }();
  return made;
}

void skin_all(const Case& c, const Clip& clip) {
  for (const Pose& pose : clip.poses)
    benchmark::DoNotOptimize(
        skin_linear(c.target.mesh.verts, c.target.skin, forward_kinematics(c.target.skeleton, pose)).data());
}

void count(benchmark::State& state, const Case& c) {
  state.counters["verts"] = double(c.target.mesh.verts.rows());
  state.counters["frames/s"] =
      benchmark::Counter(double(c.clip.poses.size()) * double(state.iterations()), benchmark::Counter::kIsRate);
}

void transfer(benchmark::State& state) {
  const Case& c = animal_case();
  for (auto _ : state) skin_all(c, retarget(c.source, c.source_body, c.clip, c.target, c.target_body, c.map, {})->clip);
  count(state, c);
}
BENCHMARK(transfer)->Unit(benchmark::kMillisecond)->UseRealTime();

void transfer_without_skinning(benchmark::State& state) {
  const Case& c = animal_case();
  for (auto _ : state)
    benchmark::DoNotOptimize(
        retarget(c.source, c.source_body, c.clip, c.target, c.target_body, c.map, {})->clip.poses.data());
  count(state, c);
}
BENCHMARK(transfer_without_skinning)->Unit(benchmark::kMillisecond)->UseRealTime();

void reference_notebook(benchmark::State& state) {
  const Case& c = animal_case();
  for (auto _ : state)
    skin_all(c, *retarget_reference(c.source, c.source_body, c.clip, c.target, c.target_body, c.map));
  count(state, c);
}
BENCHMARK(reference_notebook)->Unit(benchmark::kMillisecond)->UseRealTime();

/// Chains that bend and twist by known angles, read at chains of other lengths: mean error of rotation about the links.
void twist_error(benchmark::State& state) {
  const auto line = [](int links) {
    std::vector<Vec3> points;
    for (int k = 0; k <= links; ++k) points.emplace_back(0, float(k) / float(links), 0);
    return points;
  };
  const auto truth = [](float u, int which) {
    const float twist = (40.0f + 25.0f * float(which)) * 3.14159265f / 180, bend = 0.15f * float(which);
    return Quat(Eigen::AngleAxisf(bend * u, Vec3::UnitX())) * Quat(Eigen::AngleAxisf(twist * u, Vec3::UnitY()));
  };
  double ours = 0, reference = 0;
  for (auto _ : state) {
    ours = reference = 0;
    int samples = 0;
    for (int which = 0; which < 12; ++which)
      for (const int links : {3, 4, 6, 8})
        for (const int count : {3, 5, 9}) {
          std::vector<Quat> source, target;
          for (int k = 0; k < links; ++k) source.push_back(truth((float(k) + 0.5f) / float(links), which));
          ChainTurns(line(links), line(count), true).map(source, target);
          for (int k = 0; k < count; ++k) {
            const float u = (float(k) + 0.5f) / float(count);
            const Quat right = truth(u, which);
            const Quat smallest = Quat::FromTwoVectors(Vec3::UnitY(), right * Vec3::UnitY());
            ours += std::abs(twist_angle(right.conjugate() * target[k], Vec3::UnitY()));
            reference += std::abs(twist_angle(right.conjugate() * smallest, Vec3::UnitY()));
            ++samples;
          }
        }
    ours *= 180 / 3.14159265 / samples;
    reference *= 180 / 3.14159265 / samples;
  }
  state.counters["ours_deg"] = ours;
  state.counters["reference_deg"] = reference;
}
BENCHMARK(twist_error)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

}  // namespace
