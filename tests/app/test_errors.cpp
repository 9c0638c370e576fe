// Errors of the commands that no other test provokes.
#include "app/cli/batch_list.h"
#include "app/cli/field_path.h"
#include "app/cli/preview.h"
#include "core/files.h"
#include "io/export.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "process.h"
#include "samples.h"
#include "tests/errors/expect_error.h"
#include "tests/errors/no_descriptors.h"
#include "tests/errors/variable.h"
#include "tests/synthetic/field_scenes.h"
#include "tests/tools/paths.h"
#include <array>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// A folder with what the commands are given: beam.glb with the clip "bend", pair.glb with "walk" besides, bare.glb without a clip,
/// plain.glb without a skeleton, motion.bvh, shape.anime (a frame a key of "bend"), grey.png, colour.png, clip.mp4, list.json.
class CommandErrors : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new Folder;
    RiggedModel beam = bending_beam();
    ASSERT_TRUE(write_glb(file("beam.glb"), beam));
    ASSERT_TRUE(export_model(file("motion.bvh"), beam, {}));
    ASSERT_TRUE(export_model(file("shape.anime"), beam, {}));
    RiggedModel pair = beam;
    pair.clips.push_back(pair.clips[0]);
    pair.clips[1].name = "walk";
    ASSERT_TRUE(write_glb(file("pair.glb"), pair));
    beam.clips.clear();
    ASSERT_TRUE(write_glb(file("bare.glb"), beam));
    RiggedModel renamed = pair;
    for (Joint& joint : renamed.skeleton.joints) joint.name = "other " + joint.name;
    ASSERT_TRUE(write_glb(file("renamed.glb"), renamed));
    beam.skeleton = {};
    beam.skin = {};
    ASSERT_TRUE(write_glb(file("plain.glb"), beam));
    ASSERT_TRUE(write_image(file("grey.png"), Image(8, 8, 1)));
    ASSERT_TRUE(write_image(file("colour.png"), Image(8, 8, 3)));
    ASSERT_TRUE(write_video(file("clip.mp4"), std::vector<Image>(3, Image(32, 32, 3)), 24));
    write_text(file("list.json"), "[1]");
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  static std::string file(const std::string& name) { return *folder_ / name; }

  /// The program ends with `code` and one line of error that holds `text`.
  static void expect_refused(int code, const Words& words, const std::string& text) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.exit_code, code) << outcome.err;
    ASSERT_FALSE(lines(outcome.err).empty()) << text;
    const std::string last = lines(outcome.err).back();
    EXPECT_TRUE(last.starts_with("magicpose4d: error: ")) << outcome.err;
    EXPECT_NE(last.find(text), std::string::npos) << outcome.err << "\nlacks '" << text << "'";
  }

  static Folder* folder_;
};

Folder* CommandErrors::folder_ = nullptr;

TEST_F(CommandErrors, Edit) {
  const std::string out = file("out.glb");
  expect_refused(1, {"edit", file("shape.anime"), "-o", out}, "is a sequence of meshes without a skeleton");
  expect_refused(1, {"edit", file("beam.glb"), "-o", out, "--add", file("bare.glb")}, "bare.glb: has no clips");
  expect_refused(1, {"edit", file("beam.glb"), "-o", out, "--add", file("renamed.glb")}, "renamed.glb: clip 'bend': none of its 2 joints");
  expect_refused(2, {"edit", file("beam.glb"), "-o", out, "--rename", "bend"}, "--rename 'bend': give OLD=NEW");
  expect_refused(2, {"edit", file("pair.glb"), "-o", out, "--rename", "bend=walk"}, "another clip is called 'walk'");
  expect_refused(2, {"edit", file("bare.glb"), "-o", out, "--loop"}, "--loop: there is no clip to change");
}

