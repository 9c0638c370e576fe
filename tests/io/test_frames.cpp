#include "io/frames.h"
#include "io/listing.h"
#include "tests/io/drawn_clip.h"
#include <fstream>
#include <gtest/gtest.h>

using namespace mp4d;
using mp4d::test::contains;

namespace {

namespace fs = std::filesystem;

class FramesTest : public testing::Test {
 protected:
  TempFolder folder_ = *TempFolder::create();
  fs::path file(const std::string& name) const { return folder_.path() / name; }
};

void write_bytes(const fs::path& path, const std::string& bytes) { ASSERT_TRUE(write_atomically(path, bytes)); }

/// Images of one flat gray level each, 20 * index.
std::vector<Image> flat_images(int count, int width = 64, int height = 48) {
  std::vector<Image> images;
  for (int i = 0; i < count; ++i) images.emplace_back(width, height, 3, static_cast<std::uint8_t>(20 * i));
  return images;
}

/// Which flat image it is, robust to compression.
int level(const Image& image) { return (image.at(image.width / 2, image.height / 2) + 10) / 20; }

/// Left half red, right half blue, top quarter white.
Image marked(int width, int height) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      image.at(x, y, 0) = x < width / 2 || y < height / 4 ? 250 : 0;
      image.at(x, y, 1) = y < height / 4 ? 250 : 0;
      image.at(x, y, 2) = x >= width / 2 || y < height / 4 ? 250 : 0;
    }
  return image;
}

void expect_marked_upright(const Image& image) {
  const int x0 = image.width / 4, x1 = image.width * 3 / 4, y = image.height * 3 / 4;
  EXPECT_GT(image.at(x0, y, 0), 180);
  EXPECT_LT(image.at(x0, y, 2), 80);
  EXPECT_GT(image.at(x1, y, 2), 180);
  EXPECT_LT(image.at(x1, y, 0), 80);
  EXPECT_GT(image.at(x0, image.height / 8, 1), 180);
}

}  // namespace

TEST(Listing, NaturalOrder) {
  EXPECT_TRUE(natural_less("a2", "a10"));
  EXPECT_FALSE(natural_less("a10", "a2"));
  EXPECT_TRUE(natural_less("a", "a1"));
  EXPECT_TRUE(natural_less("f007", "f8"));
  EXPECT_NE(natural_less("f01", "f1"), natural_less("f1", "f01"));
  EXPECT_FALSE(natural_less("f1", "f1"));
}

TEST_F(FramesTest, Mp4PlaysBackWhatWasWritten) {
  const auto clip = test::draw_clip({.count = 10});
  ASSERT_TRUE(write_video(file("clip.mp4"), clip.frames.images, 25));
  const auto back = read_frames(file("clip.mp4"));
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->images.size(), 10u);
  EXPECT_NEAR(back->fps, 25, 1e-6);
  EXPECT_EQ(back->names[7], "0007");
  for (int i = 0; i < 10; ++i) {
    EXPECT_NEAR(back->times[i], i / 25.0, 1e-4);
    EXPECT_GT(test::psnr(back->images[i], clip.frames.images[i]), 28) << "frame " << i;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1) << "a temporary file was left";
}

TEST_F(FramesTest, OddSizesArePaddedByOnePixel) {
  std::vector<Image> images(4, marked(63, 49));
  ASSERT_TRUE(write_video(file("odd.mp4"), images, 24));
  const auto back = read_frames(file("odd.mp4"));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->images[0].width, 64);
  EXPECT_EQ(back->images[0].height, 50);
  expect_marked_upright(back->images[0]);
}

TEST_F(FramesTest, GifKeepsPicturesAndTimes) {
  const auto clip =
      test::draw_clip({.width = 120, .height = 90, .count = 6, .radius = 20, .start_x = 40, .start_y = 40});
  ASSERT_TRUE(write_video(file("clip.gif"), clip.frames.images, 24));
  const auto back = read_frames(file("clip.gif"));
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->images.size(), 6u);
  for (int i = 0; i < 6; ++i) {
    EXPECT_GT(test::psnr(back->images[i], clip.frames.images[i]), 24) << "frame " << i;
    EXPECT_NEAR(back->times[i], i / 24.0, 0.0051);
  }
}

