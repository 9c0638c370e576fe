// The document and what is done with it, without a window.
#include "core/files.h"
#include "motion/kinematics.h"
#include "studio_fixture.h"
#include "../synthetic/scene.h"
#include "../synthetic/creatures.h"
#include "app/studio/rig_edit.h"
#include "app/studio/tasks.h"
#include "app/cli/files.h"
#include "io/frames.h"
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

namespace mp4d::test {
namespace {

TEST(Playback, LoopsWithinItsRangeAtItsSpeed) {
  Playback playback;
  playback.set_clip(2.0, 10);
  EXPECT_EQ(playback.frame_count(), 21);
  playback.set_range(0.5, 1.5);
  playback.set_playing(true);
  EXPECT_DOUBLE_EQ(playback.time(), 0.5) << "playing begins in the range";
  playback.set_speed(2);
  playback.advance(0.25);
  EXPECT_DOUBLE_EQ(playback.time(), 1.0);
  playback.advance(0.35);
  EXPECT_NEAR(playback.time(), 0.7, 1e-9);
  playback.set_looping(false);
  playback.advance(5);
  EXPECT_DOUBLE_EQ(playback.time(), 1.5);
  EXPECT_FALSE(playback.playing());
  playback.step(-1);
  EXPECT_EQ(playback.frame(), 14);
}

TEST(Playback, AStillDoesNotPlay) {
  Playback playback;
  playback.set_clip(0, 24);
  playback.set_playing(true);
  EXPECT_FALSE(playback.playing());
}

TEST(Document, EveryEditIsUndoneAndSavingMakesItClean) {
  Document document;
  document.edit("a", [](DocumentState& s) { s.retarget.smooth = 1; }, "smooth");
  document.edit("a", [](DocumentState& s) { s.retarget.smooth = 2; }, "smooth");
  document.edit("b", [](DocumentState& s) { s.rig.resolution = 64; });
  EXPECT_TRUE(document.dirty());
  document.mark_saved("x.mp4d");
  EXPECT_FALSE(document.dirty());
  document.history()->undo();
  EXPECT_TRUE(document.dirty());
  EXPECT_EQ(document.state().rig.resolution, AutoRigOptions().resolution);
  EXPECT_EQ(document.state().retarget.smooth, 2);
  document.history()->undo();
  EXPECT_EQ(document.state().retarget.smooth, 0) << "two changes of one option in a row are one step";
  document.history()->redo();
  document.history()->redo();
  EXPECT_EQ(document.state().rig.resolution, 64);
  EXPECT_FALSE(document.dirty());
}

TEST(Document, DragsOfOneThingAreOneStepEach) {
  Document document;
  for (int drag = 0; drag < 2; ++drag) {
    for (int i = 0; i < 3; ++i) document.edit("m", [&](DocumentState& s) { s.retarget.smooth += 1; }, "drag");
    document.end_merge();
  }
  EXPECT_EQ(document.history()->count(), 2);
  document.history()->undo();
  EXPECT_EQ(document.state().retarget.smooth, 3);
}

TEST(Stages, EveryOptionIsOnOneForm) {
  const std::vector<Stage> all{Stage::kFrames, Stage::kMasks, Stage::kPhase1, Stage::kPhase2, Stage::kTexture, Stage::kRig, Stage::kTransfer, Stage::kExport};
  std::multiset<std::pair<const OptionTableBase*, std::string>> shown;
  for (Stage stage : all) {
    const StageOptions options = options_of(stage);
    for (const std::string& name : options.names) {
      ASSERT_NE(options.table->find(name), nullptr) << name;
      shown.insert({options.table, name});
    }
  }
  for (const OptionTableBase* table : std::initializer_list<const OptionTableBase*>{&reconstruct_options(), &auto_rig_options(), &retarget_options(), &export_options()})
    for (const OptionSpec& spec : table->specs()) EXPECT_EQ(shown.count({table, spec.name}), 1u) << spec.name;
}

TEST(Stages, EveryPhaseOfReconstructBelongsToAStage) {
  for (const JobContext::Phase& phase : reconstruct_phases()) EXPECT_TRUE(stage_of_phase(phase.name)) << phase.name;
}

TEST(RigEdit, AMovedJointLeavesTheMeshAtRestAndTurnsAboutItsNewPlace) {
  const Character before = to_character(bending_beam());
  const Vec3 place(0, 0.1f, 0.4f);
  const Character after = with_joint_at(before, 1, place);
  const auto posed = [](const Character& c, const Pose& pose) {
    return skin_linear(c.mesh->verts, *c.skin, forward_kinematics(*c.skeleton, pose));
  };
  const Points rest = posed(after, rest_pose(*after.skeleton));
  EXPECT_LT((rest - before.mesh->verts).cwiseAbs().maxCoeff(), 1e-5f);
  const std::vector<Mat4> joints = forward_kinematics(*after.skeleton, rest_pose(*after.skeleton));
  EXPECT_LT((Vec3(joints[1].topRightCorner<3, 1>()) - place).norm(), 1e-5f);
  // At the end of the clip the joint has turned, and it has not left its place.
  const std::vector<Mat4> bent = forward_kinematics(*after.skeleton, after.clips[0]->poses.back());
  EXPECT_LT((Vec3(bent[1].topRightCorner<3, 1>()) - place).norm(), 1e-5f);
  EXPECT_GT((posed(after, after.clips[0]->poses.back()) - posed(before, before.clips[0]->poses.back())).cwiseAbs().maxCoeff(), 0.05f);
}

TEST(RigEdit, JointsBelowAMovedOneStayAtRest) {
  const Character before = to_character(make_quadruped(40));
  const Skeleton& skeleton = *before.skeleton;
  int parent = -1;
  for (const Joint& joint : skeleton.joints)
    if (joint.parent > 0) parent = joint.parent;
  const auto places = [](const Character& c) { return forward_kinematics(*c.skeleton, rest_pose(*c.skeleton)); };
  const std::vector<Mat4> old = places(before);
  const Vec3 to = old[parent].topRightCorner<3, 1>() + Vec3(0.03f, -0.02f, 0.05f);
  const std::vector<Mat4> now = places(with_joint_at(before, parent, to));
  for (int j = 0; j < skeleton.size(); ++j) {
    const Vec3 expected = j == parent ? to : Vec3(old[j].topRightCorner<3, 1>());
    EXPECT_LT((Vec3(now[j].topRightCorner<3, 1>()) - expected).norm(), 1e-5f) << skeleton.joints[j].name;
  }
}

TEST(StudioJob, ReportsItsProgressAndCommitsOnTheOwnersThread) {
  Job job;
  const auto owner = std::this_thread::get_id();
  std::thread::id worker, committed;
  std::vector<std::string> phases;
  QObject::connect(&job, &Job::progressed, &job, [&](const Progress& p) { phases.push_back(p.phase); });
  job.start("j", {{"one", 1}, {"two", 1}}, [&](JobContext& context) -> Result<Job::Commit> {
    worker = std::this_thread::get_id();
    context.begin_phase("one");
    context.begin_phase("two");
    return [&] { committed = std::this_thread::get_id(); };
  });
  ASSERT_TRUE(wait_until([&] { return !job.running(); }));
  EXPECT_NE(worker, owner);
  EXPECT_EQ(committed, owner);
  EXPECT_EQ(phases, (std::vector<std::string>{"one", "two"}));
}

TEST(StudioJob, CancelEndsItAndItCanStartAgain) {
  Job job;
  std::vector<int> codes;
  QObject::connect(&job, &Job::finished, &job, [&](const Error* e) { codes.push_back(e ? exit_code(*e) : 0); });
  job.start("j", {{"wait", 1}}, [](JobContext& context) -> Result<Job::Commit> {
    context.begin_phase("wait");
    while (true) MP4D_CHECK(context.check());
  });
  job.cancel();
  ASSERT_TRUE(wait_until([&] { return !job.running(); }));
  job.start("j", {{"throw", 1}}, [](JobContext&) -> Result<Job::Commit> { throw std::runtime_error("broken"); });
  ASSERT_TRUE(wait_until([&] { return !job.running(); }));
  EXPECT_EQ(codes, (std::vector<int>{3, 1}));
}

struct Work : Studio {
  Workspace workspace{settings, folders};
};

TEST_F(Work, AProjectReadsBackAsItWasSaved) {
  open(workspace, beam_file());
  ASSERT_TRUE(workspace.state().character) << issues(workspace);
  workspace.rename_joint(1, "neck");
  workspace.set_option(Stage::kTransfer, "smooth", "3.5");
  workspace.set_option(Stage::kPhase1, "category", "bird");
  const std::filesystem::path file = folder / "my.mp4d";
  workspace.save(file);
  ASSERT_TRUE(wait_for(workspace.saver));
  EXPECT_FALSE(workspace.document.dirty()) << issues(workspace);
  const auto json = read_json(file);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["source"], "beam.glb") << "paths are relative";

