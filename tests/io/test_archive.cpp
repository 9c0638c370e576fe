#include "core/files.h"
#include "io/archive.h"
#include <cstdlib>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kEnough = 1'000'000;

class Archive : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(source() / "a/b");
    fs::create_directories(target());
    ASSERT_TRUE(write_atomically(source() / "a/b/one.txt", std::string(300000, 'x')));
    ASSERT_TRUE(write_atomically(source() / "a/empty.txt", ""));
  }
  fs::path source() const { return root_.path() / "source"; }
  fs::path target() const { return root_.path() / "target"; }
  fs::path packed() const { return root_.path() / "packed.tar"; }
  int pack(const std::string& arguments) const {
    return std::system(
        fmt::format("tar -C '{}' -cf '{}' {} 2>/dev/null", source().string(), packed().string(), arguments).c_str());
  }
  TempFolder root_ = TempFolder::create().value();
};

TEST_F(Archive, RefusesWhatUnpacksToTooMuch) {
  for (const char* filter : {"", "-z ", "-J "}) {
    ASSERT_TRUE(write_atomically(source() / "large.txt", std::string(700000, 'x')));
    ASSERT_EQ(pack(std::string(filter) + "a large.txt"), 0);
    const auto large = unpack_archive(packed(), target(), kEnough - 1);
    ASSERT_FALSE(large);
    EXPECT_NE(large.error().message.find("packed.tar: refused: it unpacks to more than"), std::string::npos) << large.error().message;
    EXPECT_TRUE(unpack_archive(packed(), target(), kEnough));
  }
  fs::resize_file(source() / "large.txt", 50'000'000'000);  // a hole in a small archive
  ASSERT_EQ(pack("-S large.txt"), 0);
  EXPECT_LT(fs::file_size(packed()), 1'000'000u);
  const auto hole = unpack_archive(packed(), target(), kEnough);
  ASSERT_FALSE(hole);
  EXPECT_NE(hole.error().message.find("refused: it unpacks to more than"), std::string::npos) << hole.error().message;
}

TEST_F(Archive, UnpacksPlainAndCompressed) {
  for (const char* filter : {"", "-z ", "-J "}) {
    ASSERT_EQ(pack(std::string(filter) + "a"), 0);
    fs::remove_all(target() / "a");
    const auto unpacked = unpack_archive(packed(), target(), kEnough);
    ASSERT_TRUE(unpacked) << unpacked.error().message;
    EXPECT_EQ(read_file(target() / "a/b/one.txt").value_or("").size(), 300000u);
    EXPECT_EQ(read_file(target() / "a/empty.txt").value_or("?"), "");
  }
}

TEST_F(Archive, RefusesWhatWouldLeaveTheFolder) {
  ASSERT_EQ(pack("--transform 's,^a/empty,../outside,' a/empty.txt"), 0);
  const auto upwards = unpack_archive(packed(), target(), kEnough);
  ASSERT_FALSE(upwards);
  EXPECT_NE(upwards.error().message.find("../outside"), std::string::npos) << upwards.error().message;
  EXPECT_FALSE(fs::exists(root_.path() / "outside.txt"));

  fs::create_symlink("/", source() / "link");
  ASSERT_EQ(pack("link"), 0);
  EXPECT_FALSE(unpack_archive(packed(), target(), kEnough));
  EXPECT_FALSE(fs::exists(fs::symlink_status(target() / "link")));
  ASSERT_EQ(pack("-P --transform 's,^a,/tmp/absolute,' a/empty.txt"), 0);
  EXPECT_FALSE(unpack_archive(packed(), target(), kEnough));
}

TEST_F(Archive, DamageAndCancelAreErrors) {
  ASSERT_EQ(pack("-J a"), 0);
  fs::resize_file(packed(), fs::file_size(packed()) / 2);
  const auto damaged = unpack_archive(packed(), target(), kEnough);
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().message.find("packed.tar"), std::string::npos);
  EXPECT_FALSE(unpack_archive(root_.path() / "absent.tar", target(), kEnough));

  ASSERT_EQ(pack("a"), 0);
  CancelToken cancel;
  cancel.cancel();
  JobContext job({{"unpack", 1}}, {}, {}, cancel);
  const auto stopped = unpack_archive(packed(), target(), kEnough, &job);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace mp4d::test
