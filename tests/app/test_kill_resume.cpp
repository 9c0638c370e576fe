// Killed at random moments and started again, each long command ends with the bytes of a run that was left alone, shows no
// half-written file on the way, and does not do again what was finished. MP4D_KILLS=50 tries so many moments (2 otherwise).
#include "core/rng.h"
#include "process.h"
#include "subjects.h"
#include "tests/tools/paths.h"
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

int kills() {
  const char* text = std::getenv("MP4D_KILLS");
  return text ? std::max(1, std::atoi(text)) : 2;
}

struct Seen {
  std::map<std::string, fs::file_time_type> stages;
  int temporaries = 0;
};

/// `is_finished_stage`: of a file's relative name, whether it must never be written again once it is there.
using IsFinishedStage = bool (*)(const std::string&);

Seen look_at(const fs::path& out, IsFinishedStage is_finished_stage) {
  Seen seen;
  std::error_code error;
  if (!fs::exists(out, error)) return seen;
  for (const auto& entry : fs::recursive_directory_iterator(out)) {
    if (!entry.is_regular_file()) continue;
    if (entry.path().filename().string().starts_with('.')) {
      ++seen.temporaries;
      continue;
    }
    EXPECT_EQ(damage(entry.path()), "");
    const std::string name = fs::relative(entry.path(), out);
    if (is_finished_stage(name)) seen.stages[name] = entry.last_write_time();
  }
  return seen;
}

void kill_and_resume(const Subject& subject, IsFinishedStage is_finished_stage) {
  using Clock = std::chrono::steady_clock;
  Folder folder;
  const auto start = Clock::now();
  const Outcome undisturbed = run(subject.command(folder / "whole"));
  ASSERT_EQ(undisturbed.exit_code, 0) << undisturbed.err;
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const auto expected = subject.results(folder / "whole");
  ASSERT_FALSE(expected.empty());

  int hit = 0, with_temporaries = 0, stages_kept = 0;
  for (int k = 0; k < kills(); ++k) {
    const std::string out = folder / ("killed" + std::to_string(k));
    Program program(subject.command(out));
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds * rng::uniform(7, 0, static_cast<std::uint64_t>(k))));
    program.send(SIGKILL);
    hit += program.wait().exit_code == -1;
    const Seen before = look_at(out, is_finished_stage);
    with_temporaries += before.temporaries > 0;
    const Outcome resumed = run(subject.command(out));
    ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
    const Seen after = look_at(out, is_finished_stage);
    EXPECT_EQ(after.temporaries, 0);
    for (const auto& [name, time] : before.stages) {
      ++stages_kept;
      EXPECT_TRUE(after.stages.count(name) && after.stages.at(name) == time) << name << " was made again";
    }
    for (const auto& [name, bytes] : subject.results(out)) EXPECT_TRUE(bytes == expected.at(name)) << name << " differs, kill " << k;
    fs::remove_all(out);
  }
  std::printf("%s: %.1f s undisturbed; %d of %d killed while running, %d left temporaries, %d finished stages kept\n", subject.name.c_str(), seconds,
              hit, kills(), with_temporaries, stages_kept);
}

TEST(KillAndResume, Reconstruct) {
  Folder inputs;
  kill_and_resume(reconstruct_subject(inputs), [](const std::string& name) { return name.starts_with("work/"); });
}

// A result whose job was killed before it could note it is made again, to the same bytes.
bool none(const std::string&) { return false; }

TEST(KillAndResume, BatchOfTransfers) {
  Folder inputs;
  kill_and_resume(batch_subject(inputs), none);
}

TEST(KillAndResume, FieldTrain) {
  Folder inputs;
  kill_and_resume(field_train_subject(inputs), none);
}

TEST(KillAndResume, HumanTrain) {
  const Subject subject = human_train_subject();
  if (!subject.command) GTEST_SKIP() << "no MakeHuman data in " << shared_data();
  kill_and_resume(subject, none);
}

}  // namespace
}  // namespace mp4d::test
