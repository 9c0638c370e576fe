// Where the training of a job goes, and what a kill at any moment of the exchange of runs leaves.
#include "app/cli/batch_run.h"
#include "core/files.h"
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

class BatchRuns : public testing::Test {
 protected:
  fs::path run() const { return folder_.path() / "run"; }
  fs::path work() const { return folder_.path() / "jobs/run/work"; }
  BatchRun of(const std::string& key) const { return {run(), work(), key}; }
  /// A training from begin() to its end.
  void train(const std::string& key, const std::string& recorded) const {
    const auto folder = of(key).begin(recorded);
    ASSERT_TRUE(folder) << folder.error().message;
    write(*folder / "scene.field", "field of " + key);
    write(*folder / "colmap/cameras.bin", "cameras of " + key);
    ASSERT_TRUE(of(key).end());
  }
  static void write(const fs::path& path, const std::string& text) {
    ASSERT_TRUE(make_folder(path.parent_path()));
    ASSERT_TRUE(write_atomically(path, text));
  }
  static std::string read(const fs::path& path) { return read_file(path).value_or("nothing"); }
  const TempFolder folder_ = TempFolder::create().value();
};

TEST_F(BatchRuns, AnotherKeyTrainsApartAndTakesThePlaceInTheEnd) {
  train("a", "");
  EXPECT_EQ(read(run() / "scene.field"), "field of a");
  write(run() / "notes.txt", "mine");
  write(run() / "colmap/old.bin", "of a alone");
  EXPECT_EQ(of("b").begin("a").value(), work() / "run");
  EXPECT_EQ(of("b").begin("b").value(), work() / "run") << "goes on there";
  EXPECT_EQ(read(run() / "scene.field"), "field of a");
  train("b", "b");
  EXPECT_EQ(read(run() / "scene.field"), "field of b");
  EXPECT_EQ(read(run() / "colmap/cameras.bin"), "cameras of b");
  EXPECT_FALSE(fs::exists(run() / "colmap/old.bin"));
  EXPECT_EQ(read(run() / "notes.txt"), "mine");
  EXPECT_TRUE(fs::is_empty(work()));
  EXPECT_EQ(of("b").begin("b").value(), run());
}

TEST_F(BatchRuns, WhatLiesInTheRunDecidesAndNotTheLastAttempt) {
  train("a", "");
  EXPECT_EQ(of("b").begin("b").value(), work() / "run") << "the attempt for b failed before it began";
  EXPECT_EQ(of("a").begin("b").value(), run()) << "back to what is there";
  write(work() / "run/state.blob", "of b");
  EXPECT_EQ(of("c").begin("b").value(), work() / "run");
  EXPECT_FALSE(fs::exists(work() / "run/state.blob")) << "of b, not of c";
}

TEST_F(BatchRuns, ARunThatDoesNotSayItsKeyIsTheLastAttempts) {
  write(run() / "scene.field", "trained by hand");
  EXPECT_EQ(of("a").begin("").value(), run());
  fs::remove(run() / ".key");
  EXPECT_EQ(of("a").begin("a").value(), run());
  fs::remove(run() / ".key");
  EXPECT_EQ(of("a").begin("b").value(), work() / "run");
}

TEST_F(BatchRuns, AKillAtAnyMomentOfTheExchangeLosesNothing) {
  for (int moment = 0; moment < 4; ++moment) {
    fs::remove_all(folder_.path() / "run");
    fs::remove_all(work());
    train("a", "");
    write(run() / "notes.txt", "mine");
    const fs::path apart = of("b").begin("a").value();
    write(apart / "scene.field", "field of b");
    fs::rename(apart, work() / "run.complete");
    if (moment > 0) fs::rename(run(), work() / "run.earlier");
    if (moment > 1) fs::rename(work() / "run.complete", run());
    if (moment > 2) fs::rename(work() / "run.earlier/notes.txt", run() / "notes.txt");
    EXPECT_EQ(of("b").begin("b").value(), run()) << moment;
    EXPECT_EQ(read(run() / "scene.field"), "field of b") << moment;
    EXPECT_EQ(read(run() / "notes.txt"), "mine") << moment;
    EXPECT_TRUE(fs::is_empty(work())) << moment;
  }
}

TEST_F(BatchRuns, ALinkedFolderOfARunIsNotEmptied) {
  write(folder_.path() / "scenes/cameras.bin", "the user's");
  train("a", "");
  fs::remove_all(run() / "colmap");
  fs::create_directory_symlink(folder_.path() / "scenes", run() / "colmap");
  train("b", "a");
  EXPECT_EQ(read(folder_.path() / "scenes/cameras.bin"), "the user's");
  EXPECT_EQ(read(run() / "colmap/cameras.bin"), "cameras of b");
}

}  // namespace
}  // namespace mp4d::test
