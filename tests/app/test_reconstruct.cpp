// reconstruct through the program: what lies where afterwards, and that it belongs together.
#include "core/files.h"
#include "io/camera_set.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "samples.h"
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
