#include "core/blob.h"
#include "core/files.h"
#include <fstream>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

BlobWriter sample() {
  BlobWriter blob;
  Points points(2, 3);
  points << 1, 2, 3, 4, 5, 6;
  blob.put(std::string("name")).put(7).put(std::vector<float>{0.5f, -1}).put(points);
  return blob;
}

TEST(Blob, ReadsBackWhatWasWritten) {
  auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const auto path = folder->path() / "a.bin";
  ASSERT_TRUE(sample().save(path));
  auto blob = BlobReader::load(path);
  ASSERT_TRUE(blob) << blob.error().message;
  std::string name;
  int number = 0;
  std::vector<float> values;
  Points points;
  blob->get(name).get(number).get(values).get(points);
  ASSERT_TRUE(blob->ok());
  EXPECT_EQ(name, "name");
  EXPECT_EQ(number, 7);
  EXPECT_EQ(values, (std::vector<float>{0.5f, -1}));
  EXPECT_EQ(points(1, 2), 6);
}

TEST(Blob, AFlagIsTrueOrFalseWhateverItsByte) {
  BlobWriter blob;
  blob.put(false).put(true).put(std::uint8_t{2}).put(std::uint8_t{0xff});
  auto reader = BlobReader::parse(blob.bytes(), "a.bin");
  ASSERT_TRUE(reader) << reader.error().message;
  for (const int expected : {0, 1, 1, 1}) {
    bool flag = expected == 0;
    reader->get(flag);
    std::uint8_t byte = 9;
    std::memcpy(&byte, &flag, 1);
    EXPECT_EQ(byte, expected);
  }
  EXPECT_TRUE(reader->ok());
  bool kept = true;
  reader->get(kept);
  EXPECT_FALSE(reader->ok());
  EXPECT_TRUE(kept);
}

TEST(Blob, EveryTruncationAndFlippedByteIsRefused) {
  auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const auto path = folder->path() / "a.bin";
  ASSERT_TRUE(sample().save(path));
  const std::string whole = *read_file(path);
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, cut);
    EXPECT_FALSE(BlobReader::load(path)) << cut;
    std::string damaged = whole;
    damaged[cut] = static_cast<char>(damaged[cut] ^ 0x10);
    std::ofstream(path, std::ios::binary) << damaged;
    EXPECT_FALSE(BlobReader::load(path)) << cut;
  }
}

TEST(Blob, ReadingPastTheEndOrAbsurdSizesLeaveTheValueAlone) {
  auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const auto path = folder->path() / "a.bin";
  ASSERT_TRUE(BlobWriter().put(std::uint64_t(1) << 60).put(std::int64_t(1) << 40).put(std::int64_t(1) << 40).save(path));
  {
    auto blob = BlobReader::load(path);
    std::vector<double> values = {1};
    blob->get(values);
    EXPECT_FALSE(blob->ok());
    EXPECT_EQ(values.size(), 1u);
  }
  auto blob = BlobReader::load(path);
  std::uint64_t first = 0;
  Eigen::MatrixXf matrix = Eigen::MatrixXf::Ones(1, 1);
  blob->get(first).get(matrix);
  EXPECT_FALSE(blob->ok());
  EXPECT_EQ(matrix.size(), 1);
}

}  // namespace
}  // namespace mp4d
