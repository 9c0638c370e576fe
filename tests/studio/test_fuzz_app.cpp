// The readers of the programs' own files, given damaged ones: MP4D_FUZZ_RUNS a target (default 300).
#include "app/studio/project_file.h"
#include "core/files.h"
#include "core/json_file.h"
#include "core/rng.h"
#include "io/camera_set.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/checkpoints.h"
#include "reconstruction/field/field_checkpoint.h"
#include "tests/fuzz/damage.h"
#include "tests/fuzz/targets.h"
#include "tests/io/rigged_models.h"
#include "tests/tools/paths.h"
#include <gtest/gtest.h>
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>
#include <sys/stat.h>

namespace mp4d::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlobHeader = 41;  // what stands before the content

/// What a stage of a reconstruction leaves, of a body with two bones in two frames.
std::optional<BlobWriter> stage_of(const std::string& name) {
  const RiggedModel chain = test::make_chain(2, 0.25f, 1, 3);
  const std::vector<Camera> cameras(2, make_camera(4, 3, 1.0f));
  const Pose rest = rest_pose(chain.skeleton);
  if (name == "masks") {
    Mask mask(4, 3, 1);
    mask.at(2, 1) = 255;
    return to_blob(Masks{{mask, mask}, "made"});
  }
  if (name == "guess") {
    CoarseGuess guess;
    guess.category = "made";
    guess.canonical = chain.mesh;
    guess.weights = Eigen::MatrixXf::Constant(chain.mesh.verts.rows(), chain.skeleton.size(), 1.0f / static_cast<float>(chain.skeleton.size()));
    guess.skeleton = chain.skeleton;
    guess.poses = {rest, rest};
    guess.body_from_canonical.assign(2, std::vector<Mat4>(chain.skeleton.joints.size(), Mat4::Identity()));
    guess.limits = {{1, 1, -1, 1, Vec3::Zero()}};
    guess.cameras = cameras;
    return to_blob(guess);
  }
  if (name == "phase1") {
    Phase1Result result;
    result.canonical = chain.mesh;
    result.frames = {chain.mesh.verts, chain.mesh.verts};
    result.cameras = cameras;
    return to_blob(result);
  }
  if (name != "model") return std::nullopt;
  RiggedModel model = chain;
  model.clips = {{"", {0, 1}, {rest, rest}}};
  return to_blob(model, nlohmann::json::object());
}

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
  if (target == "template") return {R"({"magicpose4d_template": 1, "options": {"reconstruct": {"category": "bird", "effort": 0.3}, "export": {"for": "unity"}}})"};
  if (std::optional<BlobWriter> stage = stage_of(target)) return {stage->bytes().substr(kBlobHeader)};
  const nlohmann::json film{{"first", 0},   {"start", 0.0}, {"end", 1.0},        {"step", 1},
                            {"fps", 24.0}, {"max_frames", 0}, {"cameras", cameras}};
  return {R"({"magicpose4d_project": 1, "source": "a.png", "options": {"rig": {}, "export": {}}, "map": {"source": [], "pairs": []}})",
          nlohmann::json{{"magicpose4d_project", 1}, {"film", film}}.dump()};
}

TEST(FuzzApp, SoundFilesAreReadAndDamagedOnesSurvived) {
  const int runs = damaged_runs(300);
  for (const Target& target : app_targets()) {
    const std::vector<std::string> seeds = seeds_of(target.name);
    ASSERT_FALSE(seeds.empty()) << target.name;
    for (int run = 0; run < runs; ++run) {
      const std::string input = damaged(seeds[static_cast<std::size_t>(run) % seeds.size()], static_cast<std::uint64_t>(run));
      EXPECT_NO_THROW(target.run(input)) << target.name << " reads run " << run << ": " << input.substr(0, 400);
    }
  }
}

