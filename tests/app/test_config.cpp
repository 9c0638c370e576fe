// Job files: every option, unknown keys by name, flags on top, and --print-config that reads back.
#include "process.h"
#include "samples.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

TEST(Config, PrintedConfigReadsBackIdentically) {
  Folder folder;
  const Outcome first = run({"reconstruct", "clip.mp4", "-o", "out.glb", "--seed", "7", "--start", "0.25", "--end", "-1",
                             "--no-free-form", "--category", "quadruped", "--print-config"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  write_text(folder / "job.json", first.out);
  const Outcome second = run({"reconstruct", "--config", folder / "job.json", "--print-config"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(first.out, second.out);
  const auto json = nlohmann::json::parse(first.out);
  EXPECT_EQ(json["clip"], "clip.mp4");
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["start"], 0.25);
  EXPECT_EQ(json["free-form"], false);
  EXPECT_EQ(json["category"], "quadruped");
}

TEST(Config, FlagsWinOverTheFile) {
  Folder folder;
  write_text(folder / "job.json", R"({"clip": "a.mp4", "seed": 3, "free-form": false, "step": 2})");
  const Outcome outcome =
      run({"reconstruct", "b.mp4", "--config", folder / "job.json", "--seed", "4", "--free-form", "--print-config"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["clip"], "b.mp4");
  EXPECT_EQ(json["seed"], 4);
  EXPECT_EQ(json["free-form"], true);
  EXPECT_EQ(json["step"], 2);
}

void expect_refused(const std::string& content, const std::string& part, int exit_code = 2) {
  Folder folder;
  write_text(folder / "job.json", content);
  const Outcome outcome = run({"reconstruct", "--config", folder / "job.json", "--print-config"});
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  EXPECT_NE(outcome.err.find("job.json"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err << " lacks " << part;
}

TEST(Config, BadFilesAreRefusedByKey) {
  expect_refused(R"({"catgory": "human"})", "did you mean 'category'?");
  expect_refused(R"({"seed": "seven"})", "seed");
  expect_refused(R"({"seed": 1.5})", "seed");
  expect_refused(R"({"step": 0})", "step");
  expect_refused(R"({"clip": 5})", "clip");
  expect_refused("[1, 2]", "object");
  expect_refused("{\"seed\": 1,", "line 1", 1);
}

TEST(Config, TheReportMayNotReplaceTheJobFile) {
  Folder folder;
  write_text(folder / "clip.mp4", "x");
  write_text(folder / "job.json", "{}");
  const Outcome outcome = run({"reconstruct", folder / "clip.mp4", "--config", folder / "job.json", "-o", folder / "job.glb"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("would replace the job file"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace mp4d::test
