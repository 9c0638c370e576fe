#include "core/assets.h"
#include "core/files.h"
#include "core/hash.h"
#include "core/runtime.h"
#include <bit>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(folder_); }
  const fs::path& folder() const { return folder_->path(); }
  /// Names in the folder, hidden ones included.
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder())) found.insert(entry.path().filename().string());
    return found;
  }
  Result<TempFolder> folder_ = TempFolder::create();
};

TEST_F(Files, WriteThenReadGivesTheSameBytes) {
  std::string content("\0\xff binary \n", 11);
  content.append(100000, 'x');
  const fs::path path = folder() / "out.bin";
  ASSERT_TRUE(write_atomically(path, content));
  EXPECT_EQ(read_file(path).value(), content);
  ASSERT_TRUE(write_atomically(path, ""));
  EXPECT_EQ(read_file(path).value(), "");
  EXPECT_EQ(names(), (std::set<std::string>{"out.bin"}));
}

TEST_F(Files, APipeIsReadToItsEndAndIsNoRegularFile) {
  const fs::path pipe = folder() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto unread = read_regular_file(pipe);  // with nobody at its other end
  ASSERT_FALSE(unread);
  EXPECT_EQ(unread.error().message, pipe.string() + ": a folder, pipe or device, not a file; put a file there");
  const std::string content(300000, 'x');
  std::thread writer([&] { std::ofstream(pipe) << content; });
  EXPECT_EQ(read_file(pipe).value(), content);
  writer.join();
}

TEST_F(Files, ARegularFileMayBeReachedByALink) {
  ASSERT_TRUE(write_atomically(folder() / "a.txt", "text"));
  fs::create_symlink("a.txt", folder() / "link.txt");
  fs::create_symlink("/dev/zero", folder() / "endless.txt");
  EXPECT_EQ(read_regular_file(folder() / "link.txt").value(), "text");
  for (const fs::path& other : {folder() / "endless.txt", folder()}) {
    const auto read = read_regular_file(other);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("not a file"), std::string::npos) << read.error().message;
  }
}

TEST_F(Files, AFileLargerThanMemoryIsRefusedBeforeItIsRead) {
  const fs::path path = folder() / "large.bin";
  ASSERT_TRUE(write_atomically(path, "1"));
  ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(2 * available_memory())), 0);
  const std::uint64_t before = peak_memory();
  const auto read = read_file(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kResource);
  EXPECT_NE(read.error().message.find("large.bin: "), std::string::npos) << read.error().message;
  EXPECT_NE(read.error().message.find("of free memory; close other programs"), std::string::npos) << read.error().message;
  EXPECT_LT(peak_memory(), before + (256 << 20));
}