  // Somewhere else, as a folder that was moved.
  const std::filesystem::path elsewhere = folder / "elsewhere";
  std::filesystem::create_directory(elsewhere);
  for (const char* name : {"my.mp4d", "my.mp4d-data", "beam.glb"}) std::filesystem::rename(folder / name, elsewhere / name);
  const auto state = load_project(elsewhere / "my.mp4d");
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(state->source, elsewhere / "beam.glb");
  EXPECT_EQ(state->retarget.smooth, 3.5);
  EXPECT_EQ(state->reconstruct.category, "bird");
  EXPECT_EQ(state->character.skeleton->joints[1].name, "neck");
  ASSERT_EQ(state->character.clips.size(), 1u);
  EXPECT_EQ(state->character.clips[0]->name, "bend");
  EXPECT_EQ(state->character.clips[0]->times, workspace.state().character.clips[0]->times);
  EXPECT_LT((state->character.mesh->verts - workspace.state().character.mesh->verts).cwiseAbs().maxCoeff(), 1e-6f);
}

TEST_F(Work, SavingAgainLeavesOneModelBeside) {
  open(workspace, beam_file());
  for (const char* name : {"a", "b", "c"}) {
    workspace.rename_joint(1, name);
    workspace.save(folder / "my.mp4d");
    ASSERT_TRUE(wait_for(workspace.saver));
  }
  int models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "my.mp4d-data")) models += entry.is_regular_file();
  EXPECT_EQ(models, 1);
  ASSERT_TRUE(load_project(folder / "my.mp4d"));
}

