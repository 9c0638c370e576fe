// Progress as people and as programs read it; cancelling leaves nothing half-written.
#include "app/cli/console.h"
#include "io/model_io.h"
#include "process.h"
#include "samples.h"
#include "tests/tools/paths.h"
#include <csignal>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <pty.h>
#include <unistd.h>

namespace mp4d::test {
namespace {

Progress some_progress(double fraction, const std::string& phase = "fit") {
  Progress progress;
  progress.phase = phase;
  progress.phase_index = 1;
  progress.phase_count = 5;
  progress.step = 120;
  progress.steps = 300;
  progress.fraction = fraction;
  progress.elapsed_s = 70;
  progress.eta_s = 3725;
  return progress;
}

TEST(Progress, LineShowsPhaseStepPercentElapsedAndRemaining) {
  const std::string line = progress_line(some_progress(0.5), 80);
  for (const char* part : {"2/5 fit", "120/300", "50%", "1:10", "1:02:05 left", "[###"})
    EXPECT_NE(line.find(part), std::string::npos) << line << " lacks " << part;
  Progress unknown = some_progress(0);
  unknown.eta_s = -1;
  EXPECT_EQ(progress_line(unknown, 80).find("left"), std::string::npos);
}

TEST(Progress, LineFitsAnyTerminal) {
  for (const int columns : {1, 10, 20, 40, 60, 80})
    for (const std::string& phase : {std::string("fit"), std::string(100, 'x')})
      EXPECT_LT(progress_line(some_progress(1, phase), columns).size(), std::max(2u, unsigned(columns))) << columns;
}

std::string beam_in(const Folder& folder, int frames = 9) {
  const std::string path = folder / "beam.glb";
  const auto written = write_glb(path, bending_beam(frames));
  EXPECT_TRUE(written) << written.error().message;
  return path;
}

TEST(Progress, JsonLinesParseAndNeverFall) {
  Folder folder;
  const Outcome outcome =
      run({"render", beam_in(folder), "-o", folder / "beam.mp4", "--size", "64x64", "--progress", "json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  double fraction = 0;
  int phase = 0;
  for (const std::string& line : lines(outcome.err)) {
    const auto event = nlohmann::json::parse(line);
    if (event["event"] != "progress") continue;
    EXPECT_GE(event["fraction"], fraction);
    EXPECT_GE(event["phase_index"], phase);
    EXPECT_LT(event["phase_index"], event["phase_count"]);
    fraction = event["fraction"];
    phase = event["phase_index"];
  }
  EXPECT_EQ(fraction, 1);
}

TEST(Progress, JsonStaysJsonWhereNamesAreNotUtf8) {
  Folder folder;
  const Outcome outcome = run({"render", folder / "caf\xe9.glb", "-o", folder / "x.png", "--progress", "json"});
  EXPECT_EQ(outcome.exit_code, 1);
  const auto event = nlohmann::json::parse(lines(outcome.err).back());
  EXPECT_NE(event["text"].get<std::string>().find("caf\xef\xbf\xbd.glb: no such file"), std::string::npos) << event;
}

TEST(Progress, ErrorsAreJsonTooWhereProgressIs) {
  const Outcome outcome = run({"render", "nowhere.glb", "-o", "x.png", "--progress", "json"});
  EXPECT_EQ(outcome.exit_code, 1);
  const auto event = nlohmann::json::parse(lines(outcome.err).back());
  EXPECT_EQ(event["event"], "error");
  EXPECT_EQ(event["exit_code"], 1);
  EXPECT_NE(event["text"].get<std::string>().find("nowhere.glb"), std::string::npos);
}

TEST(Progress, NoneIsSilentAndPlainLinesHaveNoControlCharacters) {
  Folder folder;
  const std::string beam = beam_in(folder);
  const Outcome silent = run({"render", beam, "-o", folder / "a.png", "--size", "64x64", "--progress", "none"});
  EXPECT_EQ(silent.exit_code, 0);
  EXPECT_EQ(silent.err, "");
  const Outcome plain = run({"render", beam, "-o", folder / "a.png", "--size", "64x64"});
  EXPECT_EQ(plain.exit_code, 0);
  EXPECT_EQ(plain.err.find_first_of("\r\033"), std::string::npos);
  EXPECT_NE(plain.err.find("100%"), std::string::npos) << plain.err;
}

TEST(Progress, OnATerminalOneLineIsRedrawn) {
  Folder folder;
  const std::string beam = beam_in(folder);
  int master = -1;
  winsize size{24, 60, 0, 0};
  const pid_t pid = forkpty(&master, nullptr, nullptr, &size);
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    const std::string self = program().string();
    execl(self.c_str(), self.c_str(), "render", beam.c_str(), "-o", (folder / "a.gif").c_str(), "--size", "64x64",
          nullptr);
    _exit(127);
  }
  std::string shown;
  char buffer[1024];
  for (ssize_t got; (got = read(master, buffer, sizeof buffer)) > 0;) shown.append(buffer, got);
  close(master);
  EXPECT_NE(shown.find("\r\033[K"), std::string::npos);
  std::string drawn;
  for (const char c : shown + "\r") {
    if (c != '\r' && c != '\n') {
      drawn += c;
      continue;
    }
    EXPECT_LE(drawn.size(), 60 + 3u) << drawn;  // three characters clear the line
    drawn.clear();
  }
}

void expect_cancelled(int signal, const std::vector<std::string>& arguments, const Folder& folder) {
  const std::string before = folder.listing();
  Program program(arguments);
  ASSERT_TRUE(program.wait_for_error_text("\"phase\":\"draw\""));
  program.send(signal);
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_NE(outcome.err.find("cancelled"), std::string::npos) << outcome.err;
  EXPECT_EQ(folder.listing(), before);
}

TEST(Cancel, SignalsStopTheWorkAndLeaveNothing) {
  Folder folder;
  const std::string beam = beam_in(folder);
  for (const int signal : {SIGINT, SIGTERM})
    expect_cancelled(signal, {"render", beam, "-o", folder / "a.mp4", "--seconds", "500", "--size", "64x64", "--progress",
                              "json"}, folder);
}

}  // namespace
}  // namespace mp4d::test
