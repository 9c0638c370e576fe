#include "core/files.h"
#include "core/rng.h"
#include "reconstruction/field/field_run.h"
#include "tests/synthetic/field_scenes.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

float normal(std::uint64_t stream, std::size_t i) { return static_cast<float>(rng::normal(6, stream, i)); }
Vec3 vector(std::uint64_t stream, std::size_t i) { return {normal(stream, i), normal(stream + 1, i), normal(stream + 2, i)}; }

/// A field without kinks within its cells' size, so that differences tell its slope.
GridField smooth_field(bool contracted, bool network) {
  GridLayout layout{Aabb(Vec3::Constant(-1), Vec3::Constant(1)), 24, 1, 0.5f};
  layout.network = network;
  if (contracted) {
    layout.contraction = {Vec3::Zero(), Vec3::Constant(0.6f), 0.5f};
    layout.box = layout.contraction.image();
  }
  GridField field = make_grid_field(layout, 0);
  const auto nx = static_cast<std::size_t>(field.size.x()), ny = static_cast<std::size_t>(field.size.y());
  for (std::size_t i = 0; i < field.count(); ++i) {
    const Vec3 at = field.origin + field.cell * Vec3(float(i % nx), float(i / nx % ny), float(i / (nx * ny)));
    for (int j = 0; j < 13; ++j) field.voxel(i)[j] = (network && j > 0 ? 15.0f : 1.5f) * std::sin(at.dot(Vec3(2.1f, -1.3f, 1.7f)) + static_cast<float>(j));
  }
  return field;
}

TEST(RayGradient, AgreesWithCentralDifferences) {
  for (const auto& [contracted, network] : {std::pair(false, false), {true, false}, {false, true}}) {
    const GridField field = smooth_field(contracted, network);
    std::vector<Ray> rays;
    std::vector<Vec3> gradient, background, truth;
    for (std::size_t i = 0; i < 30; ++i) {
      rays.push_back({0.15f * vector(0, i), vector(3, i).normalized()});
      gradient.push_back(vector(6, i));
      background.push_back(Vec3::Zero());
      truth.push_back(Vec3::Zero());
    }
    MarchOptions everything;
    everything.least_weight = 0;
    everything.opaque = 1e-6f;
    std::vector<RayResult> results(rays.size());
    GridMarch march;
    march.forward(field, rays, {}, everything, results, true);
    march.backward(field, rays, gradient, background, truth, {});
    const std::vector<RayGradient> found = ray_gradients(field, rays, march);
    double off = 0, size = 0;
    for (std::size_t i = 0; i < rays.size(); ++i)
      for (int axis = 0; axis < 3; ++axis) {
        constexpr float h = 2e-3f;
        double side[2];
        for (const int sign : {0, 1}) {
          Ray moved = rays[i];
          moved.origin[axis] += sign ? h : -h;
          RayResult seen;
          GridMarch().forward(field, {&moved, 1}, {}, everything, {&seen, 1}, false);
          side[sign] = static_cast<double>(gradient[i].dot(seen.colour));
        }
        const double numeric = (side[1] - side[0]) / (2 * static_cast<double>(h));
        off += std::pow(numeric - static_cast<double>(found[i].origin[axis]), 2);
        size += numeric * numeric;
      }
    EXPECT_GT(size, 0.1);
    EXPECT_LT(std::sqrt(off / size), network ? 0.2 : 0.05) << contracted << network;  // a network has kinks
  }
}

TEST(PoseRefinement, StateIsCompleteAndTheMeanStays) {
  PoseRefinement a(3), b(3);
  std::vector<Ray> rays;
  std::vector<RayGradient> gradients;
  std::vector<std::uint32_t> cameras;
  for (std::size_t i = 0; i < 30; ++i) {
    rays.push_back({vector(0, i), vector(3, i).normalized()});
    gradients.push_back({vector(6, i), vector(9, i)});
    cameras.push_back(static_cast<std::uint32_t>(i % 3));
  }
  a.step(rays, gradients, cameras, 0.01f, 0.02f);
  ASSERT_TRUE(b.restore(a.state()));
  a.step(rays, gradients, cameras, 0.01f, 0.02f);
  b.step(rays, gradients, cameras, 0.01f, 0.02f);
  EXPECT_EQ(a.state(), b.state());
  EXPECT_FALSE(PoseRefinement(2).restore(a.state()));
  Camera camera = make_camera(40, 30, 1);
  Vec3 shift = Vec3::Zero();
  for (std::size_t c = 0; c < 3; ++c) shift += eye_of(a.moved(camera, c)) - eye_of(camera);
  EXPECT_LT(shift.norm(), 1e-5f);
  EXPECT_GT((eye_of(a.moved(camera, 0)) - eye_of(camera)).norm(), 0.01f);
  // A ray that is moved is the moved camera's ray.
  std::vector<Ray> one{{eye_of(camera), ray_direction(camera, {}, 3, 4)}};
  a.move(one, std::vector<std::uint32_t>{1});
  const Camera moved = a.moved(camera, 1);
  EXPECT_LT((one[0].origin - eye_of(moved)).norm(), 1e-5f);
  EXPECT_LT((one[0].direction - ray_direction(moved, {}, 3, 4)).norm(), 1e-5f);
}

TEST(PoseRefinement, PerturbedCamerasComeBack) {
  FieldSceneOptions options;
  options.width = 64;
  options.height = 48;
  options.views = 32;
  options.supersample = 1;
  PosedScene scene = make_room(options);
  std::vector<Camera> exact;
  for (std::size_t v = 0; v < scene.views.size(); ++v) {
    exact.push_back(scene.views[v].camera);
    if (scene.views[v].held_out) continue;
    Iso3& pose = scene.views[v].camera.camera_from_world;
    pose.linear() = Eigen::AngleAxisf(0.05f * normal(20, v), vector(21, v).normalized()) * pose.linear();
    pose.translation() += 0.04f * vector(24, v);
  }
  const auto error = [&](const std::vector<Camera>& cameras) {
    double angle = 0;
    for (std::size_t v = 0; v < exact.size(); ++v)
      angle += static_cast<double>(Eigen::AngleAxisf(exact[v].camera_from_world.linear() * cameras[v].camera_from_world.linear().transpose()).angle());
    return angle;
  };
  double psnr[2];
  for (const bool refine : {false, true}) {
    FieldTrainOptions training;
    training.batch = 1024;
    training.resolution = 48;
    training.refine_poses = refine;
    FieldTrainer trainer = FieldTrainer::create(scene, training).value();
    const double before = error(trainer.cameras());
    for (int i = 0; i < 700; ++i) ASSERT_TRUE(trainer.step(i / 700.0));
    MarchOptions march;
    march.near = trainer.near();
    psnr[refine] = score_field(trainer.field(), scene, march, Vec3::Zero())->psnr;
    if (refine) EXPECT_LT(error(trainer.cameras()), 0.7 * before);
    else EXPECT_EQ(error(trainer.cameras()), before);
  }
  EXPECT_GT(psnr[1], psnr[0] + 0.3);
  FieldTrainOptions factors;
  factors.field = "tensorf";
  factors.refine_poses = true;
  EXPECT_FALSE(FieldTrainer::create(scene, factors));
}

}  // namespace
}  // namespace mp4d
