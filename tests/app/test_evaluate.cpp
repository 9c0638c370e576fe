// evaluate: a result against itself is perfect, against something else is not, and every kind of result is taken.
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "samples.h"
#include "tests/synthetic/creatures.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

struct Scene {
  Folder folder;
  RiggedModel beam = bending_beam();
  Scene() {
    EXPECT_TRUE(write_glb(folder / "beam.glb", beam));
    EXPECT_TRUE(write_anime(folder / "gt.anime", animate(beam, beam.clips[0])));
  }
  nlohmann::json scores(const std::string& result, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"evaluate", result,      "--truth", folder / "gt.anime",
                                       "--json",   "--samples", "12000",   "--progress", "none"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.exit_code == 0 ? nlohmann::json::parse(outcome.out) : nlohmann::json();
  }
};

TEST(Evaluate, TheTruthScoresBestAndAStillWorse) {
  const Scene scene;
  const auto clip = scene.scores(scene.folder / "beam.glb");
  EXPECT_EQ(clip["frames"], 9);
  EXPECT_EQ(clip["per_frame"].size(), 9u);
  EXPECT_GT(clip["f2"], 99);
  EXPECT_NEAR(clip["jitter_ratio"].get<double>(), 1, 0.01);
  EXPECT_NEAR(clip["bone_length_variation"].get<double>(), 0, 1e-4);
  EXPECT_TRUE(clip.contains("angular_acceleration"));

  const auto anime = scene.scores(scene.folder / "gt.anime");
  EXPECT_NEAR(anime["chamfer"].get<double>(), clip["chamfer"].get<double>(), 0.1);
  EXPECT_FALSE(anime.contains("bone_length_variation"));

  ASSERT_TRUE(write_mesh(scene.folder / "still.ply", scene.beam.mesh));
  const auto still = scene.scores(scene.folder / "still.ply");
  EXPECT_EQ(still["still"], true);
  EXPECT_GT(still["chamfer"].get<double>(), 2 * clip["chamfer"].get<double>());
}

TEST(Evaluate, MasksOfTheTrueCamerasAreCovered) {
  const Scene scene;
  ASSERT_EQ(run({"render", scene.folder / "beam.glb", "--dataset", scene.folder / "set", "--size", "96x96"}).exit_code, 0);
  const auto scores = scene.scores(scene.folder / "beam.glb", {"--masks", scene.folder / "set/masks", "--cameras",
                                                               scene.folder / "set/cameras.json"});
  EXPECT_GT(scores["mask_iou"], 0.97);
}

TEST(Evaluate, TheTableShowsTheMeans) {
  const Scene scene;
  const Outcome outcome =
      run({"evaluate", scene.folder / "beam.glb", "--truth", scene.folder / "gt.anime", "--samples", "1000"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* part : {"Chamfer distance", "F-score at 5 %", "bone length variation", "surface acceleration"})
    EXPECT_NE(outcome.out.find(part), std::string::npos) << outcome.out << " lacks " << part;
}

TEST(Evaluate, MotionIsScoredAgainstTheModelThatTheTruthShows) {
  const Folder folder;
  RiggedModel walker = make_quadruped(24);
  ASSERT_TRUE(write_glb(folder / "walker.glb", walker));
  Clip still = walker.clips.front();
  for (Pose& pose : still.poses) pose = rest_pose(walker.skeleton);
  still.name = "still";
  // Half the speed, twice the size, lying: none of that is motion.
  MeshSequence truth;
  truth.faces = walker.mesh.faces;
  for (int t = 0; t < 30; ++t) {
    const Pose pose = sample_clip(walker.clips.front(), t / 48.0);
    truth.frames.push_back(skin_linear(walker.mesh.verts, walker.skin, forward_kinematics(walker.skeleton, pose)));
    truth.frames.back() = (2 * truth.frames.back() * Quat(Eigen::AngleAxisf(1.5f, Vec3::UnitX())).matrix()).eval();
    truth.times.push_back(t / 24.0);
  }
  ASSERT_TRUE(write_anime(folder / "gt.anime", truth));
  RiggedModel two = walker;
  two.clips = {still, walker.clips.front()};
  ASSERT_TRUE(write_glb(folder / "two.glb", two));
  RiggedModel slow = walker;
  slow.clips = {{"slow", truth.times, {}}};
  for (int t = 0; t < 30; ++t) slow.clips[0].poses.push_back(sample_clip(walker.clips.front(), t / 48.0));
  ASSERT_TRUE(write_glb(folder / "slow.glb", slow));

  const auto scored = [&](const std::string& result) {
    const Outcome outcome = run({"evaluate", result, "--truth", folder / "gt.anime", "--truth-model", folder / "two.glb",
                                 "--held-still", "--samples", "500", "--json", "--progress", "none"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out);
  };
  const auto own = scored(folder / "slow.glb");
  EXPECT_EQ(own["motion"]["clip"], walker.clips.front().name);
  EXPECT_EQ(own["motion"]["limbs_compared"], own["motion"]["limbs_of_truth"]);
  EXPECT_LT(own["motion"]["angle_error"], 0.1);
  EXPECT_GT(own["motion"]["swing"], 3);
  EXPECT_GT(own["held_still"]["chamfer"].get<double>(), own["chamfer"].get<double>());

  RiggedModel held = walker;
  held.clips.clear();
  ASSERT_TRUE(write_glb(folder / "held.glb", held));
  const auto still_score = scored(folder / "held.glb");
  EXPECT_GT(still_score["motion"]["angle_error"].get<double>(), 0.8 * still_score["motion"]["swing"].get<double>());
  EXPECT_FALSE(still_score["motion"].contains("phase_error"));

  const std::vector<std::string> wrong{"evaluate", folder / "slow.glb", "--truth", folder / "gt.anime", "--truth-model"};
  const auto with = [&](const std::string& model) {
    std::vector<std::string> arguments = wrong;
    arguments.push_back(model);
    return run(arguments);
  };
  ASSERT_TRUE(write_glb(folder / "beam.glb", bending_beam()));
  const Outcome other = with(folder / "beam.glb");
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("none of its clips shows the truth"), std::string::npos) << other.err;
  const Outcome bare = with(folder / "held.glb");
  EXPECT_EQ(bare.exit_code, 1);
  EXPECT_NE(bare.err.find("no skeleton with a clip"), std::string::npos) << bare.err;
}

void expect_error(const Outcome& outcome, int exit_code, const std::string& part) {
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err << " lacks " << part;
}

TEST(Evaluate, ErrorsNameTheFile) {
  const Scene scene;
  const std::string beam = scene.folder / "beam.glb", truth = scene.folder / "gt.anime";
  expect_error(run({"evaluate", beam, "--truth", scene.folder / "none.anime"}), 1, "none.anime");
  expect_error(run({"evaluate", scene.folder / "none.glb", "--truth", truth}), 1, "none.glb");
  expect_error(run({"evaluate", beam, "--truth", truth, "--masks", scene.folder / "m"}), 2, "--cameras");
  expect_error(run({"evaluate", beam, "--truth", truth, "--samples", "5"}), 2, "samples");
  expect_error(run({"evaluate", truth, "--truth", truth, "--truth-model", beam}), 2, "no skeleton");
  RiggedModel longer = bending_beam(30);
  ASSERT_TRUE(write_glb(scene.folder / "longer.glb", longer));
  expect_error(run({"evaluate", scene.folder / "longer.glb", "--truth", truth}), 1, "longer.glb");
}

}  // namespace
}  // namespace mp4d::test
