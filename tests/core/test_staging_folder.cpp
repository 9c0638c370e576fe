#include "core/file_checks.h"
#include "core/files.h"
#include "core/staging_folder.h"
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;

class ReplaceFiles : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(folder_); }
  fs::path out() const { return folder_->path() / "out"; }
  static void put(const fs::path& folder, const Files& files) {
    for (const auto& [name, content] : files) {
      ASSERT_TRUE(make_folder((folder / name).parent_path()));
      std::ofstream(folder / name) << content;
    }
  }
  static Files in(const fs::path& folder) {  // hidden ones too
    Files files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) files[entry.path().lexically_relative(folder)] = read_file(entry.path()).value();
    return files;
  }
  std::size_t entries() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(out()), fs::directory_iterator())); }

  Result<TempFolder> folder_ = TempFolder::create();
};

const Files kOld{{"a", "old a"}, {"sub/1", "old 1"}, {"sub/2", "old 2"}, {"notes.txt", "mine"}, {"sub/own", "mine"}};

TEST_F(ReplaceFiles, OldOnesAndStaleOnesGoAndAllOthersStay) {
  put(out(), kOld);
  {
    const auto staging = StagingFolder::of(out());
    ASSERT_TRUE(staging) << staging.error().message;
    put(staging->path(), {{"a", "new a"}, {"sub/1", "new 1"}, {"sub/more/3", "new 3"}});
    const auto replaced = replace_files(staging->path(), out(), {"sub/2", "sub/gone"}, "a");
    ASSERT_TRUE(replaced) << replaced.error().message;
  }
  EXPECT_EQ(in(out()), (Files{{"a", "new a"}, {"sub/1", "new 1"}, {"sub/more/3", "new 3"}, {"notes.txt", "mine"}, {"sub/own", "mine"}}));
  EXPECT_EQ(entries(), 3u);
}

TEST_F(ReplaceFiles, AFolderThatWasNotThereAppearsAsAWhole) {
  {
    const auto staging = StagingFolder::of(out());
    ASSERT_TRUE(staging) << staging.error().message;
    put(staging->path(), {{"a", "new a"}});
    EXPECT_FALSE(fs::exists(out()));
    ASSERT_TRUE(replace_files(staging->path(), out(), {}, "a"));
  }
  EXPECT_EQ(in(out()), (Files{{"a", "new a"}}));
}

TEST_F(ReplaceFiles, WhatCannotBeReplacedLeavesAllAsItWas) {
  put(out(), kOld);
  const auto staging = StagingFolder::of(out());
  ASSERT_TRUE(staging);
  put(staging->path(), {{"a", "new a"}, {"b", "new b"}, {"sub/1/x", "where a file is"}});
  const auto replaced = replace_files(staging->path(), out(), {"sub/2"}, "a");
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().message, (out() / "sub/1").string() + ": cannot be made: Not a directory; choose another name or folder");
  fs::remove_all(staging->path());
  EXPECT_EQ(in(out()), kOld);
  EXPECT_EQ(entries(), 3u);

  const auto in_file = StagingFolder::of(out() / "a");
  ASSERT_FALSE(in_file);
  EXPECT_EQ(in_file.error().message, (out() / "a").string() + ": cannot be made: Not a directory; choose another name or folder");
}

TEST_F(ReplaceFiles, WhatAnotherMachineHasBegunIsNotTouched) {
  put(out(), kOld);
  put(out(), {{".elsewhere-7-before/files/sub/3", "old 3"}});
  const Files all = in(out());
  for (const auto& outcome : {put_back_files(out()), StagingFolder::of(out()).map([](const StagingFolder&) {})}) {
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().message.find("take what you need out of .elsewhere-7-before"), std::string::npos) << outcome.error().message;
  }
  EXPECT_EQ(in(out()), all);
}

TEST_F(ReplaceFiles, AFolderInAFilesPlaceStays) {
  put(out(), {{"a/own", "mine"}, {"b", "old b"}});
  const fs::path from = folder_->path() / "from";
  put(from, {{"a", "new a"}, {"b", "new b"}});
  const auto replaced = replace_files(from, out(), {}, "a");
  ASSERT_FALSE(replaced);
  EXPECT_EQ(replaced.error().message, (out() / "a").string() + ": a folder has the name of a file that belongs there; move it away");
  EXPECT_EQ(in(out()), (Files{{"a/own", "mine"}, {"b", "old b"}}));
}

TEST_F(ReplaceFiles, KilledInTheMiddleItIsUndoneByTheNextOne) {
  constexpr int kFiles = 500;
  Files old{{"notes.txt", "mine"}}, fresh{{"notes.txt", "mine"}};
  for (int i = 0; i < kFiles; ++i) {
    old[fmt::format("sub/{}", i)] = "old";
    fresh[fmt::format("sub/{}", i + kFiles / 2)] = "new";
  }
  std::vector<fs::path> stale;
  for (int i = 0; i < kFiles / 2; ++i) stale.push_back(fmt::format("sub/{}", i));
  Files added = fresh;
  added.erase("notes.txt");
  int caught = 0;
  for (int moment = 0; moment < 12; ++moment) {
    fs::remove_all(out());
    put(out(), old);
    const fs::path from = folder_->path() / fmt::format("from{}", moment);
    put(from, added);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto replaced = replace_files(from, out(), stale, "sub/250");
      ::_exit(replaced ? 0 : 1);
    }
    // Once the first is taken away, or so many of the new ones are there.
    const bool taking = moment % 2 == 0;
    const fs::path watched = out() / fmt::format("sub/{}", taking ? 250 : kFiles + moment * 20);
    siginfo_t ended{};
    while (fs::exists(watched) == taking && ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0) {
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    const Files left = in(out());
    caught += left != old && left != fresh;
    const auto staging = StagingFolder::of(out());
    ASSERT_TRUE(staging) << staging.error().message;
    fs::remove_all(staging->path());
    Files now = in(out());
    std::erase_if(now, [](const auto& file) { return file.first.starts_with('.'); });  // leftovers, which another process removes
    EXPECT_TRUE(now == old || now == fresh) << moment << ": " << now.size() << " files";
  }
  EXPECT_GT(caught, 0);
}

}  // namespace
}  // namespace mp4d
