// transfer: the motion of one file on the model of another.
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "samples.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/scene.h"
#include "tests/tools/validator.h"
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

TEST(Transfer, OntoItselfEveryFrameIsTheSame) {
  Folder folder;
  const RiggedModel beam = bending_beam();
  ASSERT_TRUE(write_glb(folder / "beam.glb", beam));
  const Outcome outcome = run({"transfer", "--motion", folder / "beam.glb", "--clip", "ben", "--target",
                               folder / "beam.glb", "-o", folder / "out.glb"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("the same skeleton"), std::string::npos) << outcome.out;
  const auto model = read_model(folder / "out.glb");
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->clips.size(), 1u);
  const MeshSequence expected = animate(beam, beam.clips[0]), found = animate(*model, model->clips[0]);
  ASSERT_EQ(expected.frames.size(), found.frames.size());
  for (std::size_t t = 0; t < expected.frames.size(); ++t)
    EXPECT_LT((expected.frames[t] - found.frames[t]).cwiseAbs().maxCoeff(), 1e-5f);
}

TEST(Transfer, TheResultPassesTheValidator) {
  Folder folder;
  ASSERT_TRUE(write_glb(folder / "beam.glb", bending_beam()));
  ASSERT_EQ(
      run({"transfer", "--motion", folder / "beam.glb", "--target", folder / "beam.glb", "-o", folder / "out.glb"})
          .exit_code,
      0);
  expect_valid_glb({folder / "out.glb"});
}

TEST(Transfer, AMeshIsRiggedAndTheMapCanBeKeptAndUsed) {
  Folder folder;
  ASSERT_TRUE(write_glb(folder / "beam.glb", bending_beam()));
  ASSERT_TRUE(write_mesh(folder / "beam.obj", bending_beam().mesh));
  const std::vector<std::string> common{"transfer", "--motion", folder / "beam.glb", "--target", folder / "beam.glb"};
  std::vector<std::string> first{"transfer",
                                 "--motion",
                                 folder / "beam.glb",
                                 "--target",
                                 folder / "beam.obj",
                                 "--template",
                                 "none",
                                 "--resolution",
                                 "48",
                                 "-o",
                                 folder / "rigged.glb",
                                 "--show-rest",
                                 folder / "rest.png"};
  Outcome outcome = run(first);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("trunk"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(folder / "rest.png"));
  std::vector<std::string> save = common;
  save.insert(save.end(), {"-o", folder / "a.glb", "--save-map", folder / "map.json"});
  outcome = run(save);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::vector<std::string> use = common;
  use.insert(use.end(), {"-o", folder / "b.glb", "--map", folder / "map.json", "--root", "in-place"});
  outcome = run(use);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
}

TEST(Transfer, AMovingMeshIsASourceToo) {
  Folder folder;
  const RiggedModel beam = bending_beam();
  ASSERT_TRUE(write_anime(folder / "beam.anime", animate(beam, beam.clips[0])));
  ASSERT_TRUE(write_mesh(folder / "beam.obj", beam.mesh));
  const Outcome outcome = run({"transfer", "--motion", folder / "beam.anime", "--target", folder / "beam.obj",
                               "--template", "none", "--resolution", "48", "-o", folder / "out.glb"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto model = read_model(folder / "out.glb");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->clips[0].poses.size(), beam.clips[0].poses.size());
  const MeshSequence moved = animate(*model, model->clips[0]);
  EXPECT_GT((moved.frames.front() - moved.frames.back()).cwiseAbs().maxCoeff(), 0.1f);  // it does bend
}

TEST(Transfer, AFilmedWalkIsASourceToo) {
  Folder folder;
  SceneOptions scene;
  scene.width = scene.height = 128;
  scene.frames = 8;
  const RiggedModel walker = make_quadruped();
  const SyntheticClip clip = film(walker, walker.clips.front(), scene);
  for (const char* kind : {"frames", "masks"}) ASSERT_TRUE(std::filesystem::create_directory(folder / kind));
  for (std::size_t t = 0; t < clip.masks.size(); ++t) {
    ASSERT_TRUE(write_image(folder / fmt::format("frames/{:04}.png", t), clip.frames.images[t]));
    ASSERT_TRUE(write_image(folder / fmt::format("masks/{:04}.png", t), clip.masks[t]));
  }
  ASSERT_TRUE(write_glb(folder / "target.glb", walker));
  const Outcome outcome = run({"transfer", "--motion", folder / "frames", "--masks", folder / "masks", "--target",
                               folder / "target.glb", "-o", folder / "moved.glb"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto moved = read_model(folder / "moved.glb");
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->mesh.verts.rows(), walker.mesh.verts.rows());
  ASSERT_EQ(moved->clips.size(), 1u);
  EXPECT_EQ(moved->clips[0].times.size(), 8u);
  EXPECT_EQ(run({"transfer", "--motion", folder / "target.glb", "--masks", folder / "masks", "--target",
                 folder / "target.glb", "-o", folder / "again.glb"})
                .exit_code,
            2);
}

TEST(Transfer, ClipsAreChosenAsEverywhereAndOneThatStandsStillIsNamed) {
  Folder folder;
  RiggedModel model = bending_beam();
  Clip& bend = model.clips[0];
  bend.name = "Bend_long";
  Clip still{"Still", bend.times, std::vector<Pose>(bend.poses.size(), bend.poses.front())};
  Clip short_name = bend;
  short_name.name = "Bend";
  model.clips.insert(model.clips.begin(), still);
  model.clips.push_back(short_name);
  ASSERT_TRUE(write_glb(folder / "model.glb", model));
  const auto transfer = [&](const std::string& clip) {
    return run({"transfer", "--motion", folder / "model.glb", "--clip", clip, "--target", folder / "model.glb", "-o",
                folder / "out.glb"});
  };
  Outcome outcome = transfer("ben");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err.find("does not move"), std::string::npos) << outcome.err;
  auto moved = read_model(folder / "out.glb");
  ASSERT_TRUE(moved) << moved.error().message;
  ASSERT_EQ(moved->clips.size(), 1u);
  EXPECT_EQ(moved->clips[0].name, "Bend");
  outcome = transfer("Still,Bend_long");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("clip 'Still' does not move; the file has: Still, Bend_long, Bend"), std::string::npos)
      << outcome.err;
  moved = read_model(folder / "out.glb");
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->clips.size(), 2u);
}