TEST(FuzzApp, AStageIsReadAsItWasLeftButNotIfTheNextOneCouldNotUseIt) {
  const auto read = [](const std::string& name, const std::function<void(std::string&)>& spoil) {
    std::string bytes = stage_of(name)->bytes().substr(kBlobHeader);
    spoil(bytes);
    auto blob = BlobReader::of_content(bytes);
    nlohmann::json report;
    if (name == "masks") return masks_from_blob(blob, std::vector<Image>(2, Image(4, 3, 3))).has_value();
    if (name == "guess") return guess_from_blob(blob, std::vector<Mask>(2, Mask(4, 3, 1))).has_value();
    if (name == "phase1") return phase1_from_blob(blob, std::vector<Mask>(2, Mask(4, 3, 1))).has_value();
    return model_from_blob(blob, 2, report).has_value();
  };
  const Mesh mesh = test::make_chain(2, 0.25f, 1, 3).mesh;
  const std::string faces(reinterpret_cast<const char*>(mesh.faces.data()), sizeof(int) * static_cast<std::size_t>(mesh.faces.size()));
  const std::string verts(reinterpret_cast<const char*>(mesh.verts.data()), sizeof(float) * static_cast<std::size_t>(mesh.verts.size()));
  const auto put = [](std::string& bytes, const std::string& before, auto value) {
    const std::size_t at = bytes.find(before);
    ASSERT_NE(at, std::string::npos);
    std::memcpy(bytes.data() + at, &value, sizeof value);
  };
  for (const char* name : {"masks", "guess", "phase1", "model"}) {
    EXPECT_TRUE(read(name, [](std::string&) {})) << name;
    EXPECT_FALSE(read(name, [](std::string& bytes) { bytes.resize(bytes.size() - 1); })) << name;
    if (name == std::string("masks")) continue;
    EXPECT_FALSE(read(name, [&](std::string& bytes) { put(bytes, faces, std::int32_t{1 << 20}); })) << name;
    EXPECT_FALSE(read(name, [&](std::string& bytes) { put(bytes, verts, NAN); })) << name;
  }
  auto longer = BlobReader::of_content(stage_of("model")->bytes().substr(kBlobHeader));
  nlohmann::json report;
  EXPECT_FALSE(model_from_blob(longer, 3, report)) << "of another clip";
  auto larger = BlobReader::of_content(stage_of("guess")->bytes().substr(kBlobHeader));
  EXPECT_FALSE(guess_from_blob(larger, std::vector<Mask>(2, Mask(5, 3, 1)))) << "cameras of other pictures";
  const std::size_t side = sizeof(std::uint64_t) + std::string("made").size() + sizeof(std::uint64_t);
  EXPECT_FALSE(read("masks", [&](std::string& bytes) { bytes[side + 2] = 1; }));  // 65,540 pixels wide
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

TEST(FuzzApp, AFieldThatDoesNotFitIsNotRead) {
  GridLayout layout;
  layout.box = {Vec3::Zero(), Vec3::Ones()};
  layout.resolution = 4;
  const fs::path file = file_of("large.field", "");
  ASSERT_TRUE(save_field(file, {nlohmann::json::object(), make_grid_field(layout, 0)}));
  fs::resize_file(file, std::uintmax_t{1} << 43);  // of which the disk has but the beginning
  const auto field = load_field(file);
  fs::remove(file);
  ASSERT_FALSE(field);
  EXPECT_EQ(field.error().code, ErrorCode::kResource);
  EXPECT_NE(field.error().message.find("large.field: this field takes 8796.1 GB"), std::string::npos) << field.error().message;
}

TEST(FuzzApp, DeepFactsOfAFieldAreDamage) {
  GridLayout layout;
  layout.box = {Vec3::Zero(), Vec3::Ones()};
  layout.resolution = 4;
  nlohmann::json deep = 1;
  for (int i = 0; i < 2 * kDeepestJson; ++i) deep = nlohmann::json::array({std::move(deep)});
  const fs::path file = file_of("deep.field", "");
  ASSERT_TRUE(save_field(file, {{{"near", std::move(deep)}}, make_grid_field(layout, 0)}));
  const auto field = load_field(file);
  ASSERT_FALSE(field);
  EXPECT_NE(field.error().message.find("deep.field: damaged"), std::string::npos) << field.error().message;
}

TEST(FuzzApp, PipesAreNotWaitedFor) {
  const TempFolder folder = TempFolder::create().value();
  const fs::path pipe = folder.path() / "p";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(load_field(pipe));
  EXPECT_FALSE(load_project(pipe));
  EXPECT_FALSE(BlobReader::load(pipe));
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
