#include "core/files.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "reconstruction/articulated/metrics.h"
#include "reconstruction/articulated/reconstruct.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/scene.h"
#include <fstream>
#include <gtest/gtest.h>
#include <map>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

class Reconstruct : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TempFolder::create();
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
  }
  fs::path path(const std::string& name) const { return folder_->path() / name; }

  // A filmed quadruped as folders of pictures and masks.
  SyntheticClip film_quadruped(int frames, int size) {
    SceneOptions scene;
    scene.width = scene.height = size;
    scene.frames = frames;
    scene.fps = 12;
    const RiggedModel model = make_quadruped(40);
    SyntheticClip clip = film(model, model.clips.front(), scene);
    fs::create_directories(path("frames"));
    fs::create_directories(path("masks"));
    for (int t = 0; t < frames; ++t) {
      EXPECT_TRUE(write_image(path("frames") / fmt::format("{:04d}.png", t), clip.frames.images[t]));
      EXPECT_TRUE(write_image(path("masks") / fmt::format("{:04d}.png", t), clip.masks[t]));
    }
    return clip;
  }

  ReconstructInput input() const { return {path("frames"), path("masks"), {}, path("work")}; }

  // Name and time of last writing of what the work folder holds.
  std::map<std::string, fs::file_time_type> checkpoints() const {
    std::map<std::string, fs::file_time_type> found;
    for (const auto& entry : fs::directory_iterator(path("work"))) found[entry.path().filename()] = entry.last_write_time();
    return found;
  }

  std::optional<TempFolder> folder_;
};

ReconstructOptions small() {
  ReconstructOptions options;
  options.category = "quadruped";
  options.threads = 2;
  return options;
}

TEST_F(Reconstruct, QuadrupedFromPicturesAndMasksLooksLikeTheTruth) {
  const SyntheticClip clip = film_quadruped(14, 192);
  auto result = reconstruct(input(), small());
  ASSERT_TRUE(result) << result.error().message;
  const RiggedModel& model = result->model;
  ASSERT_EQ(model.clips.size(), 1u);
  ASSERT_EQ(model.clips[0].times.size(), 14u);
  EXPECT_EQ(result->cameras.size(), 14u);
  EXPECT_GT(result->report.at("mask_iou").get<double>(), 0.85);
  EXPECT_LT(bone_length_variation(model.skeleton, model.clips[0]), 1e-3);
  EXPECT_NEAR(bounds(model.mesh.verts).min().y(), 0, 1e-4);
  ASSERT_EQ(model.mesh.materials.size(), 1u);
  EXPECT_EQ(model.mesh.materials[0].texture.width, 1024);
  EXPECT_EQ(model.mesh.uvs.rows(), model.mesh.verts.rows());
  EXPECT_EQ(model.mesh.colors.rows(), 0) << "would multiply the texture";

  const MeshSequence motion = animate(model, model.clips[0]);
  MetricOptions metric;
  metric.samples = 2000;
  auto score = score_sequence(motion.frames, {motion.faces}, clip.truth, metric);
  ASSERT_TRUE(score) << score.error().message;
  EXPECT_LT(score->mean.chamfer, 6.0);
  EXPECT_GT(score->mean.f5, 85);

  // A second run takes the finished stages from the work folder and ends with the same file.
  ASSERT_TRUE(write_glb(path("first.glb"), model));
  const auto finished = checkpoints();
  EXPECT_FALSE(finished.empty());
  auto again = reconstruct(input(), small());
  ASSERT_TRUE(again) << again.error().message;
  ASSERT_TRUE(write_glb(path("second.glb"), again->model));
  EXPECT_EQ(*read_file(path("first.glb")), *read_file(path("second.glb")));
  EXPECT_EQ(checkpoints(), finished) << "a finished stage was computed again";

  // A colour a vertex needs no stage before the colours again, nor the vertices that seams double.
  ReconstructOptions by_vertex = small();
  by_vertex.texture = 0;
  auto plain = reconstruct(input(), by_vertex);
  ASSERT_TRUE(plain) << plain.error().message;
  auto with_other_colours = checkpoints();
  std::erase_if(with_other_colours, [&](const auto& file) {
    return file.first.starts_with("colours-") && finished.count(file.first) == 0;
  });
  EXPECT_EQ(with_other_colours, finished) << "only the colours are other ones";
  EXPECT_EQ(plain->model.mesh.colors.rows(), plain->model.mesh.verts.rows());
  EXPECT_EQ(plain->model.mesh.uvs.rows(), 0);
  EXPECT_TRUE(plain->model.mesh.materials[0].texture.empty());
  EXPECT_LT(plain->model.mesh.verts.rows(), model.mesh.verts.rows());
  EXPECT_EQ(plain->model.mesh.faces.rows(), model.mesh.faces.rows());

  // One that computes everything anew ends with the same file too.
  ReconstructInput fresh = input();
  fresh.work = path("other work");
  auto anew = reconstruct(fresh, small());
  ASSERT_TRUE(anew);
  ASSERT_TRUE(write_glb(path("third.glb"), anew->model));
  EXPECT_EQ(*read_file(path("first.glb")), *read_file(path("third.glb")));
}

