// One training step of a grid field: 4096 rays of about 40 samples, all of them shaded and given gradients, which is
// more than a trained scene asks for. Forward, S3IM, backward, gathering and optimiser.
#include "core/rng.h"
#include "reconstruction/field/grid_optimiser.h"
#include "reconstruction/field/reference_march.h"
#include "reconstruction/field/s3im.h"
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <omp.h>

namespace mp4d {
namespace {

constexpr std::size_t kRays = 4096;

/// Thin fog in a ball of 20 cells about the centre of a grid of 128, opaque beyond.
GridField ball(int degree) {
  GridField field = make_grid_field({Aabb(Vec3::Constant(-1), Vec3::Constant(1)), 128, degree, 1e-3f}, 0);
  const auto n = static_cast<std::size_t>(field.size.x());
  for (std::size_t i = 0; i < field.count(); ++i) {
    const Vec3 p = field.origin + field.cell * Vec3(float(i % n), float(i / n % n), float(i / n / n));
    field.voxel(i)[0] = p.norm() < 20 * field.cell ? 1.0f : 20.0f;
  }
  return field;
}

std::vector<Ray> rays_from_centre(float cell) {
  std::vector<Ray> rays(kRays);
  for (std::size_t i = 0; i < kRays; ++i) {
    const auto random = [i](std::uint64_t stream) { return static_cast<float>(rng::normal(1, stream, i)); };
    rays[i] = {cell * Vec3(random(3), random(4), random(5)), Vec3(random(0), random(1), random(2)).normalized()};
  }
  return rays;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void Step(benchmark::State& state) {
  omp_set_num_threads(static_cast<int>(state.range(1)));
  GridField field = ball(static_cast<int>(state.range(0)));
  const std::vector<Ray> rays = rays_from_centre(field.cell);
  const std::vector<Vec3> background(kRays, Vec3::Zero());
  std::vector<Vec3> truth(kRays), predicted(kRays), gradient(kRays);
  for (std::size_t i = 0; i < kRays; ++i) truth[i] = 0.5f * (rays[i].direction + Vec3::Ones());
  std::vector<RayResult> results(kRays);
  GridMarch march;
  GridOptimiser optimiser;
  S3im s3im = *S3im::create();
  double best = 1e9, best_s3im = 1e9, samples = 0;
  std::uint64_t step = 0;
  for (auto _ : state) {
    const double start = now();
    march.forward(field, rays, {}, {}, results, true);
    for (std::size_t i = 0; i < kRays; ++i) predicted[i] = results[i].colour;
    const double before = now();
    benchmark::DoNotOptimize(s3im.evaluate<float>({predicted.data()->data(), 3 * kRays}, {truth.data()->data(), 3 * kRays}, 1,
                                                  ++step, {gradient.data()->data(), 3 * kRays}));
    best_s3im = std::min(best_s3im, now() - before);
    march.backward(field, rays, gradient, background, truth, {0.01f, 0.01f});
    optimiser.step(field, march, rays, {1e-5f, 1e-5f, 1e-4f, 1e-5f});
    best = std::min(best, now() - start);
    samples = static_cast<double>(march.visited()) / kRays;
  }
  state.counters["rays_per_s"] = kRays / best;
  state.counters["samples_per_ray"] = samples;
  state.counters["s3im_percent"] = 100 * best_s3im / best;
}
BENCHMARK(Step)->Args({1, 1})->Args({1, 2})->Args({2, 2})->Iterations(60)->Unit(benchmark::kMillisecond);

/// March and gradient alone, fused and by tensor operations, the same samples: the fused one's per ray, which the ball's
/// wall ends.
void AgainstTensorOperations(benchmark::State& state) {
  omp_set_num_threads(2);
  GridField field = ball(1);
  const std::vector<Ray> rays = rays_from_centre(field.cell);
  const std::vector<Vec3> background(kRays, Vec3::Zero()), gradient(kRays, Vec3::Constant(0.1f));
  const std::vector<float> offsets(kRays, 0.5f);
  std::vector<RayResult> results(kRays);
  GridMarch march;
  double fused = 1e9, tensor = 1e9;
  for (auto _ : state) {
    for (int i = 0; i < 10; ++i) {
      const double start = now();
      march.forward(field, rays, offsets, {}, results, true);
      march.backward(field, rays, gradient, background, background, {});
      fused = std::min(fused, now() - start);
    }
    const int steps = static_cast<int>(march.visited() / kRays);
    const double start = now();
    benchmark::DoNotOptimize(reference_march(field, rays, offsets, 0, steps, gradient, background));
    tensor = std::min(tensor, now() - start);
  }
  state.counters["fused_ms"] = 1000 * fused;
  state.counters["tensor_ms"] = 1000 * tensor;
  state.counters["ratio"] = tensor / fused;
}
BENCHMARK(AgainstTensorOperations)->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mp4d
