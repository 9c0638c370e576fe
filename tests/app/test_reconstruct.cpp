// reconstruct through the program: what lies where afterwards, and that it belongs together.
#include "core/files.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "io/networks.h"
#include "motion/kinematics.h"
#include "process.h"
#include "samples.h"
#include <algorithm>
#include <csignal>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

void write_sequence(const Folder& folder) {
  const RiggedModel beam = bending_beam();
  ASSERT_TRUE(write_anime(folder / "bend.anime", animate(beam, beam.clips[0])));
}

TEST(Reconstruct, AMeshSequenceBecomesAnAnimatedModelWithAReport) {
  Folder folder;
  write_sequence(folder);
  const Outcome outcome = run({"reconstruct", folder / "bend.anime", "-o", folder / "out.glb", "--category", "none",
                               "--seed", "5", "--turntable", folder / "turn.gif", "--progress", "json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(folder.listing(), "bend.anime,out.glb,out.json,turn.gif");
  EXPECT_NE(outcome.out.find("out.glb: "), std::string::npos) << outcome.out;
  const auto model = read_model(folder / "out.glb");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_GE(model->skeleton.size(), 2);
  ASSERT_EQ(model->clips.size(), 1u);
  EXPECT_EQ(model->clips[0].times.size(), 9u);

  const auto report = nlohmann::json::parse(read_file(folder / "out.json").value());
  EXPECT_EQ(report["job"]["seed"], 5);
  EXPECT_EQ(report["job"]["clip"], folder / "bend.anime");
  EXPECT_GT(report["peak_memory_mb"], 10);
  EXPECT_GT(report["total_seconds"], 0);
  EXPECT_TRUE(cameras_from_json(report["cameras"], "out.json"));
  double fraction = 0;
  for (const std::string& line : lines(outcome.err)) {
    const auto event = nlohmann::json::parse(line);
    if (event["event"] != "progress") continue;
    EXPECT_GE(event["fraction"], fraction);
    fraction = event["fraction"];
  }
  EXPECT_EQ(fraction, 1);
}

TEST(Reconstruct, TheReportsJobGivesTheSameModelAgain) {
  Folder folder;
  write_sequence(folder);
  ASSERT_EQ(run({"reconstruct", folder / "bend.anime", "-o", folder / "a.glb", "--category", "none", "--threads", "1"}).exit_code, 0);
  auto job = nlohmann::json::parse(read_file(folder / "a.json").value())["job"];
  job["out"] = folder / "b.glb";
  write_text(folder / "job.json", job.dump());
  ASSERT_EQ(run({"reconstruct", "--config", folder / "job.json"}).exit_code, 0);
  EXPECT_EQ(read_file(folder / "a.glb").value(), read_file(folder / "b.glb").value());
}

TEST(Reconstruct, TheLeastEffortStillGivesAModel) {
  Folder folder;
  write_walk(folder, 6, 64);
  const Outcome outcome = run({"reconstruct", folder / "frames", "--masks", folder / "masks", "-o", folder / "a.glb", "--category", "quadruped",
                               "--effort", "0.02", "--texture", "0"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(read_model(folder / "a.glb")->clips.at(0).poses.size(), 6u);
}

TEST(Reconstruct, CancelledLeavesNothing) {
  Folder folder;
  write_sequence(folder);
  Program program({"reconstruct", folder / "bend.anime", "-o", folder / "out.glb", "--category", "none", "--progress", "json"});
  ASSERT_TRUE(program.wait_for_error_text("\"phase\":\"rig\""));
  program.send(SIGINT);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_EQ(folder.listing(), "bend.anime");
}

TEST(Reconstruct, ARangeChoosesFramesOfAMeshSequence) {
  Folder folder;
  write_sequence(folder);
  ASSERT_EQ(run({"reconstruct", folder / "bend.anime", "-o", folder / "out.glb", "--category", "none", "--start", "0.08",
                 "--end", "0.3", "--step", "2"}).exit_code, 0);
  const auto model = read_model(folder / "out.glb");
  ASSERT_TRUE(model) << model.error().message;
  const std::vector<double>& times = model->clips.at(0).times;  // frames 2, 4, 6 of 24 a second
  ASSERT_EQ(times.size(), 3u);
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(times[i], i / 12.0, 1e-5);
  const Points played = animate(*model, model->clips[0]).frames[2], truth = animate(bending_beam(), bending_beam().clips[0]).frames[6];
  EXPECT_LT((bounds(played).max() - bounds(truth).max()).norm(), 0.05f);

  const Outcome many = run({"reconstruct", folder / "bend.anime", "-o", folder / "out.glb", "--max-frames", "5"});
  EXPECT_EQ(many.exit_code, 1);
  EXPECT_NE(many.err.find("9 frames"), std::string::npos) << many.err;
}

/// `arguments` after "reconstruct" and an output are refused before anything is done, with `part` in the message.
void expect_refused(const Folder& folder, std::vector<std::string> arguments, int exit_code, const std::string& part) {
  arguments.insert(arguments.begin(), {"reconstruct", "-o", folder / "out.glb", "--progress", "json"});
  const std::string before = folder.listing();
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err << " lacks " << part;
  EXPECT_EQ(outcome.err.find("\"progress\""), std::string::npos) << "work was begun";
  EXPECT_EQ(folder.listing(), before);
}

TEST(Reconstruct, WhatSaysNothingAboutMeshesIsRefused) {
  Folder folder;
  write_sequence(folder);
  std::filesystem::create_directory(folder / "more");
  const std::vector<std::string> refused[] = {{"--masks", folder / "more"},
                                              {"--guess", folder / "bend.anime"},
                                              {"--work", folder / "more"},
                                              {"--fov", "50"},
                                              {"--subject", "0.5,0.5"},
                                              {"--device", "cpu"},
                                              {"--shots", "longest"},
                                              {"--masks-from", "builtin"},
                                              {"--no-free-form"},
                                              {"--no-phase2"},
                                              {"--no-guess-pull"},
                                              {"--texture", "512"},
                                              {"--no-dynamic-rigidity", "--reference"}};
  for (std::vector<std::string> arguments : refused) {
    const std::string flag = arguments[0];
    arguments.push_back(folder / "bend.anime");
    expect_refused(folder, arguments, 2, flag);
  }
}

TEST(Reconstruct, ClipsOfTheWrongKindAndContradictionsAreRefused) {
  Folder folder;
  write_text(folder / "clip.mp4", "looked at later");
  write_text(folder / "job.json", "{}");
  ASSERT_TRUE(write_mesh(folder / "beam.obj", bending_beam().mesh));
  expect_refused(folder, {folder / "beam.obj"}, 1, "magicpose4d rig");
  expect_refused(folder, {folder / "job.json"}, 1, "--config");
  expect_refused(folder, {folder / "clip.mp4", "--guess", folder / "job.json"}, 1, "job.json");
  expect_refused(folder, {folder / "clip.mp4", "--guess", folder / "beam.obj", "--no-free-form"}, 2, "--no-free-form");
  expect_refused(folder, {folder / "clip.mp4", "--guess", folder / "beam.obj", "--no-guess-pull"}, 2,
                 "--no-guess-pull");
  expect_refused(folder, {folder / "clip.mp4", "--category", "still", "--no-phase2"}, 2, "--no-phase2");
  expect_refused(folder, {folder / "clip.mp4", "--reference", "--no-phase2"}, 2, "--reference");
}

TEST(Reconstruct, MasksOfSomeFramesAreCarriedToTheOthers) {
  Folder folder;
  write_walk(folder, 6, 128);
  for (const char* gone : {"0000", "0001", "0003", "0004", "0005"})
    std::filesystem::remove(folder / (std::string("masks/") + gone + ".png"));
  std::vector<std::string> command{"reconstruct", folder / "frames", "--masks", folder / "masks", "-o", folder / "out.glb",
                                   "--category",  "still",            "--no-free-form"};
  const Outcome missing = run(command);
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_NE(missing.err.find("mask of frame 0000 is missing"), std::string::npos) << missing.err;
  EXPECT_NE(missing.err.find("--carry-masks"), std::string::npos) << missing.err;
  command.push_back("--carry-masks");
  const Outcome done = run(command);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto report = nlohmann::json::parse(read_file(folder / "out.json").value());
  EXPECT_NE(report["masks"].get<std::string>().find("carried from 1 given masks"), std::string::npos) << report["masks"];
  const Outcome alone = run({"reconstruct", folder / "frames", "--carry-masks", "-o", folder / "out.glb"});
  EXPECT_EQ(alone.exit_code, 2);
}

TEST(Reconstruct, AClipWithACutIsRefusedOrItsLongestShotTaken) {
  Folder folder;
  write_walk(folder, 10, 128, 4);
  const std::vector<std::string> command{
      "reconstruct",       folder / "frames", "--masks", folder / "masks", "-o",
      folder / "out.glb",  "--category",      "still",    "--no-free-form", "--preview",
      folder / "side.gif", "--progress",      "json"};
  const Outcome refused = run(command);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("2 shots, cut at 0.17 s (frame 4)"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("--start 0.166 --end 0.375 (6 frames)"), std::string::npos) << refused.err;

  std::vector<std::string> longest = command;
  longest.insert(longest.end(), {"--shots", "longest"});
  const Outcome done = run(longest);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  const auto report = nlohmann::json::parse(read_file(folder / "out.json").value());
  EXPECT_EQ(report["frames"]["first"], 4);
  EXPECT_EQ(report["frames"]["count"], 6);
  EXPECT_EQ(read_clip_info(folder / "side.gif").value().frames, 6);
  std::vector<std::string> said;
  for (const auto& finding : report["clip_check"]) said.push_back(finding["what"]);
  EXPECT_NE(std::find(said.begin(), said.end(), "size"), said.end()) << report["clip_check"];
  EXPECT_NE(done.err.find("clip: the picture is only 128 x 128"), std::string::npos) << done.err;
}

TEST(Reconstruct, MasksAreKeptUnderWhatMadeThem) {
  Folder folder;
  write_walk(folder, 6, 128, 6);
  const auto masks_from = [&](const std::string& from) {
    return run({"reconstruct", folder / "frames", "-o", folder / "out.glb", "--category", "still", "--no-free-form",
                "--work", folder / "work", "--masks-from", from});
  };
  const Outcome without = masks_from("auto");
  ASSERT_EQ(without.exit_code, 0) << without.err;
  EXPECT_EQ(without.err.find("masks by the network"), std::string::npos) << without.err;
  const auto source = nlohmann::json::parse(read_file(folder / "out.json").value())["masks"];

  // Installed, but nothing that can be loaded: it must be tried although masks are kept already.
  std::vector<std::filesystem::path> installed;
  for (const char* name : {"isnet", "onnxruntime"}) {
    installed.push_back(network_path(find_network(name).value(), user_data() / "magicpose4d/models"));
    std::filesystem::create_directories(installed.back().parent_path());
    write_text(installed.back(), "no library");
  }
  const Outcome automatic = masks_from("auto"), network = masks_from("network");
  for (const auto& file : installed) std::filesystem::remove(file);
  EXPECT_EQ(automatic.exit_code, 0) << automatic.err;
  EXPECT_NE(automatic.err.find("masks by the network"), std::string::npos) << automatic.err;
  EXPECT_EQ(nlohmann::json::parse(read_file(folder / "out.json").value())["masks"], source);
  EXPECT_EQ(network.exit_code, 1);
  EXPECT_NE(network.err.find("cannot be loaded"), std::string::npos) << network.err;
}

TEST(Reconstruct, LandmarksAreOfPeopleAndNeedTheirNetwork) {
  Folder folder;
  write_walk(folder, 6, 128, 6);
  const auto refused = [&](const std::string& category) {
    const Outcome outcome = run({"reconstruct", folder / "frames", "-o", folder / "out.glb", "--category", category, "--landmarks"});
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(folder / "out.glb"));
    return outcome.err;
  };
  EXPECT_NE(refused("quadruped").find("--category human"), std::string::npos);
  EXPECT_NE(refused("human").find("models install pose"), std::string::npos);
}

TEST(Reconstruct, AGeneratedSurfaceIsForPeopleAndWordsAreForTheGenerator) {
  Folder folder;
  write_walk(folder, 6, 128, 6);
  const auto refused = [&](std::vector<std::string> options) {
    std::vector<std::string> command{"reconstruct", folder / "frames", "-o", folder / "out.glb"};
    command.insert(command.end(), options.begin(), options.end());
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_FALSE(std::filesystem::exists(folder / "out.glb"));
    return outcome.err;
  };
  EXPECT_NE(refused({"--guess-surface", "generator"}).find("--category human"), std::string::npos);
  EXPECT_NE(refused({"--category", "human", "--guess-words", "a tall man"}).find("--guess-surface generator"), std::string::npos);
}

TEST(Reconstruct, APreviewNeedsPictures) {
  Folder folder;
  write_sequence(folder);
  const Outcome outcome =
      run({"reconstruct", folder / "bend.anime", "-o", folder / "out.glb", "--preview", folder / "side.mp4"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("--turntable"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace mp4d::test
