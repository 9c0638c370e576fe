#include "app/cli/field_path.h"
#include "core/files.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "io/numpy.h"
#include "process.h"
#include "reconstruction/field/scene_geometry.h"
#include "samples.h"
#include "tests/synthetic/field_scenes.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

TEST(Field, PicturesBecomeAFieldItsViewsAndAMesh) {
  Folder folder;
  FieldSceneOptions options;
  options.width = 40;
  options.height = 30;
  options.views = 16;
  options.supersample = 1;
  ASSERT_TRUE(write_transforms_scene(folder.path() / "scene", make_room(options)));
  const std::string scene = folder / "scene", out = folder / "run";
  // With one command, into the run itself.
  Outcome done = run({"field", "train", scene, "-o", out, "--steps", "150", "--batch", "512", "--resolution", "32", "--background", "black", "--video", out + "/orbit.gif",
                      "--mesh", out + "/m.glb"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(read_frames(out + "/orbit.gif")->images.size(), 20u);
  EXPECT_NE(done.out.find("/m.glb: "), std::string::npos) << done.out;
  EXPECT_GT(read_model(out + "/m.glb")->mesh.faces.rows(), 20);
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
  // Normals and depths as pictures and as numbers.
  for (const char* what : {"normal", "depth"})
    for (const char* ending : {".png", ".npy"}) {
      done = run({"field", "render", out, "-o", folder / (what + std::string(ending)), "--size", "32x24", "--what", what});
      EXPECT_EQ(done.exit_code, 0) << done.err;
    }
  const NumpyArray depth = read_npy(folder / "depth.npy").value(), normal = read_npy(folder / "normal.npy").value();
  EXPECT_EQ(depth.shape, (std::vector<std::size_t>{24, 32}));
  EXPECT_EQ(normal.shape, (std::vector<std::size_t>{24, 32, 3}));
  const Image coded = read_image(folder / "normal.png").value();
  const double *d = depth.values.data(), *n = normal.values.data();
  int solid = 0;
  for (std::size_t i = 0; i < depth.values.size(); ++i, n += 3) {
    if (!(d[i] > 0)) continue;
    ++solid;
    EXPECT_LT(d[i], 5);  // metres of the room
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(coded.data[3 * i + c], 255 * (n[c] + 1) / 2, 0.51);
  }
  EXPECT_GT(solid, 100);
  // Pictures and a mesh of another program, of the run's scene or of a scene alone.
  const PosedScene read = read_posed_scene(scene).value();
  ASSERT_TRUE(make_folder(folder / "theirs"));
  for (const PosedView& view : read.views)
    if (view.held_out) {
      ASSERT_TRUE(write_image(std::filesystem::path(folder / "theirs") / std::filesystem::path(view.name).filename(), view.image));
    }
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
  EXPECT_EQ(run({"field", "eval", scene, "--images", folder / "theirs", "--mesh-truth", folder / "m.ply"}).exit_code, 2);
  EXPECT_EQ(run({"field", "eval", scene, "--images", folder / "theirs", "--scene", scene}).exit_code, 2);
  EXPECT_EQ(run({"field", "eval", scene, "--mesh", scene, "--mesh-truth", scene, "--lpips", "net.onnx"}).exit_code, 2);
  done = run({"field", "mesh", out, "-o", folder / "m.ply"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_NE(done.out.find("triangles"), std::string::npos);
  done = run({"field", "eval", scene, "--mesh", folder / "m.ply", "--mesh-truth", folder / "m.ply", "--samples", "20000", "--json"});
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

TEST(Field, ASplineGoesThroughTheFilesPlacesAtAnEvenPace) {
  Folder folder;
  CameraSet keys;
  for (const Vec3& eye : {Vec3(0, 0, 4), Vec3(3, 1, 3), Vec3(4, 1, -1), Vec3(1, 0, -4)}) {
    keys.cameras.push_back(make_camera(48, 36, 0.8f));
    keys.cameras.back().camera_from_world = look_at(eye, Vec3::Zero());
  }
  write_text(folder / "path.json", cameras_to_json(keys).dump());
  FieldRenderOptions options;
  options.path = folder / "path.json";
  EXPECT_EQ(field_path({}, options, 90)->size(), 4u);  // the pictures themselves
  options.spline = true;
  const std::vector<Camera> path = field_path({}, options, 91).value();
  ASSERT_EQ(path.size(), 91u);
  EXPECT_EQ(path[7].width, 48);
  for (const Camera& key : keys.cameras) {
    float nearest = 1e9f, turn = 0;
    for (const Camera& camera : path) {
      const float off = (eye_of(camera) - eye_of(key)).norm();
      if (off < nearest) nearest = off, turn = Quat(camera.camera_from_world.linear()).angularDistance(Quat(key.camera_from_world.linear()));
    }
    EXPECT_LT(nearest, 0.08f);
    EXPECT_LT(turn, 0.6f);  // rotations are smoothed over neighbours, a quarter turn away
  }
  EXPECT_LT((eye_of(path.front()) - eye_of(keys.cameras.front())).norm() + (eye_of(path.back()) - eye_of(keys.cameras.back())).norm(), 1e-3f);
  float shortest = 1e9f, longest = 0;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const float step = (eye_of(path[i]) - eye_of(path[i - 1])).norm();
    shortest = std::min(shortest, step);
    longest = std::max(longest, step);
  }
  EXPECT_LT(longest, 1.1f * shortest);
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

TEST(Field, AChangedPictureIsAnotherScene) {
  const Folder folder;
  FieldSceneOptions options;
  options.width = 16, options.height = 12, options.views = 8, options.supersample = 1;
  ASSERT_TRUE(write_transforms_scene(folder.path() / "scene", make_room(options)));
  const std::vector<std::string> train{"field", "train", folder / "scene", "-o", folder / "run", "--steps", "4", "--batch", "64", "--resolution", "16"};
  ASSERT_EQ(run(train).exit_code, 0);
  const Outcome again = run(train);
  EXPECT_EQ(again.exit_code, 0) << again.err;
  const std::string field = read_file(folder / "run/scene.field").value();
  for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "scene"))
    if (entry.path().extension() == ".png") {
      ASSERT_TRUE(write_image(entry.path(), Image(16, 12, 3, 90)));
      break;
    }
  const Outcome changed = run(train);
  EXPECT_EQ(changed.exit_code, 2) << changed.err;
  EXPECT_NE(changed.err.find("holds a field of another scene"), std::string::npos) << changed.err;
  EXPECT_EQ(read_file(folder / "run/scene.field").value(), field);
}

TEST(Field, MoreThanTheMemoryHoldsIsRefusedBeforeTheWork) {
  const Folder folder;
  const fs::path scene = folder.path() / "scene";
  fs::create_directories(scene / "images");
  ASSERT_TRUE(write_image(scene / "images/0.png", Image(4000, 3000, 1, 90)));
  nlohmann::json frames = nlohmann::json::array();
  for (int i = 0; i < 24; ++i) {
    const std::string name = "images/" + std::to_string(i) + ".png";
    if (i > 0) fs::create_hard_link(scene / "images/0.png", scene / name);
    frames.push_back({{"file_path", name}, {"transform_matrix", {{1, 0, 0, 0.1 * i}, {0, 1, 0, 0}, {0, 0, 1, 3}, {0, 0, 0, 1}}}});
  }
  write_text((scene / "transforms.json").string(), nlohmann::json{{"camera_angle_x", 0.8}, {"frames", frames}}.dump());
  Outcome done = run({"field", "train", scene, "-o", folder / "run", "--steps", "2", "--memory", "0.7"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.err.find("scene: 24 pictures such as the last of 4000 x 3000 pixels need 0.9 GB"), std::string::npos) << done.err;
  EXPECT_NE(done.err.find("--max-side"), std::string::npos) << done.err;
  EXPECT_FALSE(fs::exists(folder.path() / "run/scene.field"));

  done = run({"field", "train", scene, "-o", folder / "run", "--steps", "2", "--memory", "0.7", "--max-side", "64", "--bounds", "-1,-1,-1,5,1,1", "--resolution", "32", "--batch", "64"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  done = run({"field", "mesh", folder / "run", "-o", folder / "m.glb", "--texture", "8192", "--memory", "1"});
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_NE(done.err.find("seen by 24 cameras, needs 3.0 GB of memory"), std::string::npos) << done.err;
  EXPECT_FALSE(fs::exists(folder / "m.glb"));
}

}  // namespace
}  // namespace mp4d::test
