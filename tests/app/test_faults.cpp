// The disk fills up, turns read-only or is taken out while a command runs: it ends with an error that names the place and what to
// do, what was there before is untouched, nothing half-written stays, and once the disk is well the same call succeeds.
// MP4D_FAULTS=20 tries so many amounts of space and moments (1 otherwise).
#include "core/files.h"
#include "core/rng.h"
#include "process.h"
#include "small_disk.h"
#include "subjects.h"
#include "tests/tools/paths.h"
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <thread>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;

const std::string kEarlier = "an earlier result";

int faults() {
  const char* text = std::getenv("MP4D_FAULTS");
  return text ? std::max(1, std::atoi(text)) : 1;
}

double draw(int i) { return rng::uniform(11, 0, static_cast<std::uint64_t>(i)); }

std::uint64_t bytes_of(const fs::path& folder) {
  std::uint64_t sum = 0;
  for (const auto& [name, content] : files_in(folder)) sum += (content.size() + 4095) / 4096 * 4096;
  return sum;
}

/// Every file under its own name is whole, and none has another.
void expect_whole(const fs::path& folder, const std::string& when) {
  if (!fs::exists(folder)) return;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with('.')) << entry.path() << " was left, " << when;
    if (!entry.is_regular_file() || read_file(entry.path()).value() == kEarlier) continue;
    EXPECT_EQ(damage(entry.path()), "") << when;
  }
}

void expect_results(const Subject& subject, const std::string& out, const Files& expected, const std::string& when) {
  const Files got = subject.results(out);
  EXPECT_EQ(got.size(), expected.size()) << when;
  for (const auto& [name, bytes] : got) EXPECT_TRUE(expected.count(name) && bytes == expected.at(name)) << name << " differs, " << when;
}

/// What an error must say of a place on the disk.
void expect_told(const Outcome& outcome, const fs::path& disk, const std::string& remedy, const std::string& when) {
  EXPECT_EQ(outcome.exit_code, 1) << when << ": " << outcome.err;
  const std::size_t at = outcome.err.rfind("error: ");
  ASSERT_NE(at, std::string::npos) << when << ": " << outcome.err;
  const std::string error = outcome.err.substr(at);
  EXPECT_NE(error.find(disk.string()), std::string::npos) << when << ": " << error;
  EXPECT_EQ(error.find("/."), std::string::npos) << when << ": names a temporary file: " << error;
  EXPECT_NE(error.find(remedy), std::string::npos) << when << ": " << error;
  EXPECT_EQ(error.find("unexpected"), std::string::npos) << when << ": " << error;
}

class Fault : public testing::Test {
 protected:
  void SetUp() override {
    if (!SmallDisk::possible()) GTEST_SKIP() << "only root can mount a disk that fills up";
  }

  void survives(const Subject& subject) {
    using Clock = std::chrono::steady_clock;
    const SmallDisk disk(512);
    const std::string whole = disk / "whole", out = disk / "out";
    const auto start = Clock::now();
    const Outcome undisturbed = run(subject.command(whole));
    ASSERT_EQ(undisturbed.exit_code, 0) << undisturbed.err;
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const Files expected = subject.results(whole);
    ASSERT_FALSE(expected.empty());
    const std::uint64_t written = bytes_of(whole);

    int full = 0;
    for (int i = 0; i < faults(); ++i) {
      const auto left = static_cast<std::uint64_t>((i == 0 ? 0.5 : i == 1 ? 0 : draw(i)) * static_cast<double>(written));
      const std::string when = fmt::format("{} with {} of {} bytes", subject.name, left, written);
      const Files before = put_earlier_results(subject, out);
      disk.fill_up_to(left);
      const Outcome outcome = run(subject.command(out));
      if (outcome.exit_code == 0) {
        expect_results(subject, out, expected, when);  // it needed less than all at once
      } else {
        ++full;
        expect_told(outcome, out, "free some space", when);
        expect_kept(before, out, when);
      }
      disk.free();
      expect_whole(out, when);
      finish(subject, out, expected, when);
    }
    EXPECT_GT(full, 0);

    const std::string read_only = subject.name + " read-only";
    const Files before = put_earlier_results(subject, out);
    const auto words = subject.command(out);
    disk.set_read_only(true);
    expect_told(run(words), out, "choose another", read_only);
    expect_kept(before, out, read_only);
    disk.set_read_only(false);
    expect_whole(out, read_only);

    int taken = 0;
    for (int i = 0; i < std::max(1, faults() / 2); ++i) {
      // Sooner as long as it had written all.
      for (double moment = seconds * draw(100 + i);; moment = moment > 0.05 ? moment / 2 : 0) {
        SmallDisk other(256);
        Program program(subject.command(other / "out"));
        std::this_thread::sleep_for(std::chrono::duration<double>(moment));
        other.take_out();
        const Outcome outcome = program.wait();
        if (outcome.exit_code == 0) expect_results(subject, other.inside("out"), expected, subject.name + ", taken out afterwards");
        if (outcome.exit_code == 0 && moment > 0) continue;
        ++taken;
        expect_told(outcome, other.path(), "; ", fmt::format("{}, disk taken out", subject.name));
        break;
      }
    }
    std::printf("%s: %.1f s, %d times full, read-only, %d times taken out\n", subject.name.c_str(), seconds, full, taken);
  }

