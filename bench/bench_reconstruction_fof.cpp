// Fourier occupancy fields of random dressed people (MakeHuman's data in ../shared/data/makehuman, or MAKEHUMAN=folder):
// mesh to field, field to mesh, and what is lost for a number of bands. `one_thread` is the baseline of the ratio.
#include "reconstruction/human/fof.h"
#include "reconstruction/human/human_frame.h"
#include "reconstruction/human/makehuman_archive.h"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>
#include <omp.h>

using namespace mp4d;
using namespace mp4d::human;

namespace {

struct Person {
  Mesh mesh;  ///< in the cube
  std::vector<std::uint8_t> closed;
};

std::vector<Person> people(int count) {
  const char* chosen = std::getenv("MAKEHUMAN");
  const auto generator = load_body_generator(chosen ? chosen : "../shared/data/makehuman");
  std::vector<Person> made;
  if (!generator) return made;
  for (int i = 0; i < count; ++i) {
    const Body body = generator->make(generator->random_attributes(3, std::uint64_t(i)), random_pose(3, std::uint64_t(i)));
    Person person;
    person.mesh.verts = frame_of(body.joints).to_cube(body.mesh.verts);
    person.mesh.faces = body.mesh.faces;
    person.closed = closed_shell_faces(person.mesh.faces, person.mesh.verts.rows());
    made.push_back(std::move(person));
  }
  return made;
}

const std::vector<Person>& some_people() {
  static const std::vector<Person> made = people(12);
  return made;
}

void encode(benchmark::State& state, int threads) {
  if (some_people().empty()) return state.SkipWithError("no MakeHuman data");
  omp_set_num_threads(threads);
  const int resolution = int(state.range(0));
  std::size_t i = 0;
  for (auto _ : state) {
    const Person& person = some_people()[i++ % some_people().size()];
    benchmark::DoNotOptimize(fourier_occupancy(ray_intervals(person.mesh, resolution, person.closed), 32));
  }
  omp_set_num_threads(omp_get_num_procs());
}
void encode_one_thread(benchmark::State& state) { encode(state, 1); }
void encode_all_threads(benchmark::State& state) { encode(state, omp_get_num_procs()); }

void decode(benchmark::State& state) {
  if (some_people().empty()) return state.SkipWithError("no MakeHuman data");
  const Person& person = some_people()[0];
  const FourierOccupancy field = fourier_occupancy(ray_intervals(person.mesh, 256, person.closed), 32);
  for (auto _ : state) benchmark::DoNotOptimize(field_surface(field, 256, 0.5f, state.range(0) != 0, true));
}

// Share of the union of the exact solid and of the series' along every ray, by depth samples.
void round_trip(benchmark::State& state) {
  if (some_people().empty()) return state.SkipWithError("no MakeHuman data");
  constexpr int kResolution = 128, kDepths = 1024;
  double iou = 0;
  for (auto _ : state) {
    double both = 0, either = 0;
    for (const Person& person : some_people()) {
      const RayIntervals rays = ray_intervals(person.mesh, kResolution, person.closed);
      const std::vector<float> volume = occupancy_volume(fourier_occupancy(rays, int(state.range(0))), kDepths);
      const std::size_t pixels = std::size_t(kResolution) * kResolution;
      for (std::size_t p = 0; p < pixels; ++p)
        for (int d = 0; d < kDepths; ++d) {
          const float t = 2 * (float(d) + 0.5f) / kDepths;
          bool truth = false;
          for (std::uint32_t i = rays.first[p]; i < rays.first[p + 1]; ++i) truth |= t > rays.intervals[i].in && t < rays.intervals[i].out;
          const bool series = volume[std::size_t(d) * pixels + p] > 0.5f;
          both += truth && series;
          either += truth || series;
        }
    }
    iou = both / either;
  }
  state.counters["iou"] = iou;
}

}  // namespace

BENCHMARK(encode_one_thread)->Arg(128)->Arg(512)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(encode_all_threads)->Arg(128)->Arg(512)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(decode)->Arg(0)->Arg(1)->ArgName("smooth")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(round_trip)->Arg(8)->Arg(16)->Arg(32)->Arg(48)->Arg(64)->Arg(128)->ArgName("bands")->Iterations(1)->Unit(benchmark::kMillisecond);