TEST_F(Files, FailedWriterLeavesTheOldFileAndNothingElse) {
  const fs::path path = folder() / "model.glb";
  ASSERT_TRUE(write_atomically(path, "old"));
  const Result<void> result = write_atomically(path, [](const fs::path& temporary) -> Result<void> {
    EXPECT_EQ(temporary.extension(), ".glb");
    std::ofstream(temporary) << "half";
    return fail(ErrorCode::kFailed, "stopped half-way");
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "stopped half-way");
  EXPECT_EQ(read_file(path).value(), "old");
  EXPECT_EQ(names(), (std::set<std::string>{"model.glb"}));
}

TEST_F(Files, WhatAKilledProcessLeftIsRemovedAndNothingElse) {
  const pid_t killed = ::fork();
  if (killed == 0) {
    (void)write_atomically(folder() / "a.glb", [](const fs::path& temporary) -> Result<void> {
      std::ofstream(temporary) << "half" << std::flush;
      ::raise(SIGKILL);
      return {};
    });
    ::_exit(0);
  }
  ::waitpid(killed, nullptr, 0);
  ASSERT_EQ(names().size(), 1u);
  const std::string half = *names().begin();
  // The same of a process that lives, and of another machine.
  std::string living = half, foreign = half;
  living.replace(living.find(std::to_string(killed)), std::to_string(killed).size(), std::to_string(::getpid()));
  foreign.replace(foreign.find(".a.") + 3, 1, "?");
  for (const std::string& name : {living, foreign, std::string(".a.part.glb")}) std::ofstream(folder() / name) << "kept";
  ASSERT_TRUE(write_atomically(folder() / "b.glb", "whole"));
  EXPECT_EQ(names(), (std::set<std::string>{living, foreign, ".a.part.glb", "b.glb"}));
}

TEST_F(Files, ExceptionOfAWriterLeavesTheOldFileAndNothingElse) {
  const fs::path path = folder() / "a.txt";
  ASSERT_TRUE(write_atomically(path, "old"));
  EXPECT_THROW((void)write_atomically(path, [](const fs::path&) -> Result<void> { throw std::bad_alloc(); }),
               std::bad_alloc);
  EXPECT_EQ(read_file(path).value(), "old");
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(Files, FullDiskIsAResourceErrorAndLeavesTheOldFile) {
  const fs::path path = folder() / "big.bin";
  ASSERT_TRUE(write_atomically(path, "old"));
  // A limit on file sizes stands in for a full disk: writing beyond it fails in the middle.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 10000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const Result<void> result = write_atomically(path, std::string(50000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kResource);
  EXPECT_NE(result.error().message.find("big.bin"), std::string::npos);
  EXPECT_EQ(read_file(path).value(), "old");
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(Files, MissingFoldersDirectoriesAndDevicesAreRefusedByName) {
  const auto error_of = [](const fs::path& path) {
    const Result<void> result = write_atomically(path, "x");
    return result ? std::string("no error") : result.error().message;
  };
  EXPECT_NE(error_of(folder() / "missing/out.glb").find("missing does not exist"), std::string::npos);
  EXPECT_NE(error_of(folder()).find("not a regular file"), std::string::npos);
  EXPECT_NE(error_of("/dev/null").find("not a regular file"), std::string::npos);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_NE(error_of("").find("not a file name"), std::string::npos);
  EXPECT_NE(error_of("/proc/out.glb").find("/proc/out.glb: cannot write"), std::string::npos);
}

TEST_F(Files, LinksStayLinks) {
  ASSERT_TRUE(write_atomically(folder() / "real.txt", "old"));
  fs::create_symlink("real.txt", folder() / "link.txt");
  ASSERT_TRUE(write_atomically(folder() / "link.txt", "new"));
  EXPECT_TRUE(fs::is_symlink(folder() / "link.txt"));
  EXPECT_EQ(read_file(folder() / "real.txt").value(), "new");
}

TEST_F(Files, ReadingNamesWhatIsWrong) {
  EXPECT_NE(read_file(folder() / "no.txt").error().message.find("no.txt: cannot read"), std::string::npos);
  EXPECT_FALSE(read_file(folder()));
  EXPECT_NE(read_file("/proc/self/status").value().find("Name:"), std::string::npos);  // says size 0
}

TEST_F(Files, TempFoldersAreGoneWithTheirContent) {
  fs::path path;
  {
    Result<TempFolder> temp = TempFolder::create();
    ASSERT_TRUE(temp);
    const TempFolder moved = std::move(*temp);
    path = moved.path();
    fs::create_directories(path / "a/b");
    ASSERT_TRUE(write_atomically(path / "a/b/c.txt", "x"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(Files, AssetsComeFirstFromTheChosenFolder) {
  ASSERT_TRUE(write_atomically(folder() / "here.json", "{}"));
  ASSERT_EQ(setenv("MP4D_ASSETS", folder().c_str(), 1), 0);
  const auto found = find_asset("here.json");
  const auto missing = find_asset("not/there.json");
  unsetenv("MP4D_ASSETS");
  EXPECT_EQ(found.value(), folder() / "here.json");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("not/there.json"), std::string::npos);
  EXPECT_NE(missing.error().message.find(folder().string()), std::string::npos);
  EXPECT_FALSE(find_asset("here.json"));
}

TEST(ContentHash, DependsOnEveryByteAndOnWhereCallsEnd) {
  std::set<std::string> seen;
  const std::string text(41, 'a');
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      seen.insert(ContentHash().text(changed).hex());
    }
  }
  for (std::size_t n = 0; n <= text.size(); ++n) seen.insert(ContentHash().text(text.substr(0, n)).hex());
  for (std::size_t n = 0; n <= text.size(); ++n)
    seen.insert(ContentHash().text(text.substr(0, n)).text(text.substr(n)).hex());
  EXPECT_EQ(seen.size(), 41u * 8 + 42 + 42);
  EXPECT_EQ(ContentHash().text("abc").number(1).hex(), ContentHash().text("abc").number(1).hex());
  EXPECT_NE(ContentHash().number(1.0f).hex(), ContentHash().number(-1.0f).hex());
}

TEST(ContentHash, OneInputBitChangesHalfOfTheOutput) {
  double changed = 0;
  const int count = 2000;
  for (int i = 0; i < count; ++i) {
    const auto digits = [](const std::string& hex, int half) {
      return std::stoull(hex.substr(16 * half, 16), nullptr, 16);
    };
    const std::string a = ContentHash().number(i).hex(), b = ContentHash().number(i ^ (1 << i % 31)).hex();
    for (int half = 0; half < 2; ++half) changed += std::popcount(digits(a, half) ^ digits(b, half));
  }
  EXPECT_NEAR(changed / count, 64, 1);
}

TEST(ContentHash, ValueIsStableAcrossReleases) {
  EXPECT_EQ(ContentHash().text("magicpose4d").number(42).hex(), "b886d96530ebae8ae215a75d77e4b470");
}

TEST_F(Files, HashOfAFolderSeesNamesAndContents) {
  const auto hash = [this] {
    ContentHash h;
    EXPECT_TRUE(h.path(folder()));
    return h.hex();
  };
  std::set<std::string> seen{hash()};
  ASSERT_TRUE(write_atomically(folder() / "a.txt", "1"));
  seen.insert(hash());
  EXPECT_EQ(seen.count(hash()), 1u);
  ASSERT_TRUE(write_atomically(folder() / "a.txt", "2"));
  seen.insert(hash());
  fs::rename(folder() / "a.txt", folder() / "b.txt");
  seen.insert(hash());
  EXPECT_EQ(seen.size(), 4u);
  EXPECT_NE(ContentHash().path(folder() / "none").error().message.find("none"), std::string::npos);
}

TEST(MakeFolder, SaysWhyAndWhatToDo) {
  const auto folder = TempFolder::create().value();
  const auto nested = folder.path() / "a/b";
  ASSERT_TRUE(make_folder(nested));
  EXPECT_TRUE(make_folder(nested));
  ASSERT_TRUE(write_atomically(nested / "file", "x"));
  for (const auto& taken : {nested / "file", nested / "file/below"}) {
    const auto made = make_folder(taken);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message, taken.string() + ": cannot be made: Not a directory; choose another name or folder");
  }
}

TEST(SystemErrors, EachReasonHasItsRemedy) {
  const auto folder = TempFolder::create().value();
  const auto path = folder.path() / "a.txt";
  const auto lost = write_atomically(path, [](const fs::path& temporary) -> Result<void> {
    fs::remove(temporary);
    return {};
  });
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().message, path.string() + ": nothing was written: No such file or directory; choose another name or folder");
  const auto link = folder.path() / "link";
  fs::create_symlink("nowhere", link);
  EXPECT_EQ(write_atomically(link, "x").error().message,
            link.string() + ": cannot follow the link: No such file or directory; choose another name or folder");

  const auto place = folder.path() / "socket";
  sockaddr_un address{AF_UNIX, {}};
  place.string().copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto read = read_regular_file(place);
  ::close(socket);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, place.string() + ": cannot read: No such device or address; is its drive still there? else choose another");
}

TEST(CloseWritten, TellsWhatWasLost) {
  const auto folder = TempFolder::create().value();
  std::ofstream whole(folder.path() / "whole");
  whole << "all of it";
  EXPECT_TRUE(close_written(whole, "whole"));
  std::ofstream full("/dev/full");  // the disk is always full there
  full << "nothing of it";
  const auto closed = close_written(full, "shown");
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::kResource);
  EXPECT_EQ(closed.error().message, "shown: cannot write: No space left on device; free some space or choose another folder");
}

TEST(WriteAtomically, ErrorsOfTheWriterNameTheFileAndNotTheTemporary) {
  const auto folder = TempFolder::create().value();
  const auto path = folder.path() / "a.txt";
  const auto written = write_atomically(path, [](const std::filesystem::path& temporary) -> Result<void> {
    return fail(ErrorCode::kFailed, "{}: broken, so {} is", temporary.string(), temporary.string());
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, fmt::format("{0}: broken, so {0} is", path.string()));
}

}  // namespace
}  // namespace mp4d