TEST_F(Reconstruct, MeshSequenceSkipsPhaseOne) {
  const RiggedModel model = make_quadruped(40);
  MeshSequence truth = animate(model, model.clips.front());
  truth.frames.resize(10);
  truth.times.resize(10);
  ASSERT_TRUE(write_anime(path("walk.anime"), truth));
  ReconstructInput mesh_input;
  mesh_input.clip = path("walk.anime");
  auto result = reconstruct(mesh_input, small());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->cameras.empty());
  const MeshSequence motion = animate(result->model, result->model.clips[0]);
  const float size = bounds(truth.frames[0]).sizes().maxCoeff();
  for (int t : {0, 5, 9})
    EXPECT_LT((motion.frames[t] - truth.frames[t]).rowwise().norm().mean(), 0.02f * size) << "frame " << t;
}

TEST_F(Reconstruct, EverySwitchChangesTheResult) {
  film_quadruped(3, 64);
  const auto run = [&](bool ReconstructOptions::*change) {
    ReconstructOptions options = small();
    options.texture = 0;  // whose seams double vertices, elsewhere for every shape
    options.effort = 0.1;
    if (change) options.*change = !(options.*change);
    auto result = reconstruct(input(), options);
    EXPECT_TRUE(result) << result.error().message;
    return animate(result->model, result->model.clips[0]);
  };
  const MeshSequence full = run(nullptr);
  using O = ReconstructOptions;
  const std::map<std::string, bool O::*> switches = {{"free-form", &O::free_form},
                                                     {"dynamic-rigidity", &O::dynamic_rigidity},
                                                     {"global-local-chamfer", &O::global_local_chamfer},
                                                     {"guess-pull", &O::guess_pull},
                                                     {"phase2", &O::phase2}};
  for (const auto& [name, change] : switches) {
    const MeshSequence other = run(change);
    ASSERT_EQ(other.faces, full.faces) << name;
    EXPECT_GT((other.frames[2] - full.frames[2]).rowwise().norm().maxCoeff(), 1e-4f) << name;
  }
}

TEST_F(Reconstruct, ReferenceModeFollowsWithLooseBones) {
  const RiggedModel model = make_quadruped(24);
  MeshSequence truth = animate(model, model.clips.front());
  truth.frames = {truth.frames[0], truth.frames[6]};
  truth.times = {0, 0.25};
  ASSERT_TRUE(write_anime(path("walk.anime"), truth));
  ReconstructInput mesh_input;
  mesh_input.clip = path("walk.anime");
  ReconstructOptions options = small();
  options.reference = true;
  auto result = reconstruct(mesh_input, options);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_GT(bone_length_variation(result->model.skeleton, result->model.clips[0]), 1e-3);
  MetricOptions metric;
  metric.samples = 2000;
  const auto score_of = [&](const std::vector<Points>& frames) {
    return score_sequence(frames, {truth.faces}, truth, metric)->mean.chamfer;
  };
  EXPECT_LT(score_of(animate(result->model, result->model.clips[0]).frames), score_of({truth.frames[0], truth.frames[0]}));

  // The file plays the same.
  ASSERT_TRUE(write_glb(path("loose.glb"), result->model));
  const auto read = read_model(path("loose.glb"));
  ASSERT_TRUE(read) << read.error().message;
  const MeshSequence wanted = animate(result->model, result->model.clips[0]), played = animate(*read, read->clips.at(0));
  for (int t : {0, 1}) {
    MeshSequence one{wanted.faces, {wanted.frames[t]}, {0}};
    EXPECT_LT(score_sequence({played.frames[t]}, {played.faces}, one, metric)->mean.chamfer,
              1.05 * score_sequence({wanted.frames[t]}, {wanted.faces}, one, metric)->mean.chamfer + 1e-3) << t;
  }

  options.phase2 = false;
  const auto refused = reconstruct(mesh_input, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(exit_code(refused.error()), 2);
}

TEST_F(Reconstruct, OneFrameIsRefusedByName) {
  film_quadruped(1, 96);
  auto result = reconstruct(input(), small());
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("frames"), std::string::npos) << result.error().message;
}

TEST_F(Reconstruct, CancelLeavesWithItsOwnCode) {
  film_quadruped(4, 96);
  CancelToken cancel;
  cancel.cancel();
  JobContext job(reconstruct_phases(), {}, {}, cancel);
  auto result = reconstruct(input(), small(), &job);
  ASSERT_FALSE(result);
  EXPECT_EQ(exit_code(result.error()), 3);
}

}  // namespace
}  // namespace mp4d