TEST(Transfer, ErrorsNameTheFileAndTheRemedy) {
  Folder folder;
  RiggedModel still = bending_beam();
  ASSERT_TRUE(write_glb(folder / "beam.glb", still));
  still.clips.clear();
  ASSERT_TRUE(write_glb(folder / "still.glb", still));
  write_text(folder / "bad.json", "{\"pairs\": 3}");
  const auto transfer = [&](std::vector<std::string> extra) {
    extra.insert(extra.begin(), "transfer");
    extra.insert(extra.end(), {"-o", folder / "out.glb"});
    return run(extra);
  };
  Outcome outcome = transfer({"--motion", folder / "still.glb", "--target", folder / "beam.glb"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("has no animation"), std::string::npos) << outcome.err;
  outcome = transfer({"--motion", folder / "beam.glb", "--clip", "jump", "--target", folder / "beam.glb"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("it has: bend"), std::string::npos) << outcome.err;
  outcome = transfer({"--motion", folder / "beam.glb", "--target", folder / "beam.glb", "--map", folder / "bad.json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("bad.json"), std::string::npos) << outcome.err;
  write_text(folder / "bad.json", R"({"pairs": [{"source": "wing left", "target": "trunk"}]})");
  outcome = transfer({"--motion", folder / "beam.glb", "--target", folder / "beam.glb", "--map", folder / "bad.json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("bad.json: the source has no chain 'wing left'"), std::string::npos) << outcome.err;
  write_text(folder / "bad.json", R"({"source": {"trunk": ["nobody"]}})");
  outcome = transfer({"--motion", folder / "beam.glb", "--target", folder / "beam.glb", "--map", folder / "bad.json"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("bad.json: "), std::string::npos) << outcome.err;
  outcome = transfer({"--motion", folder / "beam.glb", "--target", folder / "beam.glb", "--fps", "12"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("--fps"), std::string::npos) << outcome.err;
  EXPECT_EQ(transfer({"--motion", folder / "absent.glb", "--target", folder / "beam.glb"}).exit_code, 1);
  EXPECT_EQ(
      transfer({"--motion", folder / "beam.glb", "--target", folder / "beam.glb", "--root", "sideways"}).exit_code, 2);
  outcome = transfer({"--motion", folder / "beam.glb", "--target", folder / "beam.glb", "--reference", "--no-ik"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("--no-ik"), std::string::npos) << outcome.err;
  EXPECT_EQ(
      transfer({"--motion", folder / "beam.glb", "--target", folder / "beam.glb", "--template", "human"}).exit_code, 2);
  EXPECT_EQ(folder.listing(), "bad.json,beam.glb,still.glb");
}

}  // namespace
}  // namespace mp4d::test
