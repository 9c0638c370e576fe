// How near the joints that the pose network finds in pictures are to the true ones.
//   magicpose4d human dataset --makehuman DIR --count 40 --seed 77 -o people
//   for p in people/*.glb; do magicpose4d render $p -o ${p%.glb}.png --azimuth 0 --elevation 0 --distance 1.2; done
//   measure_landmarks people
#include "io/frames.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/landmark_joints.h"
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fmt/core.h>
#include <map>

using namespace mp4d;

namespace {

Vec3 bone(const human::Joints& joints, int from, int to) { return (joints.row(to) - joints.row(from)).transpose(); }

float degrees_between(const Vec3& a, const Vec3& b) {
  return std::acos(std::clamp(a.normalized().dot(b.normalized()), -1.0f, 1.0f)) * 57.29578f;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: measure_landmarks FOLDER\n");
    return 2;
  }
  const auto network = PersonNetwork::open();
  if (!network) {
    fmt::print(stderr, "{}\n", network.error().message);
    return 1;
  }
  struct Kind {
    const char* name;
    int from, to;
    bool pair;
  };
  constexpr Kind kinds[] = {{"trunk", 0, 12, false},     {"head", 12, 15, false},      {"across the hips", 2, 1, false},
                            {"across the shoulders", 17, 16, false}, {"thigh", 1, 4, true},   {"shin", 4, 7, true},
                            {"foot", 7, 10, true},       {"upper arm", 16, 18, true},  {"forearm", 18, 20, true},
                            {"hand", 20, 22, true}};
  std::map<std::string, std::vector<float>> errors;
  int pictures = 0, refused = 0, swapped = 0;
  double seconds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.path().extension() != ".json") continue;
    const auto image = read_image(std::filesystem::path(entry.path()).replace_extension(".png"));
    const auto truth = human::read_joints(entry.path());
    if (!image || !truth) continue;
    ++pictures;
    const auto start = std::chrono::steady_clock::now();
    const auto people = network->detect(*image);
    if (!people || people->empty()) {
      ++refused;
      continue;
    }
    const auto person = network->landmarks(*image, people->front());
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto joints = person ? human::joints_of_landmarks(*person, image->width, image->height) : Result<human::Joints>(tl::unexpected(person.error()));
    if (!joints) {
      ++refused;
      continue;
    }
    swapped += bone(*joints, 2, 1).dot(bone(*truth, 2, 1)) < 0;
    for (const Kind& kind : kinds)
      for (int side = 0; side <= int(kind.pair); ++side)
        errors[kind.name].push_back(degrees_between(bone(*joints, kind.from + side, kind.to + side), bone(*truth, kind.from + side, kind.to + side)));
  }
  fmt::print("{} pictures, {} refused, {} with the sides swapped, {:.0f} ms each\n| direction of | mean | median | 9 in 10 |\n|---|---|---|---|\n",
             pictures, refused, swapped, 1e3 * seconds / std::max(pictures, 1));
  for (const Kind& kind : kinds) {
    std::vector<float>& list = errors[kind.name];
    if (list.empty()) continue;
    std::sort(list.begin(), list.end());
    double sum = 0;
    for (const float error : list) sum += static_cast<double>(error);
    fmt::print("| {} | {:.1f}° | {:.1f}° | {:.1f}° |\n", kind.name, sum / static_cast<double>(list.size()), list[list.size() / 2], list[list.size() * 9 / 10]);
  }
}
