// The readers of the programs' own files, given damaged ones: MP4D_FUZZ_RUNS a target (default 300).
#include "core/files.h"
#include "core/rng.h"
#include "io/camera_set.h"
#include "reconstruction/field/field_checkpoint.h"
#include "tests/fuzz/targets.h"
#include "tests/tools/paths.h"
#include <gtest/gtest.h>
#include <cstdlib>
#include <cstring>

namespace mp4d::fuzz {
namespace {

namespace fs = std::filesystem;

/// Sound files of each target.
std::vector<std::string> seeds_of(const std::string& target) {
  const nlohmann::json cameras = cameras_to_json({{make_camera(4, 3, 1.0f), make_camera(4, 3, 0.8f)}, 24});
  if (target == "path") return {cameras.dump()};
  if (target == "batch")
    return {R"({"defaults": {"command": "rig"}, "jobs": [{"name": "a", "input": "a.glb"}, {"command": "edit", "model": "b.glb", "out": "c/{name}.fbx"}]})"};
  if (target == "joints") {
    nlohmann::json joints = nlohmann::json::array();
    for (int j = 0; j < 24; ++j) joints.push_back({0.1 * (j % 3 - 1), 0.07 * j, 0});
    return {joints.dump()};
  }
  if (target == "field") {
    GridLayout layout;
    layout.box = {Vec3::Zero(), Vec3::Ones()};
    layout.resolution = 4;
    const fs::path file = file_of("seed.field", "");
    if (!save_field(file, {nlohmann::json::object(), make_grid_field(layout, 0)})) return {};
    return {read_file(file).value()};
  }
  const nlohmann::json film{{"first", 0},   {"start", 0.0}, {"end", 1.0},        {"step", 1},
                            {"fps", 24.0}, {"max_frames", 0}, {"cameras", cameras}};
  return {R"({"magicpose4d_project": 1, "source": "a.png", "options": {"rig": {}, "export": {}}, "map": {"source": [], "pairs": []}})",
          nlohmann::json{{"magicpose4d_project", 1}, {"film", film}}.dump()};
}

/// One to four changes: bytes, numbers, pieces left out, doubled or exchanged.
std::string damaged(std::string bytes, std::uint64_t run) {
  static const char* const kPieces[] = {"-1", "1e400", "1e38", "0", "null", "[]", "{}", "\"\"", "\"../../x\"", "99999999999999999999", "true", "NaN"};
  std::uint64_t draw = 0;
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(rng::integer(11, run, draw++, static_cast<std::uint32_t>(std::max<std::size_t>(n, 1)))); };
  for (std::size_t change = 0, changes = 1 + below(4); change < changes && !bytes.empty(); ++change) {
    const std::size_t at = below(bytes.size()), length = std::min(bytes.size() - at, 1 + below(12));
    switch (below(6)) {
      case 0: bytes[at] = static_cast<char>(below(256)); break;
      case 1: bytes.erase(at, length); break;
      case 2: bytes.insert(at, bytes.substr(at, length)); break;
      case 3: bytes.resize(at); break;
      case 4: bytes.insert(at, kPieces[below(std::size(kPieces))]); break;
      default: {  // a whole number or word becomes another
        const std::size_t from = bytes.find_first_of("0123456789\"tf", at), to = bytes.find_first_of(",:]}", from);
        if (to != std::string::npos) bytes.replace(from, to - from, kPieces[below(std::size(kPieces))]);
      }
    }
  }
  return bytes;
}

TEST(FuzzApp, SoundFilesAreReadAndDamagedOnesSurvived) {
  const char* asked = std::getenv("MP4D_FUZZ_RUNS");
  const int runs = asked ? std::atoi(asked) : 300;
  for (const Target& target : app_targets()) {
    const std::vector<std::string> seeds = seeds_of(target.name);
    ASSERT_FALSE(seeds.empty()) << target.name;
    for (int run = 0; run < runs; ++run) {
      const std::string input = damaged(seeds[static_cast<std::size_t>(run) % seeds.size()], static_cast<std::uint64_t>(run));
      EXPECT_NO_THROW(target.run(input)) << target.name << " reads run " << run << ": " << input.substr(0, 400);
    }
  }
}

TEST(FuzzApp, EveryReaderSurvivesEveryFileThatBrokeOneAndNoise) {
  std::vector<std::string> inputs{"", "{", "[]", "{}", std::string(60000, '['), std::string(60000, '\xff')};
  for (const auto& entry : fs::recursive_directory_iterator(test::source_folder() / "tests/fuzz/regressions"))
    if (entry.is_regular_file()) inputs.push_back(read_file(entry.path()).value());
  std::string noise;
  for (unsigned i = 0; i < 4096; ++i) noise += static_cast<char>(rng::integer(1, 0, i, 256));
  for (const std::size_t size : {1, 2, 3, 11, 40, 4096}) inputs.push_back(noise.substr(0, size));
  for (const Target& target : app_targets())
    for (const std::string& input : inputs) EXPECT_NO_THROW(target.run(input)) << target.name << " reads " << input.substr(0, 40);
}

TEST(FuzzApp, AFieldThatSaysItIsHugeIsRefusedBeforeMemoryIsTaken) {
  // A header alone, of planes of 4096 samples at 4096 times.
  std::string header(72, '\0');
  const auto put = [&header](std::size_t at, auto value) { std::memcpy(header.data() + at, &value, sizeof value); };
  put(0, std::int32_t{1});
  for (const std::size_t at : {4, 8, 12}) put(at, std::int32_t{4096});
  put(20, std::int32_t{48});
  put(24, std::int32_t{1});
  for (const std::size_t at : {40, 44}) put(at, 1.0f);
  std::string extension(36, '\0');
  const std::int32_t times = 4096;
  std::memcpy(extension.data() + 28, &times, sizeof times);
  const auto field = load_field(file_of("huge.field", "MP4DFIELD3\n" + header + extension));
  ASSERT_FALSE(field);
  EXPECT_NE(field.error().message.find("huge.field: damaged"), std::string::npos) << field.error().message;
}

}  // namespace
}  // namespace mp4d::fuzz
