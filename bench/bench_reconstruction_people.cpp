// Making people from MakeHuman's data (in ../shared/data/makehuman, or MAKEHUMAN=folder): loading, and a random dressed
// person in a random pose on one thread. Counter: triangles of a person.
#include "reconstruction/human/makehuman_archive.h"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <filesystem>

using namespace mp4d;

namespace {

std::filesystem::path data_folder() {
  const char* chosen = std::getenv("MAKEHUMAN");
  return chosen ? chosen : "../shared/data/makehuman";
}

void load(benchmark::State& state) {
  const auto folder = human::makehuman_folder(data_folder());  // unpacked before the clock starts
  if (!folder) return state.SkipWithError(folder.error().message.c_str());
  for (auto _ : state) benchmark::DoNotOptimize(human::BodyGenerator::load(folder->string()));
}

void make(benchmark::State& state) {
  const auto generator = human::load_body_generator(data_folder());
  if (!generator) return state.SkipWithError(generator.error().message.c_str());
  std::uint64_t index = 0;
  double triangles = 0;
  for (auto _ : state) {
    const human::Body body = generator->make(generator->random_attributes(1, index), human::random_pose(1, index));
    triangles += static_cast<double>(body.mesh.faces.rows());
    ++index;
  }
  state.counters["triangles"] = benchmark::Counter(triangles, benchmark::Counter::kAvgIterations);
}

}  // namespace

BENCHMARK(load)->Unit(benchmark::kMillisecond);
BENCHMARK(make)->Unit(benchmark::kMillisecond);
