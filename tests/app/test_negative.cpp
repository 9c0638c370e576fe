// Input that cannot be used: one line that names the file and the way out, exit code 1, nothing half-written.
#include "io/frames.h"
#include "io/model_io.h"
#include "process.h"
#include "samples.h"
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace mp4d::test {
namespace {

/// A square that moves over a plain ground (or stands still, or is not there), with its masks.
struct Scene {
  Folder folder;

  void write_clip(const std::string& name, int frames, int speed = 3, bool subject = true) const {
    std::vector<Image> images;
    for (int i = 0; i < frames; ++i) {
      Image image(96, 96, 3, 200);
      if (subject)
        for (int y = 30; y < 60; ++y)
          for (int x = 20 + speed * i; x < 50 + speed * i; ++x) image.at(x, y, 1) = 20;
      images.push_back(image);
    }
    const auto written = write_video(folder / name, images, 24);
    ASSERT_TRUE(written) << written.error().message;
  }

  void write_masks(const std::string& name, int frames, int side, bool subject = true) const {
    std::filesystem::create_directory(folder / name);
    for (int i = 0; i < frames; ++i) {
      Mask mask(side, side, 1);
      if (subject)
        for (int y = 30; y < 60; ++y)
          for (int x = 20 + 3 * i; x < 50 + 3 * i; ++x) mask.at(x, y) = 255;
      ASSERT_TRUE(write_image(folder / (name + "/000" + std::to_string(i) + ".png"), mask));
    }
  }

  void expect_refused(const std::vector<std::string>& arguments, const std::vector<std::string>& parts) const {
    const std::string before = folder.listing();
    std::vector<std::string> all{"reconstruct", "--progress", "none", "-o", folder / "out.glb"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Outcome outcome = run(all);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    ASSERT_FALSE(outcome.err.empty());
    EXPECT_TRUE(lines(outcome.err).back().starts_with("magicpose4d: error: ")) << outcome.err;
    for (const std::string& part : parts)
      EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err << " lacks " << part;
    EXPECT_EQ(folder.listing(), before);
  }
};

TEST(Negative, ClipsThatAreNone) {
  const Scene scene;
  write_text(scene.folder / "empty.mp4", "");
  scene.expect_refused({scene.folder / "empty.mp4"}, {"empty.mp4", "empty"});
  write_text(scene.folder / "corrupt.mp4", std::string(20000, 'q'));
  scene.expect_refused({scene.folder / "corrupt.mp4"}, {"corrupt.mp4"});
  scene.expect_refused({scene.folder / "absent.mp4"}, {"absent.mp4", "no such file"});
  std::filesystem::create_directory(scene.folder / "nothing");
  scene.expect_refused({scene.folder / "nothing"}, {"nothing"});
}

TEST(Negative, OneFrame) {
  const Scene scene;
  scene.write_clip("one.mp4", 1);
  scene.write_masks("masks", 1, 96);
  scene.expect_refused({scene.folder / "one.mp4", "--masks", scene.folder / "masks"}, {"frame"});
}

TEST(Negative, NoForeground) {
  const Scene scene;
  scene.write_clip("still.mp4", 6, 0, false);
  scene.expect_refused({scene.folder / "still.mp4"}, {"still.mp4", "masks"});
}

TEST(Negative, MasksThatDoNotFit) {
  const Scene scene;
  scene.write_clip("clip.mp4", 6);
  scene.write_masks("small", 6, 64);
  scene.expect_refused({scene.folder / "clip.mp4", "--masks", scene.folder / "small"}, {"small", "64 x 64", "96 x 96"});
  scene.write_masks("few", 3, 96);
  scene.expect_refused({scene.folder / "clip.mp4", "--masks", scene.folder / "few"}, {"few"});
  scene.write_masks("black", 6, 96, false);
  scene.expect_refused({scene.folder / "clip.mp4", "--masks", scene.folder / "black"}, {"black"});
  scene.expect_refused({scene.folder / "clip.mp4", "--masks", scene.folder / "absent"}, {"--masks", "absent"});
}

TEST(Negative, GuessesThatCannotBeRead) {
  const Scene scene;
  scene.write_clip("clip.mp4", 6);
  scene.write_masks("masks", 6, 96);
  write_text(scene.folder / "guess.glb", "glTF but not really");
  scene.expect_refused({scene.folder / "clip.mp4", "--masks", scene.folder / "masks", "--guess", scene.folder / "guess.glb"},
                       {"guess.glb"});
}

TEST(Negative, MoreThanTheMemoryHolds) {
  const Scene scene;
  std::filesystem::create_directory(scene.folder / "huge");
  ASSERT_TRUE(write_image(scene.folder / "huge/0000.png", Image(8192, 8192, 1, 90)));
  for (int i = 1; i < 2000; ++i)
    std::filesystem::create_hard_link(scene.folder / "huge/0000.png", scene.folder / ("huge/" + fmt::format("{:04}.png", i)));
  scene.expect_refused({scene.folder / "huge", "--max-frames", "2000"}, {"huge", "8192x8192", "GB", "--step"});
}

TEST(Negative, EmptyRange) {
  const Scene scene;
  scene.write_clip("clip.mp4", 6);
  scene.expect_refused({scene.folder / "clip.mp4", "--start", "60"}, {"clip.mp4"});
}

TEST(Negative, AVideoThatVanishesInBetweenDoesNotCostTheModel) {
  const Folder folder;
  write_walk(folder, 8, 96);
  const auto frames = read_frames(folder / "frames");
  ASSERT_TRUE(frames);
  ASSERT_TRUE(write_video(folder / "clip.mp4", frames->images, 24));
  Program program({"reconstruct", folder / "clip.mp4", "--masks", folder / "masks", "-o", folder / "walk.glb", "--preview", folder / "preview.mp4",
                   "--effort", "0.1", "--texture", "64", "--category", "quadruped", "--progress", "json"});
  ASSERT_TRUE(program.wait_for_error_text("\"phase 1\""));
  std::filesystem::remove(folder / "clip.mp4");
  const Outcome outcome = program.wait();
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_NE(lines(outcome.err).back().find("clip.mp4"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.err.find("unexpected"), std::string::npos) << outcome.err;
  const auto model = read_model(folder / "walk.glb");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->clips.front().times.size(), 8u);
  EXPECT_FALSE(std::filesystem::exists(folder / "preview.mp4"));
}

TEST(Negative, APipeIsNotWaitedFor) {
  const Scene scene;
  ASSERT_EQ(mkfifo((scene.folder / "clip.mp4").c_str(), 0600), 0);
  scene.expect_refused({scene.folder / "clip.mp4"}, {"clip.mp4", "save it as a file"});
}

}  // namespace
}  // namespace mp4d::test
