// Wrong usage ends with exit code 2 and one line that says what to do.
#include "process.h"
#include "samples.h"
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

void expect_usage_error(const std::vector<std::string>& arguments, const std::string& part) {
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  ASSERT_EQ(lines(outcome.err).size(), 1u) << outcome.err;
  EXPECT_TRUE(outcome.err.starts_with("magicpose4d: error: ")) << outcome.err;
  EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err << " lacks " << part;
}

TEST(Usage, WrongArgumentsAreNamedOnOneLine) {
  expect_usage_error({}, "--help");
  expect_usage_error({"dance"}, "dance");
  expect_usage_error({"reconstruct", "--catgory", "human"}, "did you mean --category?");
  expect_usage_error({"reconstruct"}, "CLIP");
  expect_usage_error({"reconstruct", "clip.mp4"}, "-o");
  expect_usage_error({"reconstruct", "clip.mp4", "-o", "out.blend"}, ".glb");
  expect_usage_error({"reconstruct", "clip.mp4", "-o", "out.glb", "--threads", "many"}, "threads");
  expect_usage_error({"reconstruct", "clip.mp4", "-o", "out.glb", "--category", "octopus"}, "octopus");
  expect_usage_error({"reconstruct", "clip.mp4", "-o", "out.glb", "--progress", "loud"}, "loud");
  expect_usage_error({"render", "model.glb"}, "--dataset");
  expect_usage_error({"render", "model.glb", "-o", "a.mp4", "--size", "640"}, "640");
  expect_usage_error({"render", "model.glb", "-o", "a.mp4", "--fps", "0"}, "between 1 and 240");
  expect_usage_error({"evaluate", "model.glb"}, "--truth");
  expect_usage_error({"info"}, "FILE");
}

TEST(Usage, HelpListsCommandsAndTableRows) {
  const Outcome top = run({"--help"});
  EXPECT_EQ(top.exit_code, 0);
  for (const char* command : {"reconstruct", "rig", "evaluate", "render", "info", "options"})
    EXPECT_NE(top.out.find(command), std::string::npos) << command;
  const Outcome help = run({"reconstruct", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* flag : {"--category", "--masks", "--guess", "--threads", "--seed", "--device", "--progress", "--work",
                           "--config", "--print-config", "--preview", "--turntable", "-o,--out"})
    EXPECT_NE(help.out.find(flag), std::string::npos) << flag;
}

TEST(Usage, VersionIsANumber) {
  const Outcome outcome = run({"--version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(!outcome.out.empty() && std::isdigit(static_cast<unsigned char>(outcome.out[0]))) << outcome.out;
}

TEST(Usage, OutputIsCheckedBeforeTheLongWork) {
  Folder folder;
  write_text(folder / "clip.mp4", "not a video");
  const Outcome outcome = run({"reconstruct", folder / "clip.mp4", "-o", folder / "nowhere/out.glb"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("nowhere does not exist"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace mp4d::test
