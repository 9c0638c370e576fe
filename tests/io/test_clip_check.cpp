#include "drawn_clip.h"
#include "io/clip_check.h"
#include "tests/tools/paths.h"
#include <cstdio>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

DrawnOptions good() {
  DrawnOptions options;
  options.width = 480;
  options.height = 320;
  options.radius = 60;
  options.count = 12;
  options.start_x = 150;
  options.start_y = 140;
  return options;
}

ClipLook look_at(const Frames& frames) {
  auto look = look_at_clip(frames, frames.images[0].width, frames.images[0].height);
  EXPECT_TRUE(look) << look.error().message;
  return std::move(*look);
}

/// Text of the finding `what`, "" if there is none.
std::string text_of(const std::vector<Finding>& findings, const std::string& what) {
  for (const Finding& finding : findings)
    if (finding.what == what) return finding.text;
  return {};
}

std::string warnings(const std::vector<Finding>& findings) {
  std::string all;
  for (const Finding& finding : findings)
    if (finding.severity == Finding::Severity::kWarning) all += finding.what + ": " + finding.text + "\n";
  return all;
}

std::vector<Finding> checked(const DrawnOptions& options) {
  const DrawnClip clip = draw_clip(options);
  return check_clip(look_at(clip.frames), clip.truth);
}

/// Applies `change` to every value of every picture.
template <class Change>
Frames with_values(Frames frames, Change change) {
  for (Image& image : frames.images)
    for (std::uint8_t& value : image.data) value = static_cast<std::uint8_t>(std::clamp<double>(change(value), 0, 255));
  return frames;
}

Image box_blurred(const Image& image, int radius) {
  Image out = image;
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < 3; ++c) {
        int sum = 0, count = 0;
        for (int v = std::max(0, y - radius); v <= std::min(image.height - 1, y + radius); ++v)
          for (int u = std::max(0, x - radius); u <= std::min(image.width - 1, x + radius); ++u, ++count)
            sum += image.at(u, v, c);
        out.at(x, y, c) = static_cast<std::uint8_t>(sum / count);
      }
  return out;
}

Image mirrored(const Image& image) {
  Image out = image;
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < 3; ++c) out.at(x, y, c) = image.at(image.width - 1 - x, y, c);
  return out;
}

TEST(ClipCheck, AGoodClipGivesNoWarning) {
  const auto findings = checked(good());
  EXPECT_EQ(warnings(findings), "");
  EXPECT_EQ(text_of(findings, "camera"), "the camera stands still");
}

TEST(ClipCheck, SmallPicture) {
  DrawnOptions options;  // 240 x 160
  EXPECT_TRUE(contains(text_of(checked(options), "size"), "240 x 160"));
}

TEST(ClipCheck, BlurInTheFramesThatHaveIt) {
  DrawnClip clip = draw_clip(good());
  for (std::size_t t = 6; t < clip.frames.images.size(); ++t)
    for (int pass = 0; pass < 3; ++pass) clip.frames.images[t] = box_blurred(clip.frames.images[t], 3);
  for (const auto& masks : {std::vector<Mask>{}, clip.truth}) {
    const std::string text = text_of(check_clip(look_at(clip.frames), masks), "blur");
    EXPECT_TRUE(contains(text, "6 of 12 frames (first at 0.25 s)")) << text;
  }
}

TEST(ClipCheck, Exposure) {
  const DrawnClip clip = draw_clip(good());
  const auto judged = [&](auto change) {
    return text_of(check_clip(look_at(with_values(clip.frames, change)), clip.truth), "exposure");
  };
  EXPECT_TRUE(contains(judged([](double v) { return v - 150; }), "the subject is black without detail"));
  EXPECT_TRUE(contains(judged([](double v) { return v + 215; }), "the subject is white without detail"));
  EXPECT_TRUE(contains(judged([](double v) { return 8 + 0.15 * v; }), "the subject is dim"));
}

TEST(ClipCheck, ABlackBackdropIsNoFaultOfTheSubject) {
  DrawnClip clip = draw_clip(good());
  for (std::size_t t = 0; t < clip.truth.size(); ++t)
    for (std::size_t i = 0; i < clip.truth[t].data.size(); ++i)
      if (!clip.truth[t].data[i]) std::fill_n(&clip.frames.images[t].data[3 * i], 3, std::uint8_t{0});
  const ClipLook look = look_at(clip.frames);
  EXPECT_EQ(warnings(check_clip(look, clip.truth)), "");
  EXPECT_EQ(warnings(check_clip(look)), "");
}