 private:
  /// What a command that writes single files replaces; returns them.
  static Files put_earlier_results(const Subject& subject, const std::string& out) {
    fs::remove_all(out);
    const auto words = subject.command(out);
    Files before;
    for (const std::string& word : words)
      if (word.starts_with(out + "/") && fs::path(word).has_extension()) {
        write_text(word, kEarlier);
        before[fs::path(word).filename()] = kEarlier;
      }
    return before;
  }

  static void expect_kept(const Files& before, const std::string& out, const std::string& when) {
    for (const auto& [name, content] : before) {
      const Files now = files_in(out);
      EXPECT_TRUE(now.count(name) && now.at(name) == content) << name << " is gone, " << when;
    }
  }

  static void finish(const Subject& subject, const std::string& out, const Files& expected, const std::string& when) {
    const Outcome again = run(subject.command(out));
    ASSERT_EQ(again.exit_code, 0) << when << ", again: " << again.err;
    expect_results(subject, out, expected, when + ", again");
    expect_whole(out, when + ", again");
  }
};

TEST_F(Fault, Reconstruct) {
  Folder inputs;
  survives(reconstruct_subject(inputs));
}

TEST_F(Fault, Transfer) {
  Folder inputs;
  survives(transfer_subject(inputs));
}

TEST_F(Fault, Batch) {
  Folder inputs;
  survives(batch_subject(inputs));
}

TEST_F(Fault, FieldTrain) {
  Folder inputs;
  survives(field_train_subject(inputs));
}

TEST_F(Fault, FieldMeshAndView) {
  Folder inputs;
  survives(field_mesh_subject(inputs));
  survives(field_render_subject(inputs));
}

TEST_F(Fault, HumanTrain) {
  const Subject subject = human_train_subject();
  if (!subject.command) GTEST_SKIP() << "no MakeHuman data in " << shared_data();
  if (!std::getenv("MP4D_FAULTS")) GTEST_SKIP() << "takes minutes; MP4D_FAULTS asks for it";
  survives(subject);
}

TEST_F(Fault, HumanGenerate) { survives(human_generate_subject()); }

TEST_F(Fault, Rig) {
  Folder inputs;
  survives(rig_subject(inputs));
}

TEST_F(Fault, EditToEveryFormat) {
  Folder inputs;
  for (const char* ending : {"glb", "gltf", "fbx", "bvh", "usda", "usdz", "anime"}) survives(edit_subject(inputs, ending));
}

/// What this very command wrote earlier, with `other` options, stays byte for byte while it cannot write all of it anew.
void keeps_earlier(const Subject& subject, const std::vector<std::string>& other) {
  const SmallDisk disk(256);
  const std::string out = disk / "out";
  auto words = subject.command(out);
  words.insert(words.end(), other.begin(), other.end());
  ASSERT_EQ(run(words).exit_code, 0);
  write_text(out + "/notes.txt", "mine");
  const Files before = files_in(out);
  const std::uint64_t written = bytes_of(out);
  int full = 0;
  for (int i = 0; i < 4 + faults(); ++i) {
    const auto left = static_cast<std::uint64_t>((i < 4 ? 0.25 * i : draw(i)) * static_cast<double>(written));
    const std::string when = fmt::format("{} over an earlier one with {} of {} bytes", subject.name, left, written);
    disk.fill_up_to(left);
    const Outcome outcome = run(subject.command(out));
    disk.free();
    expect_whole(out, when);
    if (outcome.exit_code == 0) break;
    ++full;
    expect_told(outcome, out, "free some space", when);
    EXPECT_TRUE(files_in(out) == before) << when;
  }
  EXPECT_GT(full, 1);
  const Outcome again = run(subject.command(out));
  ASSERT_EQ(again.exit_code, 0) << again.err;
  ASSERT_EQ(run(subject.command(disk / "alone")).exit_code, 0);
  Files expected = files_in(disk / "alone");
  expected["notes.txt"] = "mine";
  EXPECT_TRUE(files_in(out) == expected) << subject.name;
  expect_whole(out, subject.name);
}

TEST_F(Fault, EarlierResultsInAFolder) {
  Folder inputs;
  keeps_earlier(dataset_subject(inputs), {"--fps", "60"});
  keeps_earlier(human_dataset_subject(), {"--pose", "t-pose"});
  keeps_earlier(mesh_row_subject(inputs), {"--end", "0.2"});
}

TEST_F(Fault, Render) {
  Folder inputs;
  for (const char* ending : {"png", "jpg", "mp4", "gif"}) survives(render_subject(inputs, ending));
  survives(dataset_subject(inputs));
}

}  // namespace
}  // namespace mp4d::test