TEST_F(CommandErrors, Render) {
  const auto refused = [](const Words& more, const std::string& text) {
    Words words{"render", file("beam.glb")};
    words.insert(words.end(), more.begin(), more.end());
    expect_refused(2, words, text);
  };
  refused({"-o", file("a.png"), "--seconds", "3"}, "--seconds: a picture has none");
  refused({"-o", file("a.png"), "--frames", "4", "--time", "0.1"}, "--time: a sheet shows the whole clip");
  refused({"-o", file("a.png"), "--orbit", "90"}, "--orbit: one picture does not turn");
  refused({"-o", file("a.jpg"), "--transparent"}, "--transparent: of pictures only PNG keeps it");
  refused({"-o", file("a.mp4"), "--time", "0.1"}, "--time: not for a video");
  refused({"-o", file("a.ply"), "--size", "64x64"}, "--size: not for a mesh");
  refused({"--dataset", file("data"), "--frames", "4"}, "--frames: not for a data set");
  refused({"-o", file("a.mp4"), "--size", "4096x4096", "--seconds", "100"}, "pictures of 4096x4096 need");
  expect_refused(1, {"render", file("beam.glb"), "-o", "/proc/1/a.png"}, "is not writable");
  fs::create_directory(file("taken.png"));
  expect_refused(1, {"render", file("beam.glb"), "-o", file("taken.png")}, "is there already and is not a regular file");
  expect_refused(1, {"render", file("beam.glb"), "-o", file("nowhere/a.png")}, "does not exist; make it first");
  expect_refused(2, {"render", file("shape.anime"), "-o", file("a.png"), "--clip", "bend"}, "only model files have named clips");
  expect_refused(1, {"render", file("list.json"), "-o", file("a.png")}, "not a model, an .anime file or a folder of meshes");
  fs::create_directory(file("meshes"));
  write_text(file("meshes/0.obj"), "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
  write_text(file("meshes/1.obj"), "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 3 2 1\n");
  expect_refused(1, {"render", file("meshes"), "--dataset", file("data"), "--size", "32x32"}, "its triangles differ from the first frame's");
}

TEST_F(CommandErrors, Transfer) {
  const auto refused = [](int code, const std::string& motion, const std::string& target, const Words& more, const std::string& text) {
    Words words{"transfer", "--motion", file(motion), "--target", file(target), "-o", file("out.glb")};
    words.insert(words.end(), more.begin(), more.end());
    expect_refused(code, words, text);
  };
  fs::create_directory(file("one mesh"));
  write_text(file("one mesh/0.obj"), "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
  refused(2, "beam.glb", "beam.glb", {"--masks", file("masks")}, "beam.glb is not a video");
  refused(2, "shape.anime", "beam.glb", {"--clip", "bend"}, "shape.anime has no named clips");
  refused(2, "clip.mp4", "beam.glb", {"--clip", "bend"}, "clip.mp4 has no named clips");
  refused(1, "list.json", "beam.glb", {}, "not a video, a model, an .anime file or a folder of meshes");
  refused(1, "one mesh", "beam.glb", {}, "one mesh does not move");
  refused(1, "beam.glb", "shape.anime", {}, "shape.anime: not a model; give a rigged model");
  refused(2, "beam.glb", "beam.glb", {"--reference", "--root", "in-place"}, "--root: the published method");
  refused(2, "beam.glb", "beam.glb", {"--no-ik", "--no-contacts"}, "--no-contacts: feet are not placed");
  refused(2, "beam.glb", "beam.glb", {"--no-rigidity", "--max-strain", "0.1"}, "--max-strain: nothing is limited");
}

TEST_F(CommandErrors, Reconstruct) {
  write_text(file("walk.json"), "{\"clip\": \"" + file("clip.mp4") + "\"}");
  expect_refused(2, {"reconstruct", "--config", file("walk.json"), "-o", file("walk.glb")}, "the report would replace the job file");
  fs::create_directory(file("walk"));
  write_text(file("walk/0.obj"), "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
  expect_refused(2, {"reconstruct", file("walk"), "-o", file("a.glb"), "--preview", file("a.mp4")}, "--preview: ");
}

TEST_F(CommandErrors, Evaluate) {
  fs::create_directory(file("truth masks"));
  write_text(file("one.json"), R"({"width": 8, "height": 8, "fx": 8, "fy": 8, "frames":
      [{"world_from_camera_opengl": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}]})");
  const std::string truth = file("shape.anime");
  expect_refused(1, {"evaluate", file("motion.bvh"), "--truth", truth}, "motion.bvh: has no triangles to show");
  expect_refused(1, {"evaluate", file("beam.glb"), "--truth", truth, "--samples", "200", "--masks", file("truth masks"), "--cameras", file("one.json")},
                 "1 cameras for 9 frames");
  expect_refused(2, {"evaluate", file("plain.glb"), "--truth", truth, "--samples", "200", "--truth-model", file("beam.glb")}, "rig it first, or leave it out");
}

TEST_F(CommandErrors, Human) {
  const auto generate = [](const Words& more) {
    Words words{"human", "generate", "-o", file("person.glb")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refused(2, generate({"--pose", file("motion.bvh"), "--frame", "99"}), "motion.bvh has frames 0 to 8");
  expect_refused(2, generate({"--pose", file("clip.mp4"), "--frame", "99"}), "clip.mp4 has frames 0 to 2");
  expect_refused(1, generate({"--pose", file("beam.glb")}), "not a person's skeleton");
  expect_refused(1, generate({"--pose", file("grey.png")}), "people are found in pictures in colour only");
  expect_refused(1, generate({"--memory", "0.4"}), "making a person takes 0.6 GB");
  if (!fs::exists("/dev/nvidia0")) expect_refused(2, generate({"--device", "cuda"}), "--device cuda: LibTorch finds no CUDA device");
  const auto dataset = [](const Words& more) {
    Words words{"human", "dataset", "-o", file("people")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  expect_refused(1, dataset({"--mannequin", "--count", "1", "--pose", file("beam.glb")}), "--pose " + file("beam.glb") + ": not a person's skeleton");
  expect_refused(2, dataset({"--mannequin", "--count", "1000", "--grid"}), "--grid: a sheet shows at most");
  fs::create_directory(file("scans"));
  for (const char* name : {"scans/a.obj", "scans/b.obj"}) write_text(file(name), "v 0 0\n");
  expect_refused(2, dataset({"--scans", file("scans"), "--count", "3"}), "--count: not for scans");
  expect_refused(1, dataset({"--scans", file("scans")}), "none of 2 scans could be used");
}

TEST_F(CommandErrors, MemoryThatIsNotThereIsMissedBeforeTheWork) {
  const std::string out = file("a.png");
  const auto refused = [](const Words& words, const std::string& need, const std::string& remedy) {
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    const std::size_t at = outcome.err.rfind(need + " GB of memory, ");
    ASSERT_NE(at, std::string::npos) << outcome.err << "\nlacks '" << need << "'";
    EXPECT_NE(outcome.err.find(" GB are free; " + remedy, at), std::string::npos) << outcome.err;
  };
  refused({"human", "generate", "-o", file("person.glb"), "--detail", "4", "--memory", "1.2"}, "making a person takes 1.6",
          "lower --detail (now 4), close other programs, or raise --memory");
  refused({"human", "dataset", "--mannequin", "--count", "400", "--grid", "-o", file("people"), "--memory", "0.3"}, "these people need 0.2",
          "leave --grid out, close other programs, or raise --memory");

  // The second mesh would be a thousand million times as large as the first; it is not opened.
  fs::create_directory(file("row"));
  write_text(file("row/0.obj"), "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
  write_text(file("row/1.obj"), "");
  fs::resize_file(file("row/1.obj"), 1'000'000'000'000);
  for (const Words& words : {Words{"render", file("row"), "-o", out}, Words{"evaluate", file("row"), "--truth", file("shape.anime")},
                             Words{"transfer", "--motion", file("row"), "--target", file("beam.glb"), "-o", file("a.glb")}})
    refused(words, "row: its 2 meshes need 2750.0", "put fewer or smaller ones there, close other programs, or raise --memory");
  fs::remove_all(file("row"));

  constexpr std::int32_t kFrames = 20, kVertices = 1'000'000, kTriangles = 1;
  std::string header(12, '\0');
  std::memcpy(header.data(), std::array{kFrames, kVertices, kTriangles}.data(), header.size());
  write_text(file("long.anime"), header);
  fs::resize_file(file("long.anime"), 12 * (1 + kTriangles + std::uintmax_t{kFrames} * kVertices));
  refused({"render", file("long.anime"), "-o", out, "--memory", "0.5"}, "long.anime: its 20 frames need 0.2", "shorten it");
  fs::remove(file("long.anime"));

  ASSERT_EQ(setenv("OMP_NUM_THREADS", "8", 1), 0);
  refused({"evaluate", file("beam.glb"), "--truth", file("shape.anime"), "--samples", "1000000", "--memory", "0.4"}, "with 1000000 samples needs 0.6",
          "lower --samples");
  ASSERT_EQ(unsetenv("OMP_NUM_THREADS"), 0);

  expect_refused(1, {"render", file("beam.glb"), "-o", out, "--size", "4096x4096", "--supersample", "4", "--memory", "0.4"},
                 "not enough memory within --memory 0.4 GB; raise it, or lower --size");
}

TEST_F(CommandErrors, DamagedInstallations) {
  const fs::path assets = file("assets"), whole = source_folder() / "assets";
  fs::create_directories(assets / "human");
  const auto refused = [&](const std::string& words, const std::string& poses, const std::string& text) {
    write_text(assets / "human/words.json", words);
    write_text(assets / "human/poses.json", poses);
    const Variable installed("MP4D_ASSETS", assets);
    expect_refused(1, {"human", "generate", "--text", "a tall man in a red shirt", "-o", file("person.glb")}, text);
  };
  const std::string words = read_file(whole / "human/words.json").value();
  refused("{}", "{}", "words.json: not a vocabulary (no object 'attributes')");
  const std::string poses = read_file(whole / "human/poses.json").value(), wrong = "words.json: a value is not of the kind";
  auto damaged = nlohmann::json::parse(words);
  damaged["attributes"]["tall"]["height"] = "much";
  refused(damaged.dump(), poses, wrong);
  damaged = nlohmann::json::parse(words);
  damaged["parts"]["shirt"] = {"tail"};
  refused(damaged.dump(), poses, wrong);
  damaged = nlohmann::json::parse(words);
  damaged.erase("intensifiers");
  refused(damaged.dump(), poses, wrong);
  refused(words, "{}", "poses.json: expected an object with a list of poses");
  refused(words, R"({"poses": [{}]})", "poses.json: every pose needs a name and rotations");
  refused(words, R"({"poses": [{"name": "a", "rotations": {"tail": [0, 0, 0]}}]})", "pose a: no joint tail");
  refused(words, R"({"poses": [{"name": "a", "rotations": {"left_knee": [0, 0]}}]})", "left_knee must be three angles in degrees");
}

TEST_F(CommandErrors, Field) {
  FieldSceneOptions size;
  size.width = 24, size.height = 18, size.views = 6, size.supersample = 1;
  ASSERT_TRUE(write_transforms_scene(file("scene"), make_room(size)));
  expect_refused(1, {"field", "train", file("scene"), "-o", file("field"), "--resolution", "512", "--memory", "0.4"}, "a grid of 512 voxels a side needs");
  expect_refused(1, {"field", "train", file("scene"), "-o", file("field"), "--field", "tensorf", "--resolution", "512", "--memory", "0.4"},
                 "a grid of 512 voxels a side needs");
}

TEST_F(CommandErrors, Others) {
  ASSERT_TRUE(write_image(file("mask.png"), Mask(8, 8, 1, 255)));
  expect_refused(2, {"rig", file("colour.png"), "-o", file("a.glb"), "--mask", file("mask.png"), "--subject", "0.5,0.5"}, "says what the subject is");
  expect_refused(2, {"rig", file("colour.png"), "-o", file("a.glb"), "--keep"}, "--keep: a picture has no rig to keep");
  expect_refused(1, {"info", file("list.json")}, "holds a JSON array, not a report, camera or job file");
  expect_refused(2, {"field", "eval", file("run"), "--mesh", file("plain.glb")}, "give --mesh-truth, too");
  expect_refused(2, {"field", "mesh", file("run"), "-o", file("a.ply"), "--texture", "64"}, "--texture: is for GLB");
}

TEST_F(CommandErrors, Batch) {
  const auto list = [](const std::string& text, const std::string& preset = {}) {
    write_text(file("jobs.json"), text);
    if (preset.empty()) return read_batch(file("jobs.json"), "", "/tmp");
    write_text(file("preset.json"), preset);
    return read_batch(file("jobs.json"), file("preset.json"), "/tmp");
  };
  expect_error(list(R"([{"command": 3}])"), "job 0: 'command': 3 is not a text");
  expect_error(list(R"([{"command": "edit", "model": {"a": 1}}])"), "'model': {\"a\":1} is neither a text");
  expect_error(list("3"), "must hold an array of jobs, or an object with an array \"jobs\"");
  expect_error(list(R"({"jobs": [], "defaults": 3})"), "\"defaults\" must be an object");
  expect_error(list("[]", "[]"), "must hold a JSON object, not array");
  expect_error(list("[]", R"({"command": 3})"), "preset.json: 'command': 3 is not a text");
  fs::create_directory(file("empty"));
  expect_error(read_batch(file("empty"), "", "/tmp"), "the folder is empty");
  expect_error(batch_of_files({"a.mp4"}, {{"clip", "b.mp4"}}), "the preset of reconstruct leaves nothing for the files of a folder to be");
  const NoDescriptors none;
  expect_error(read_batch(file("empty"), "", "/tmp"), "cannot read the folder");
}

TEST_F(CommandErrors, Paths) {
  FieldRenderOptions options;
  options.spline = true;
  expect_error(field_path({}, options, 3), "--spline: is for the frames of a file");
  write_text(file("no cameras.json"), R"({"frames": []})");
  options.path = file("no cameras.json");
  expect_error(field_path({}, options, 3), "has no frames");
}

TEST_F(CommandErrors, Preview) {
  Frames frames;
  frames.images = {Image(8, 8, 3)};
  ReconstructResult result;
  result.model = bending_beam();
  expect_error(preview_pictures(frames, result), "preview: 1 frames for 0 cameras and 9 poses");
}

}  // namespace
}  // namespace mp4d::test
