#include "core/files.h"
#include "io/frames.h"
#include "process.h"
#include "samples.h"
#include "tests/synthetic/field_scenes.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

TEST(Field, PicturesBecomeAFieldItsViewsAndAMesh) {
  Folder folder;
  FieldSceneOptions options;
  options.width = 40;
  options.height = 30;
  options.views = 16;
  options.supersample = 1;
  ASSERT_TRUE(write_transforms_scene(folder.path() / "scene", make_room(options)));
  const std::string scene = folder / "scene", out = folder / "run";
  Outcome done = run({"field", "train", scene, "-o", out, "--steps", "150", "--batch", "512", "--resolution", "32"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("S3IM weight 1"), std::string::npos) << done.out;
  done = run({"field", "eval", out, "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto scores = nlohmann::json::parse(done.out);
  EXPECT_EQ(scores["views"].size(), 2u);
  EXPECT_GT(scores["mean"]["psnr"].get<double>(), 12);
  EXPECT_GT(scores["mean"]["ssim"].get<double>(), 0.1);
  for (const char* file : {"a.png", "a.gif"}) {
    std::vector<std::string> arguments{"field", "render", out, "-o", folder / file, "--size", "32x24"};
    if (std::string(file) == "a.gif") arguments.insert(arguments.end(), {"--seconds", "0.2", "--path", "cameras"});
    EXPECT_EQ(run(arguments).exit_code, 0) << file;
  }
  EXPECT_EQ(read_image(folder / "a.png")->width, 32);
  // Pictures and a mesh of another program, of the run's scene or of a scene alone.
  const PosedScene read = read_posed_scene(scene).value();
  ASSERT_TRUE(make_folder(folder / "theirs"));
  for (const PosedView& view : read.views)
    if (view.held_out) ASSERT_TRUE(write_image(std::filesystem::path(folder / "theirs") / std::filesystem::path(view.name).filename(), view.image));
  for (const std::string& of : {scene, out}) {
    done = run({"field", "eval", of, "--images", folder / "theirs", "--json"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    const auto theirs = nlohmann::json::parse(done.out);
    EXPECT_EQ(theirs["views"].size(), 2u);
    EXPECT_NEAR(theirs["mean"]["ssim_torchmetrics"].get<double>(), 1, 1e-9);
  }
  done = run({"field", "eval", scene, "--images", folder / "theirs", "--hold-out", "8"});
  EXPECT_NE(done.out.find("SSIM-tm"), std::string::npos) << done.out << done.err;
  EXPECT_EQ(run({"field", "eval", out, "--images", folder / "theirs", "--background", "white"}).exit_code, 2);
  EXPECT_EQ(run({"field", "eval", scene, "--mesh-truth", folder / "m.ply"}).exit_code, 1);  // no run, no pictures
  done = run({"field", "mesh", out, "-o", folder / "m.ply"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("triangles"), std::string::npos);
  done = run({"field", "eval", scene, "--mesh", folder / "m.ply", "--mesh-truth", folder / "m.ply", "--samples", "500", "--json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(nlohmann::json::parse(done.out)["mesh"]["f"].get<double>(), 0.5);
  EXPECT_EQ(run({"field", "convert", scene, "-o", folder / "colmap", "--to", "colmap"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder / "colmap/sparse/0/images.bin"));
}

TEST(Field, APictureThatVanishesWhileTheSceneIsReadCostsNothingThatWasThere) {
  Folder folder;
  FieldSceneOptions options;
  options.width = 16, options.height = 12, options.views = 160, options.supersample = 1;
  ASSERT_TRUE(write_transforms_scene(folder.path() / "scene", make_room(options)));
  std::vector<std::filesystem::path> pictures;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path() / "scene"))
    if (entry.path().extension() == ".png") pictures.push_back(entry.path());
  for (const auto& picture : pictures) ASSERT_TRUE(write_image(picture, Image(640, 480, 3, 90)));  // so that reading takes a while
  const std::filesystem::path last = *std::max_element(pictures.begin(), pictures.end());
  const std::vector<std::string> train{"field", "train", folder / "scene", "-o", folder / "run", "--steps", "2", "--batch", "64", "--resolution", "16",
                                       "--max-side", "32", "--progress", "json"};
  const Outcome sound = run(train);
  ASSERT_EQ(sound.exit_code, 0) << sound.err;
  const std::string field = read_file(folder / "run/scene.field").value(), log = read_file(folder / "run/train.json").value();
  Program program(train);
  ASSERT_TRUE(program.wait_for_error_text("\"read\""));
  std::filesystem::remove(last);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find(last.filename().string()), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find("unexpected"), std::string::npos) << outcome.err;
  EXPECT_EQ(read_file(folder / "run/scene.field").value(), field);
  EXPECT_EQ(read_file(folder / "run/train.json").value(), log);
}

TEST(Field, WrongUseIsNamed) {
  Folder folder;
  Outcome wrong = run({"field", "train", folder / "nowhere", "-o", folder / "run"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(wrong.err.find("nowhere"), std::string::npos) << wrong.err;
  wrong = run({"field", "eval", folder.path().string()});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(wrong.err.find("field train"), std::string::npos) << wrong.err;
  EXPECT_EQ(run({"field", "train", folder.path().string(), "-o", folder / "run", "--degree", "7"}).exit_code, 2);
  EXPECT_EQ(run({"field"}).exit_code, 2);
}

}  // namespace
}  // namespace mp4d::test
