#include "core/process.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

std::vector<std::string> lines;
void keep(const std::string& line) { lines.push_back(line); }

TEST(Process, LinesOfBothOutputsArriveAndTheEnvironmentIsAdded) {
  lines.clear();
  const auto done = run_program("/bin/sh", {"-c", "echo one; echo \"$WORD\" >&2; cat; echo 'a  b'"}, {"WORD=two"}, keep);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "a  b"}));
}

TEST(Process, FailuresSayWhatThePrintedEndWas) {
  const auto failed = run_program("/bin/sh", {"-c", "echo no such thing; exit 3"}, {}, keep);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().message.find("status 3"), std::string::npos);
  EXPECT_NE(failed.error().message.find("no such thing"), std::string::npos);
  EXPECT_FALSE(run_program("/nowhere/program", {}, {}, keep));
}

TEST(Process, ACancelEndsTheProgram) {
  CancelToken cancel;
  JobContext job({{"run", 1}}, {}, {}, cancel);
  cancel.cancel();
  const auto stopped = run_program("/bin/sh", {"-c", "exec sleep 600"}, {}, keep, &job);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

TEST(Process, ProgramsAreFoundOnThePath) {
  EXPECT_TRUE(find_program("sh").is_absolute());
  EXPECT_TRUE(find_program("a-program-that-nobody-has").empty());
}

}  // namespace
}  // namespace mp4d