TEST_F(Work, BadProjectsAreRefusedByFileAndField) {
  const auto message = [&](const std::string& text) {
    write_text(folder / "bad.mp4d", text);
    const auto state = load_project(folder / "bad.mp4d");
    return state ? std::string("accepted") : state.error().message;
  };
  EXPECT_NE(message("{").find("bad.mp4d"), std::string::npos);
  EXPECT_NE(message("[]").find("not a project"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 99})").find("newer"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "model": "gone.glb"})").find("gone.glb"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "model": "../gone.glb"})").find("not below"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "model": "/etc/passwd"})").find("not below"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "options": {"transfer": {"smooth": -1}}})").find("smooth"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "film": {}})").find("first"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "source": 3})").find("bad.mp4d: a field is missing or of the wrong type"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "options": 3})").find("options: not an object"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "map": 3})").find("map: not a JSON object"), std::string::npos);
  EXPECT_NE(message(R"({"magicpose4d_project": 1, "limits": {"knee": {"swing": -1, "twist": [0, 1], "axis": [0, 0, 1]}}})")
                .find("\"knee\": swing must be >= 0"), std::string::npos);
}

TEST_F(Work, WhatCannotBeOpenedIsAnIssueAndLeavesTheDocument) {
  open(workspace, beam_file());
  const Character before = workspace.state().character;
  write_text(folder / "broken.glb", "not a model");
  write_text(folder / "list.json", "[]");
  for (const std::string name : {"broken.glb", "missing.mp4", "list.json"}) {
    open(workspace, folder / name);
    EXPECT_NE(issues(workspace).find(name), std::string::npos);
  }
  EXPECT_NE(issues(workspace).find("a project ends in .mp4d"), std::string::npos) << issues(workspace);
  EXPECT_EQ(workspace.issues.count(Issues::Severity::kError), 3);
  EXPECT_EQ(workspace.state().character, before);
}

