// Errors of the readers and writers of clips, pictures and masks that no other test provokes.
#include "core/files.h"
#include "core/rng.h"
#include "io/colmap_run.h"
#include "io/frames.h"
#include "io/input_kind.h"
#include "io/internal/export_formats.h"
#include "io/internal/onnx_session.h"
#include "io/masks.h"
#include "io/networks.h"
#include "io/perceptual_metric.h"
#include "io/person_landmarks.h"
#include "io/word_vectors.h"
#include "tests/errors/expect_error.h"
#include "tests/errors/variable.h"
#include <cmath>
#include <cstdlib>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

class ClipErrors : public testing::Test {
 protected:
  fs::path put(const std::string& name, const std::string& bytes) const {
    EXPECT_TRUE(write_atomically(folder_.path() / name, bytes));
    return folder_.path() / name;
  }
  fs::path operator/(const std::string& name) const { return folder_.path() / name; }

  TempFolder folder_ = TempFolder::create().value();
};

TEST_F(ClipErrors, Ranges) {
  const auto error = [&](const FrameRange& range, const std::string& text) { expect_error(read_frames(*this / "a.mp4", range), text); };
  error({.fps = -1}, "fps -1 must be positive");
  error({.start_s = -1}, "start -1 s must be at least 0");
  error({.end_s = NAN}, "end must be a number of seconds");
  error({.max_frames = -1}, "max_frames -1 must be positive");
}

TEST_F(ClipErrors, AVideoCutOffBehindItsTable) {
  ASSERT_TRUE(write_video(*this / "whole.mp4", std::vector<Image>(5, Image(32, 32, 3)), 24));
  const std::string early = *this / "early.mp4";  // with the table of frames before them
  const std::string command = "ffmpeg -loglevel error -i '" + (*this / "whole.mp4").string() + "' -c copy -movflags +faststart '" + early + "' </dev/null";
  if (std::system(command.c_str()) != 0) GTEST_SKIP() << "no ffmpeg";
  const std::string bytes = read_file(early).value();
  expect_error(read_frames(put("cut.mp4", bytes.substr(0, bytes.rfind("mdat") + 4))), "no video frames in it");
}

TEST_F(ClipErrors, AVideoThatIsCutShortWhileItIsRead) {
  std::vector<Image> frames(60, Image(320, 240, 3));
  for (std::size_t f = 0; f < frames.size(); ++f)
    for (std::size_t i = 0; i < frames[f].data.size(); ++i) frames[f].data[i] = static_cast<std::uint8_t>(rng::mix(1000003 * f + i));
  const fs::path film = *this / "film.mp4";
  ASSERT_TRUE(write_video(film, frames, 24));
  const std::uintmax_t size = fs::file_size(film);
  JobContext job({{"read", 1}}, [&](const Progress& p) { if (p.step > 0) fs::resize_file(film, size / 4); });
  job.begin_phase("read", 60);
  expect_error(read_frames(film, {}, &job), "film.mp4: frame ");
}

TEST_F(ClipErrors, Pictures) {
  expect_error(write_image(*this / "a.png", Image(4, 4, 2)), "an image of 4 x 4 with 2 channels cannot be written");
  expect_error(write_image(*this / "a.jpg", Image(70000, 1, 3)), "the image of 70000 x 1 could not be encoded");
  expect_error(encode_png(Image(1, 1'100'000, 3)), "a texture of 1x1100000 pixels could not be encoded as PNG");
}

TEST_F(ClipErrors, APictureThatSaysItIsHuge) {
  std::string bmp("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0\0\1\0\0\0\1\0\1\0\x18\0", 30);  // 65536 x 65536 of 24 bit
  expect_error(read_image(put("huge.bmp", bmp + std::string(24, '\0'))), "huge.bmp: too large: 65536 x 65536 pixels");
  const std::string wide("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\0\0\x20\0\1\0\0\0\1\0\x18\0", 30);  // 2097152 x 1
  expect_error(read_image(put("wide.bmp", wide + std::string(24, '\0'))), "wide.bmp: cannot be decoded");
}

TEST_F(ClipErrors, Videos) {
  expect_error(write_video(*this / "a.mp4", {Image(4, 4, 3)}, 5000), "a rate of 5000 fps cannot be written");
  expect_error(write_video(*this / "a.gif", {Image(70000, 1, 3)}, 24), "GIF allows 65535 pixels a side, the images are 70000 x 1");
  expect_error(write_video(*this / "a.mp4", {Image(40000, 2, 3)}, 24), "no H.264 or MPEG-4 encoder took 40000 x 2");
}