TEST_F(FramesTest, VariableRateIsReadFromPresentationTimes) {
  ASSERT_TRUE(write_video(file("even.gif"), flat_images(5), 10));
  std::string bytes = *read_file(file("even.gif"));
  const int delays[] = {10, 40, 10, 20, 10};  // 1/100 s
  std::size_t at = 0;
  for (const int delay : delays) {
    at = bytes.find("\x21\xF9\x04", at);
    ASSERT_NE(at, std::string::npos);
    bytes[at + 4] = static_cast<char>(delay);
    at += 4;
  }
  write_bytes(file("uneven.gif"), bytes);
  const auto frames = read_frames(file("uneven.gif"));
  ASSERT_TRUE(frames) << frames.error().message;
  const std::vector<double> expected = {0, 0.1, 0.5, 0.6, 0.8};
  ASSERT_EQ(frames->times.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(frames->times[i], expected[i], 1e-3);
  EXPECT_TRUE(read_clip_info(file("uneven.gif"))->variable_rate);
  EXPECT_FALSE(read_clip_info(file("even.gif"))->variable_rate);

  // At 5 fps the wanted moments are 0, 0.2, 0.4, 0.6, 0.8 s.
  const auto resampled = read_frames(file("uneven.gif"), {.fps = 5});
  ASSERT_TRUE(resampled) << resampled.error().message;
  std::vector<int> shown;
  for (const Image& image : resampled->images) shown.push_back(level(image));
  EXPECT_EQ(shown, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_F(FramesTest, RangeStepAndRate) {
  ASSERT_TRUE(write_video(file("clip.mp4"), flat_images(12), 12));
  const auto levels = [&](const FrameRange& range) {
    std::vector<int> out;
    const auto frames = read_frames(file("clip.mp4"), range);
    EXPECT_TRUE(frames) << frames.error().message;
    if (frames) {
      for (const Image& image : frames->images) out.push_back(level(image));
      EXPECT_EQ(frames->times[0], 0);
      for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(frames->names[i], fmt::format("{:04d}", out[i]));
    }
    return out;
  };
  EXPECT_EQ(levels({.start_s = 0.25, .end_s = 0.5}), (std::vector<int>{3, 4, 5, 6}));
  EXPECT_EQ(levels({.step = 5}), (std::vector<int>{0, 5, 10}));
  EXPECT_EQ(levels({.fps = 4}), (std::vector<int>{0, 3, 6, 9}));
  EXPECT_EQ(levels({.start_s = 0.25, .step = 2, .fps = 6}), (std::vector<int>{3, 7, 11}));
  EXPECT_EQ(levels({.fps = 1000}).size(), 12u);

  const auto too_many = read_frames(file("clip.mp4"), {.max_frames = 5});
  ASSERT_FALSE(too_many);
  EXPECT_TRUE(contains(too_many.error().message, "12") && contains(too_many.error().message, "5"));
  const auto outside = read_frames(file("clip.mp4"), {.start_s = 5});
  ASSERT_FALSE(outside);
  EXPECT_TRUE(contains(outside.error().message, "clip.mp4")) << outside.error().message;
  EXPECT_EQ(read_frames(file("clip.mp4"), {.step = 0}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(read_frames(file("clip.mp4"), {.start_s = 2, .end_s = 1}).error().code, ErrorCode::kUsage);
}

TEST_F(FramesTest, CountFromWhatTheContainerStatesIsThatOfReading) {
  ASSERT_TRUE(write_video(file("clip.mp4"), flat_images(12), 12));
  fs::create_directory(file("images"));
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(write_image(file(fmt::format("images/{}.png", i)), Image(8, 8, 3, 1)));
  const FrameRange ranges[] = {{},
                               {.start_s = 0.25},
                               {.end_s = 0.5},
                               {.start_s = 0.2, .end_s = 0.6},
                               {.step = 5},
                               {.fps = 4},
                               {.fps = 1000},
                               {.start_s = 0.25, .step = 2, .fps = 6},
                               {.end_s = 0.3, .step = 3, .fps = 24}};
  for (const char* name : {"clip.mp4", "images"}) {
    const auto info = read_clip_info(file(name));
    ASSERT_TRUE(info) << info.error().message;
    for (const FrameRange& range : ranges) {
      const auto frames = read_frames(file(name), range);
      ASSERT_TRUE(frames) << frames.error().message;
      EXPECT_EQ(count_frames(*info, range), static_cast<int>(frames->images.size()))
          << name << ' ' << range.start_s << ' ' << range.end_s << ' ' << range.step << ' ' << range.fps;
    }
  }
}

// A clip whose times jump by thirty years, for which the loop over the rate's steps would take days.
TEST(SelectFrames, AGapIsJumped) {
  EXPECT_EQ(select_frames("a.mp4", {0, 1, 1e9, 1e9 + 1}, {.fps = 24}).value(), (std::vector<int>{0, 1, 2, 3}));
  EXPECT_EQ(select_frames("a.mp4", {0, 1, 1e9}, {.fps = 1e12}).value(), (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(select_frames("a.mp4", {5}, {.fps = 24}).value(), (std::vector<int>{0}));
}

TEST(SelectFrames, TheFrameNearestToEachStepIsTaken) {
  for (std::uint64_t clip = 0; clip < 300; ++clip) {
    std::vector<double> times{0};
    const auto random = [&](std::uint64_t i) { return static_cast<double>(rng::uniform(11, clip, i)); };
    for (std::uint64_t i = 1; i < 40; ++i) times.push_back(times.back() + (clip % 3 == 0 ? 0.04 : 0.001 + random(i) * (i % 7 == 0 ? 3 : 0.1)));
    const double fps = clip % 2 ? 25 : 1 + 60 * random(99);
    std::vector<int> expected;
    for (int k = 0; k / fps <= times.back() + 0.1 / fps; ++k) {
      const double wanted = k / fps;
      int best = 0;
      for (int i = 1; i < 40; ++i)
        if (std::abs(times[static_cast<std::size_t>(i)] - wanted) < std::abs(times[static_cast<std::size_t>(best)] - wanted)) best = i;
      if (expected.empty() || expected.back() != best) expected.push_back(best);
    }
    EXPECT_EQ(select_frames("a.mp4", times, {.fps = fps}).value(), expected) << "clip " << clip;
  }
}

TEST_F(FramesTest, RotationMetadataIsApplied) {
  // The frames are stored lying on their side; the track matrix says: turn by 90 degrees clockwise to show.
  const Image upright = marked(48, 64);
  Image stored(64, 48, 3);
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x)
      for (int c = 0; c < 3; ++c) stored.at(x, y, c) = upright.at(47 - y, x, c);
  ASSERT_TRUE(write_video(file("stored.mp4"), std::vector<Image>(4, stored), 24));
  std::string bytes = *read_file(file("stored.mp4"));
  const std::size_t header = bytes.find("tkhd");
  ASSERT_NE(header, std::string::npos);
  const std::uint32_t matrix[9] = {0, 0x00010000, 0, 0xFFFF0000, 0, 0, 48u << 16, 0, 0x40000000};
  for (int i = 0; i < 9; ++i)
    for (int byte = 0; byte < 4; ++byte)
      bytes[header + 4 + 40 + 4 * i + byte] = static_cast<char>(matrix[i] >> (24 - 8 * byte) & 255);
  write_bytes(file("phone.mp4"), bytes);
  const auto frames = read_frames(file("phone.mp4"));
  ASSERT_TRUE(frames) << frames.error().message;
  EXPECT_EQ(frames->images[0].width, 48);
  EXPECT_EQ(frames->images[0].height, 64);
  expect_marked_upright(frames->images[0]);
  const auto info = read_clip_info(file("phone.mp4"));
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->rotation_deg, 90);
  EXPECT_EQ(info->width, 48);
  EXPECT_EQ(info->height, 64);
}

TEST_F(FramesTest, FolderOfImagesInNaturalOrder) {
  fs::create_directory(file("images"));
  for (int i = 0; i < 12; ++i) {
    const Image image(20, 10, 3, static_cast<std::uint8_t>(20 * i));
    ASSERT_TRUE(write_image(file(fmt::format("images/f{}.{}", i, i % 2 ? "png" : "jpg")), image));
  }
  write_bytes(file("images/notes.txt"), "not an image");
  const auto frames = read_frames(file("images"), {.fps = 10});
  ASSERT_TRUE(frames) << frames.error().message;
  ASSERT_EQ(frames->images.size(), 12u);
  EXPECT_EQ(frames->names[10], "f10");
  EXPECT_EQ(level(frames->images[10]), 10);
  EXPECT_NEAR(frames->times[10], 1.0, 1e-9);
  EXPECT_NEAR(frames->fps, 10, 1e-9);
}

TEST_F(FramesTest, AlphaGrayAndSixteenBit) {
  fs::create_directory(file("images"));
  Image clear(8, 6, 4, 200);
  for (int x = 0; x < 4; ++x) clear.at(x, 2, 3) = 0;
  ASSERT_TRUE(write_image(file("images/0.png"), clear));
  ASSERT_TRUE(write_image(file("images/1.png"), Image(8, 6, 1, 90)));
  const auto frames = read_frames(file("images"));
  ASSERT_TRUE(frames) << frames.error().message;
  ASSERT_EQ(frames->images[0].channels, 4);
  EXPECT_EQ(frames->images[0].data, clear.data);
  ASSERT_EQ(frames->images[1].channels, 4);
  EXPECT_EQ(frames->images[1].at(3, 3, 2), 90);
  EXPECT_EQ(frames->images[1].at(3, 3, 3), 255);
  EXPECT_EQ(read_image(file("images/1.png"))->channels, 1);
}

TEST_F(FramesTest, ExifOrientationIsApplied) {
  const Image upright = marked(48, 64);
  Image stored(64, 48, 3);
  for (int y = 0; y < 48; ++y)
    for (int x = 0; x < 64; ++x)
      for (int c = 0; c < 3; ++c) stored.at(x, y, c) = upright.at(47 - y, x, c);
  ASSERT_TRUE(write_image(file("plain.jpg"), stored));
  std::string bytes = *read_file(file("plain.jpg"));
  const std::string exif(
      "\xFF\xE1\x00\x22"
      "Exif\0\0"
      "II*\0\x08\0\0\0"
      "\x01\0"
      "\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
      "\0\0\0\0",
      36);
  write_bytes(file("phone.jpg"), bytes.substr(0, 2) + exif + bytes.substr(2));
  const auto image = read_image(file("phone.jpg"));
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->width, 48);
  expect_marked_upright(*image);
}

TEST_F(FramesTest, OneFrameIsReturned) {
  ASSERT_TRUE(write_video(file("one.mp4"), flat_images(1), 24));
  const auto video = read_frames(file("one.mp4"));
  ASSERT_TRUE(video) << video.error().message;
  EXPECT_EQ(video->images.size(), 1u);
  EXPECT_GT(video->fps, 0);
  ASSERT_TRUE(write_image(file("one.png"), marked(16, 16)));
  EXPECT_EQ(read_frames(file("one.png"))->images.size(), 1u);
}

TEST_F(FramesTest, BadInputsNameTheFile) {
  write_bytes(file("empty.mp4"), "");
  write_bytes(file("text.mp4"), std::string(5000, 'x'));
  write_bytes(file("text.png"), "not a picture");
  fs::create_directory(file("none"));
  ASSERT_TRUE(write_video(file("good.mp4"), flat_images(12), 24));
  const std::string good = *read_file(file("good.mp4"));
  write_bytes(file("cut.mp4"), good.substr(0, good.size() / 2));
  for (const char* name : {"empty.mp4", "text.mp4", "text.png", "none", "missing.mp4", "cut.mp4"}) {
    testing::internal::CaptureStderr();
    const auto frames = read_frames(file(name));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << name;
    ASSERT_FALSE(frames) << name;
    EXPECT_EQ(frames.error().code, ErrorCode::kInput);
    EXPECT_TRUE(contains(frames.error().message, name)) << frames.error().message;
    EXPECT_FALSE(read_clip_info(file(name))) << name;
  }
}

TEST_F(FramesTest, ImagesOfDifferentSizeAreRefused) {
  fs::create_directory(file("images"));
  ASSERT_TRUE(write_image(file("images/a.png"), marked(16, 16)));
  ASSERT_TRUE(write_image(file("images/b.png"), marked(18, 16)));
  const auto frames = read_frames(file("images"));
  ASSERT_FALSE(frames);
  for (const char* part : {"b.png", "18 x 16", "16 x 16"}) EXPECT_TRUE(contains(frames.error().message, part));
}

TEST_F(FramesTest, CancelStopsReading) {
  ASSERT_TRUE(write_video(file("clip.mp4"), flat_images(12), 24));
  CancelToken cancel;
  JobContext job({{"read", 1}}, {}, {}, cancel);
  job.begin_phase("read");
  cancel.cancel();
  const auto frames = read_frames(file("clip.mp4"), {}, &job);
  ASSERT_FALSE(frames);
  EXPECT_EQ(frames.error().code, ErrorCode::kCancelled);
}

TEST_F(FramesTest, UnwritableTargetsAreErrors) {
  EXPECT_FALSE(write_video(file("clip.avi"), flat_images(2), 24));
  EXPECT_FALSE(write_video(file("no/such/folder/clip.mp4"), flat_images(2), 24));
  EXPECT_FALSE(write_video(file("clip.mp4"), {}, 24));
  EXPECT_FALSE(write_video(file("clip.mp4"), {Image(8, 8, 3), Image(8, 10, 3)}, 24));
  EXPECT_FALSE(write_image(file("image.xyz"), Image(8, 8, 3)));
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}
