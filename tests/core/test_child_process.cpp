#include "core/process.h"
#include "core/file_lock.h"
#include "core/files.h"
#include <csignal>
#include <gtest/gtest.h>
#include <thread>

namespace mp4d {
namespace {

ChildEnd wait_for(ChildProcess& child, std::string* errors = nullptr) {
  while (!child.has_ended()) {
    if (errors) *errors += child.read_pipe();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  if (errors) *errors += child.read_pipe();
  return child.end();
}

Result<ChildProcess> shell(const std::string& script, const TempFolder& folder, int kept_open = -1) {
  return ChildProcess::start({{"/bin/sh", "-c", script}, {"GREETING=hello there"}, Piped::kErrors, folder.path() / "out", kept_open});
}

TEST(ChildProcess, TellsExitCodeOutputAndErrors) {
  const auto folder = TempFolder::create().value();
  auto child = shell("echo \"$GREETING\"; echo wrong >&2; cat; exit 5", folder);
  ASSERT_TRUE(child) << child.error().message;
  std::string errors;
  const ChildEnd end = wait_for(*child, &errors);
  EXPECT_EQ(end.exit_code, 5);
  EXPECT_EQ(end.signal, 0);
  EXPECT_GT(end.peak_memory, 100'000u);
  EXPECT_EQ(errors, "wrong\n");
  EXPECT_EQ(read_file(folder.path() / "out").value(), "hello there\n");
}

TEST(ChildProcess, TellsTheSignal) {
  const auto folder = TempFolder::create().value();
  auto child = shell("sleep 100", folder).value();
  child.send(SIGTERM);
  EXPECT_EQ(wait_for(child).signal, SIGTERM);
  EXPECT_EQ(child.end().exit_code, -1);
}

TEST(ChildProcess, ItsWholeGroupEndsWithTheObject) {
  const auto folder = TempFolder::create().value();
  std::string errors;
  {
    auto child = shell("sleep 100 & echo $! >&2; wait", folder).value();
    while (errors.find('\n') == std::string::npos) errors += child.read_pipe();
  }
  // Gone, or a zombie of whoever adopts orphans here; otherwise this waits until the test's time is up.
  const std::string status_path = "/proc/" + std::to_string(std::stoi(errors)) + "/stat";
  for (auto status = read_file(status_path); status && status->find(") Z") == std::string::npos; status = read_file(status_path))
    std::this_thread::yield();
}

TEST(ChildProcess, SaysWhatIsWrongWithTheOutput) {
  const auto child = ChildProcess::start({{"/bin/true"}, {}, Piped::kErrors, "/nowhere/out"});
  ASSERT_FALSE(child);
  EXPECT_NE(child.error().message.find("/nowhere/out"), std::string::npos) << child.error().message;
}

TEST(ChildProcess, AProgramThatIsNotThereIsAnErrorWithTheReason) {
  const auto child = ChildProcess::start({{"/nowhere/program"}, {}});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().message, "/nowhere/program: cannot be started: No such file or directory");
}

TEST(ChildProcess, WhatIsPipedIsChosen) {
  for (const auto& [piped, expected] : {std::pair(Piped::kOutput, "said\n"), std::pair(Piped::kBoth, "said\nwrong\n")}) {
    auto child = ChildProcess::start({{"/bin/sh", "-c", "echo said; echo wrong >&2"}, {}, piped}).value();
    std::string got;
    while (child.pipe_descriptor() >= 0) {
      child.wait_for_pipe(1000);
      got += child.read_pipe();
    }
    EXPECT_EQ(got, expected);
    EXPECT_EQ(child.wait().exit_code, 0);
  }
}

TEST(FileLock, IsHeldByOneUntilItAndAllWhoInheritedItEnd) {
  const auto folder = TempFolder::create().value();
  const auto path = folder.path() / "lock";
  auto first = FileLock::attempt(path).value();
  ASSERT_TRUE(first);
  EXPECT_FALSE(FileLock::attempt(path).value());
  auto heir = shell("echo started >&2; exec sleep 100", folder, first->descriptor()).value();
  while (heir.read_pipe().empty()) std::this_thread::yield();
  first.reset();
  EXPECT_FALSE(FileLock::attempt(path).value());
  heir.send(SIGKILL);
  wait_for(heir);
  EXPECT_TRUE(FileLock::attempt(path).value());
  EXPECT_TRUE(FileLock::wait(path));
}

TEST(FileLock, NamesAFileThatCannotBeMade) {
  const auto lock = FileLock::attempt("/nowhere/lock");
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.error().message.find("/nowhere/lock"), std::string::npos);
}

}  // namespace
}  // namespace mp4d