TEST(ClipCheck, SubjectTooSmallOrTooLarge) {
  DrawnOptions options = good();
  options.radius = 14;
  EXPECT_TRUE(contains(text_of(checked(options), "area"), "the subject is small"));
  options.radius = 230;
  options.start_x = 240, options.start_y = 160, options.step_x = 1, options.step_y = 0;
  EXPECT_TRUE(contains(text_of(checked(options), "area"), "the subject fills"));
}

TEST(ClipCheck, SubjectCutOffAndAbsent) {
  DrawnOptions options = good();
  options.start_x = 30;
  options.step_x = 8;  // its left end enters in the fifth frame
  const std::string cut = text_of(checked(options), "cut off");
  EXPECT_TRUE(contains(cut, "edge (left) in 4 of 12 frames")) << cut;
  DrawnClip clip = draw_clip(good());
  for (const std::size_t t : {10u, 11u}) clip.truth[t] = Mask(480, 320, 1);
  EXPECT_TRUE(contains(text_of(check_clip(look_at(clip.frames), clip.truth), "absent"), "2 of 12 frames"));
}

TEST(ClipCheck, CameraAndMotion) {
  DrawnOptions options = good();
  options.pan = 4;
  EXPECT_TRUE(contains(text_of(checked(options), "camera"), "the camera moves, by 0.8 %"));
  EXPECT_EQ(text_of(checked(options), "motion"), "");
  options = good();
  options.step_x = options.step_y = 0;
  EXPECT_TRUE(contains(text_of(checked(options), "motion"), "hardly moves"));
}

TEST(ClipCheck, CutsAreFoundAndTheLongestShotNamed) {
  DrawnClip clip = draw_clip(good());
  EXPECT_EQ(find_shots(look_at(clip.frames)).size(), 1u);
  // Mirrored pictures have the same colours: only their content tells.
  for (std::size_t t = 7; t < clip.frames.images.size(); ++t) clip.frames.images[t] = mirrored(clip.frames.images[t]);
  const ClipLook look = look_at(clip.frames);
  const auto shots = find_shots(look);
  ASSERT_EQ(shots.size(), 2u);
  EXPECT_EQ(shots[0].last, 6u);
  EXPECT_EQ(shots[1].first, 7u);
  EXPECT_EQ(shots[1].last, 11u);
  EXPECT_EQ(longest_shot(shots).frames(), 7u);
  const std::string text = describe_shots(look, shots, 1);
  EXPECT_TRUE(contains(text, "cut at 1.29 s (frame 7)")) << text;
  EXPECT_TRUE(contains(text, "--start 1.000 --end 1.250 (7 frames)")) << text;
}

TEST(ClipCheck, AFlashOfLightIsNoCut) {
  DrawnClip clip = draw_clip(good());
  for (std::uint8_t& value : clip.frames.images[5].data) value = static_cast<std::uint8_t>(100 + 0.6 * value);
  EXPECT_EQ(find_shots(look_at(clip.frames)).size(), 1u);
}

TEST(ClipCheck, NoFalseAlarmOnFilmedClips) {
  std::vector<fs::path> folders{source_folder() / "assets/demo"};
  const fs::path shared = shared_data();
  if (fs::exists(shared / "clips"))
    for (const auto& entry : fs::directory_iterator(shared / "clips")) folders.push_back(entry.path());
  else
    std::puts("shared clips are absent: only the demo clip is checked");
  for (const fs::path& folder : folders) {
    const fs::path video = fs::exists(folder / "video.mp4") ? folder / "video.mp4" : folder / "creature.mp4";
    const auto frames = read_frames(video);
    ASSERT_TRUE(frames) << frames.error().message;
    const auto masks = read_masks(folder / "masks", *frames);
    ASSERT_TRUE(masks) << masks.error().message;
    const ClipLook look = look_at(*frames);
    EXPECT_EQ(warnings(check_clip(look, masks->masks)), "") << video;
    EXPECT_EQ(find_shots(look).size(), 1u) << video;
  }
  for (const char* name : {"man_juggling.mp4", "woman_and_dog.mp4"}) {
    if (!fs::exists(shared / "video" / name)) continue;
    FrameRange range;
    range.max_side = kLookSize;
    const auto frames = read_frames(shared / "video" / name, range);
    ASSERT_TRUE(frames) << frames.error().message;
    const auto look = look_at_clip(*frames, 1280, 720);
    ASSERT_TRUE(look);
    EXPECT_EQ(warnings(check_clip(*look)), "") << name;
    EXPECT_EQ(find_shots(*look).size(), 1u) << name;
  }
}

}  // namespace
}  // namespace mp4d::test