TEST_F(Work, WhatDoesNotFitTheCharacterIsSaid) {
  open(workspace, beam_file());
  write_text(folder / "map.json", R"({"pairs": [{"target": "wing left", "source": "wing left"}]})");
  const auto used = workspace.use_map(folder / "map.json");
  ASSERT_FALSE(used);
  EXPECT_NE(used.error().message.find("map.json: none of its pairs fits"), std::string::npos) << used.error().message;
  Film film;
  film.cameras.resize(99);
  std::filesystem::create_directory(folder / "pictures");
  ASSERT_TRUE(write_image(folder / "pictures/0.png", Image(8, 8, 3)));
  const auto footage = read_footage(folder / "pictures", film, nullptr);
  ASSERT_FALSE(footage);
  EXPECT_NE(footage.error().message.find("has 1 frames where the project needs 99"), std::string::npos) << footage.error().message;
  workspace.hold_feet();
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_NE(issues(workspace).find("no legs that stand on the ground"), std::string::npos) << issues(workspace);
}

TEST_F(Work, RefusesASecondJointOfOneName) {
  open(workspace, beam_file());
  workspace.rename_joint(1, "root");
  EXPECT_EQ(workspace.state().character.skeleton->joints[1].name, "front");
  EXPECT_EQ(workspace.issues.count(Issues::Severity::kError), 1);
}

TEST_F(Work, WorkThatWasNotSavedIsRecovered) {
  const std::string file = beam_file();
  {
    Workspace lost(settings, folders);
    open(lost, file);
    lost.rename_joint(1, "nose");
    lost.autosave();
    ASSERT_TRUE(wait_for(lost.saver));
    EXPECT_TRUE(workspace.recoverable().empty()) << "it is still in use";
  }
  const auto found = workspace.recoverable();
  ASSERT_EQ(found.size(), 1u);
  workspace.recover(found.front());
  ASSERT_TRUE(wait_for(workspace.job));
  ASSERT_TRUE(workspace.state().character) << issues(workspace);
  EXPECT_EQ(workspace.state().character.skeleton->joints[1].name, "nose");
  EXPECT_EQ(workspace.state().source, file);
  EXPECT_TRUE(workspace.document.dirty());
  EXPECT_TRUE(workspace.document.path().empty());
}

TEST_F(Work, TransferAddsAClipToTheCharacter) {
  RiggedModel still = make_biped(40);
  const RiggedModel walker = make_biped(40);
  still.clips.clear();
  ASSERT_TRUE(write_glb(folder / "still.glb", still));
  ASSERT_TRUE(write_glb(folder / "walker.glb", walker));
  open(workspace, folder / "still.glb");
  workspace.run(Stage::kTransfer);
  EXPECT_EQ(workspace.issues.count(Issues::Severity::kError), 1) << "there is no motion yet";
  workspace.set_motion(folder / "walker.glb");
  workspace.run(Stage::kTransfer);
  ASSERT_TRUE(wait_for(workspace.job));
  ASSERT_EQ(workspace.state().character.clips.size(), 1u) << issues(workspace);
  EXPECT_EQ(workspace.state().character.clips[0]->poses.size(), walker.clips[0].poses.size());
  EXPECT_FALSE(workspace.chain_map().pairs.empty());
  EXPECT_EQ(workspace.stage(Stage::kTransfer).status, StageStatus::kDone);
  EXPECT_EQ(workspace.clip_index(), 0) << "the new clip is shown";
}

