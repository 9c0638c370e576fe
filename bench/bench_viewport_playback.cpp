// What the processor does for one frame of a playing clip of 50,000 vertices and 60 joints: with skinning in the vertex
// shader (sampling, kinematics, the palette), and with skinning on the processor beside it.
#include "motion/kinematics.h"
#include "render/viewport/gl_view.h"
#include <benchmark/benchmark.h>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kRings = 500, kSegments = 100, kJoints = 60, kKeys = 48;

/// A tube along a chain of joints that waves.
RiggedModel waving_tube() {
  RiggedModel model;
  for (int j = 0; j < kJoints; ++j) {
    Joint joint{std::string("j").append(std::to_string(j)), j - 1, {}};
    if (j > 0) joint.rest.translation = Vec3(0, 2.0f / kJoints, 0);
    model.skeleton.joints.push_back(joint);
  }
  const Eigen::Index count = kRings * kSegments;
  model.mesh.verts.resize(count, 3);
  model.skin.joints.resize(count, 4);
  model.skin.weights.resize(count, 4);
  for (int r = 0; r < kRings; ++r)
    for (int s = 0; s < kSegments; ++s) {
      const Eigen::Index v = r * kSegments + s;
      const float a = 2 * static_cast<float>(M_PI) * s / kSegments;
      model.mesh.verts.row(v) << 0.1f * std::cos(a), 2.0f * r / kRings, 0.1f * std::sin(a);
      const int joint = std::min(kJoints - 4, r * kJoints / kRings);
      model.skin.joints.row(v) << joint, joint + 1, joint + 2, joint + 3;
      model.skin.weights.row(v) << 0.4f, 0.3f, 0.2f, 0.1f;
    }
  model.mesh.normals = model.mesh.verts.rowwise().normalized();
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  Clip clip{"wave", {}, {}};
  for (int k = 0; k < kKeys; ++k) {
    Pose pose = rest_pose(model.skeleton);
    for (int j = 0; j < kJoints; ++j)
      pose[j].rotation = Quat(Eigen::AngleAxisf(0.05f * std::sin(0.3f * k + 0.2f * j), Vec3::UnitX()));
    clip.times.push_back(k / 24.0);
    clip.poses.push_back(std::move(pose));
  }
  model.clips = {std::move(clip)};
  return model;
}

void frame_with_skinning_in_the_shader(benchmark::State& state) {
  const RiggedModel model = waving_tube();
  double time = 0;
  for (auto _ : state) {
    const auto joints = forward_kinematics(model.skeleton, sample_clip(model.clips[0], time));
    benchmark::DoNotOptimize(skinning_palette(model.skin, joints));
    time = std::fmod(time + 1 / 60.0, 1.9);
  }
}
BENCHMARK(frame_with_skinning_in_the_shader)->Unit(benchmark::kMillisecond);

void frame_with_skinning_on_the_processor(benchmark::State& state) {
  const RiggedModel model = waving_tube();
  ViewFrame frame;
  frame.mesh = std::make_shared<const Mesh>(model.mesh);
  frame.skin = std::make_shared<const Skin>(model.skin);
  double time = 0;
  for (auto _ : state) {
    frame.root_from_joint = forward_kinematics(model.skeleton, sample_clip(model.clips[0], time));
    benchmark::DoNotOptimize(posed_mesh(frame));
    time = std::fmod(time + 1 / 60.0, 1.9);
  }
}
BENCHMARK(frame_with_skinning_on_the_processor)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace mp4d