TEST_F(ClipErrors, Masks) {
  Frames none;
  expect_error(read_masks(folder_.path(), none), "there are no frames to mask");
  Frames two;
  two.images.assign(2, Image(64, 64, 3));
  two.times = {0, 1};
  two.names = {"0000", "0001"};
  expect_error(compute_masks(two, {.subject_x = 2, .subject_y = 0.5}), "subject point (2, 0.5) must be in 0..1");
}

TEST_F(ClipErrors, DevicesAreNoInput) {
  expect_error(input_kind("/dev/null"), "a pipe or device, which cannot be read twice");
  expect_error(read_frames("/dev/null"), "a pipe, device or folder, not a video");
}

TEST_F(ClipErrors, MoreThanTheMemoryHolds) {
  ASSERT_TRUE(write_image(*this / "0000.png", Image(8192, 8192, 1, 90)));
  for (int i = 1; i < 2000; ++i) fs::create_hard_link(*this / "0000.png", *this / fmt::format("{:04}.png", i));
  expect_error(read_frames(folder_.path()), "2000 frames of 8192 x 8192 need");
}

TEST_F(ClipErrors, WordVectors) {
  expect_error(word_vectors(*this / "absent", {"coat"}), "absent: cannot be read");
  expect_error(word_vectors(put("empty", "{}"), {"coat"}), "there are no word vectors in it");
  expect_error(word_vectors(put("short", R"({"vectors":{"coat":[1,2,3]}})"), {"coat"}), "the vector of 'coat' is damaged");
}

/// A program of this name stands before COLMAP: its mapper finds what lies in "models".
class PhotoErrors : public ClipErrors {
 protected:
  PhotoErrors() {
    fs::create_directory(*this / "bin");
    const fs::path program = put("bin/colmap", "#!/bin/sh\nfor last; do :; done\n[ \"$1\" != mapper ] || cp -r '" + (*this / "models").string() + "/.' \"$last\"\n");
    fs::permissions(program, fs::perms::owner_all);
    for (const char* folder : {"photos", "models"}) fs::create_directory(*this / folder);
    for (const char* name : {"photos/a.png", "photos/b.png"}) EXPECT_TRUE(write_image(*this / name, Image(8, 8, 3)));
  }
  void expect_unplaced(const std::string& text) const { expect_error(pose_pictures(*this / "photos", *this / "out", {}), text); }

 private:
  Variable path_{"PATH", (*this / "bin").string() + ":" + std::getenv("PATH")};
};

TEST_F(PhotoErrors, NoPictures) {
  fs::remove_all(*this / "photos");
  fs::create_directory(*this / "photos");
  expect_unplaced("no pictures there");
}

TEST_F(PhotoErrors, NoneThatBelongTogether) { expect_unplaced("COLMAP could place no two of the pictures"); }

TEST_F(PhotoErrors, PlacesThatAreTaken) {
  fs::create_directories(*this / "out/images/a.png");
  for (const char* name : {"models/0", "models/1", "models/smaller"}) fs::create_directory(*this / name);
  put("models/0/images.bin", std::string("\0\0\0\0\0\0\0\0", 8));
  put("models/1/images.bin", std::string("\2\0\0\0\0\0\0\0", 8));
  put("models/smaller/images.bin", "");
  expect_unplaced("out/images/a.png: cannot write: Is a directory");
  EXPECT_FALSE(fs::exists(*this / "out/sparse"));
  fs::remove_all(*this / "out");
  put("out", "a file");
  expect_unplaced("out: cannot be made");
}

/// No network is installed.
class NetworkErrors : public ClipErrors {
  Variable installed_{"XDG_DATA_HOME", folder_.path()};
};

TEST_F(NetworkErrors, WhatIsNotInstalled) {
  expect_error(PersonNetwork::open(), "the pose network is not installed");
  expect_error(PerceptualMetric::open(put("a.onnx", "")), "needs the ONNX Runtime, which is not installed");
}

TEST_F(NetworkErrors, LibrariesThatAreNoRuntime) {
  using internal::OnnxSession;
  expect_error(OnnxSession::of_bytes("/nowhere/libonnxruntime.so", "", 1), "libonnxruntime.so: cannot be loaded");
  expect_error(OnnxSession::of_bytes("libz.so.1", "", 1), "libz.so.1: is no ONNX Runtime of version 1.");
}

TEST_F(ClipErrors, Checksums) {
  expect_error(sha256_of(*this / "absent"), "absent: cannot be read");
  expect_error(sha256_of(folder_.path()), "cannot be read to its end");
}

}  // namespace
}  // namespace mp4d::test