TEST_F(Work, AChainThatWasChosenIsKeptToAndSaved) {
  RiggedModel still = make_biped(40);
  ASSERT_TRUE(write_glb(folder / "walker.glb", still));
  still.clips.clear();
  for (Joint& joint : still.skeleton.joints) joint.name = "other " + joint.name;
  ASSERT_TRUE(write_glb(folder / "still.glb", still));
  open(workspace, folder / "still.glb");
  workspace.set_motion(folder / "walker.glb");
  workspace.run(Stage::kTransfer);
  ASSERT_TRUE(wait_for(workspace.job));
  const MapFile found = workspace.chain_map();
  const auto leg = [](const MapFile& map) {
    return std::find_if(map.pairs.begin(), map.pairs.end(), [](const MapFile::Pair& p) { return p.target == "leg left"; });
  };
  ASSERT_NE(leg(found), found.pairs.end()) << issues(workspace);
  const auto swing = [&] {
    const Character& c = workspace.state().character;
    const Clip& clip = *c.clips.back();
    float most = 0;
    for (const NamedChain& chain : workspace.chain_map().target)
      if (chain_name(chain) == "leg left")
        for (const Pose& pose : clip.poses) {
          const int hip = c.skeleton->find(chain.joints.front());
          most = std::max(most, pose[hip].rotation.angularDistance(clip.poses[0][hip].rotation));
        }
    return most;
  };
  EXPECT_GT(swing(), 0.1f);
  workspace.set_chain("leg left", "");
  EXPECT_EQ(leg(workspace.chain_map()), workspace.chain_map().pairs.end());
  workspace.run(Stage::kTransfer);
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_LT(swing(), 0.05f) << "it keeps its rest pose";
  ASSERT_TRUE(save_project(folder / "p.mp4d", workspace.state(), nullptr));
  const auto loaded = load_project(folder / "p.mp4d");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->map.pairs.size(), workspace.state().map.pairs.size());
  EXPECT_EQ(loaded->map.target.size(), found.target.size());
  workspace.find_chains_anew();
  EXPECT_NE(leg(workspace.chain_map()), workspace.chain_map().pairs.end());
}

TEST_F(Work, ReconstructsAFolderOfPicturesAndShowsItThroughItsCamera) {
  const RiggedModel model = make_quadruped(36);
  SceneOptions scene;
  scene.width = scene.height = 96;
  scene.frames = 8;
  const SyntheticClip clip = film(model, model.clips.front(), scene);
  std::filesystem::create_directory(folder / "frames");
  std::filesystem::create_directory(folder / "masks");
  for (std::size_t i = 0; i < clip.frames.images.size(); ++i) {
    ASSERT_TRUE(write_image(folder / fmt::format("frames/{:04}.png", i), clip.frames.images[i]));
    ASSERT_TRUE(write_image(folder / fmt::format("masks/{:04}.png", i), clip.masks[i]));
  }
  open(workspace, folder / "frames");
  ASSERT_EQ(workspace.footage().pictures.size(), 8u) << issues(workspace);
  workspace.set_masks(folder / "masks");
  workspace.set_option(Stage::kPhase1, "category", "still");
  workspace.set_option(Stage::kPhase1, "free-form", "false");
  workspace.set_option(Stage::kTexture, "texture", "0");
  workspace.run(Stage::kMasks);
  EXPECT_TRUE(workspace.job.running());
  ASSERT_TRUE(wait_for(workspace.job));
  ASSERT_TRUE(workspace.state().character) << issues(workspace);
  ASSERT_TRUE(workspace.state().film);
  EXPECT_EQ(workspace.state().film->cameras.size(), 8u);
  EXPECT_EQ(workspace.stage(Stage::kTexture).status, StageStatus::kDone);
  EXPECT_TRUE(std::filesystem::exists(folders.cache)) << "finished stages are kept";

  workspace.save(folder / "walk.mp4d");
  ASSERT_TRUE(wait_for(workspace.saver));
  open(workspace, folder / "walk.mp4d");
  ASSERT_TRUE(workspace.state().film) << issues(workspace);
  EXPECT_EQ(workspace.footage().pictures.size(), 8u);
  const Camera& camera = workspace.state().film->cameras[3];
  EXPECT_EQ(camera.width, 96);
  workspace.document.history()->undo();
}

}  // namespace
}  // namespace mp4d::test
