#include "io/masks.h"
#include "tests/io/drawn_clip.h"
#include "tests/tools/paths.h"
#include <cstdio>
#include <gtest/gtest.h>

using namespace mp4d;
using mp4d::test::contains;

namespace {

namespace fs = std::filesystem;

class MasksTest : public testing::Test {
 protected:
  TempFolder folder_ = *TempFolder::create();
  fs::path file(const std::string& name) const { return folder_.path() / name; }

  void write(const std::string& name, const Image& image) { ASSERT_TRUE(write_image(file(name), image)); }
  void write_truth(const test::DrawnClip& clip, const std::function<Image(const Mask&)>& as = {}) {
    for (std::size_t t = 0; t < clip.truth.size(); ++t)
      write(clip.frames.names[t] + ".png", as ? as(clip.truth[t]) : clip.truth[t]);
  }
};

Image inverted(const Mask& mask) {
  Image out = mask;
  for (std::uint8_t& value : out.data) value = static_cast<std::uint8_t>(255 - value);
  return out;
}

double mean_iou(const std::vector<Mask>& a, const std::vector<Mask>& b) {
  double sum = 0;
  for (std::size_t t = 0; t < a.size(); ++t) sum += mask_iou(a[t], b[t]);
  return sum / static_cast<double>(a.size());
}

/// Mean IoU of the computed masks of a shared clip, every `step`-th frame.
double shared_clip_iou(const std::string& name, int step) {
  const fs::path clip = test::shared_data() / "clips" / name;
  const auto frames = read_frames(clip / "video.mp4", {.step = step});
  if (!frames) return 0;
  const auto truth = read_masks(clip / "masks", *frames);
  const auto computed = compute_masks(*frames, {});
  return truth && computed ? mean_iou(truth->masks, computed->masks) : 0;
}

// A bright disc before a plain ground.
Image disc_picture(Mask* truth) {
  Image picture(160, 120, 3);
  *truth = Mask(160, 120, 1);
  for (int y = 0; y < 120; ++y)
    for (int x = 0; x < 160; ++x) {
      const bool inside = (x - 90) * (x - 90) + (y - 60) * (y - 60) < 30 * 30;
      truth->at(x, y) = inside ? 255 : 0;
      for (int c = 0; c < 3; ++c) picture.at(x, y, c) = std::uint8_t(inside ? 220 - 60 * c : 60 + 20 * c);
    }
  return picture;
}

TEST_F(MasksTest, OfOnePictureFromAFile) {
  Mask truth;
  const Image picture = disc_picture(&truth);
  write("mask.png", inverted(truth));
  const auto masks = read_mask(file("mask.png"), picture);
  ASSERT_TRUE(masks) << masks.error().message;
  ASSERT_EQ(masks->masks.size(), 1u);
  EXPECT_EQ(masks->masks[0].data, truth.data);
  EXPECT_TRUE(contains(masks->source, "black = subject")) << masks->source;
  const auto absent = read_mask(file("absent.png"), picture);
  ASSERT_FALSE(absent);
  EXPECT_TRUE(contains(absent.error().message, "absent.png")) << absent.error().message;
}

TEST(ComputeMask, OfOnePictureByContrast) {
  Mask truth;
  const Image picture = disc_picture(&truth);
  const auto masks = compute_mask(picture, {});
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_GT(mask_iou(masks->masks.at(0), truth), 0.95);
  EXPECT_TRUE(contains(masks->source, "contrast")) << masks->source;
  const auto beside = compute_mask(picture, {.subject_x = 0.1, .subject_y = 0.9});
  ASSERT_FALSE(beside);
  EXPECT_TRUE(contains(beside.error().message, "(0.1, 0.9)")) << beside.error().message;
  const auto plain = compute_mask(Image(80, 60, 3, 90), {});
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, ErrorCode::kInput);
  EXPECT_FALSE(compute_mask(Image(80, 60, 1, 90), {}));
}

}  // namespace

TEST_F(MasksTest, FolderIsMatchedByStem) {
  const auto clip = test::draw_clip({.count = 4});
  write_truth(clip);
  write("unrelated.png", clip.truth[0]);
  const auto masks = read_masks(folder_.path(), clip.frames);
  ASSERT_TRUE(masks) << masks.error().message;
  for (std::size_t t = 0; t < 4; ++t) EXPECT_EQ(masks->masks[t].data, clip.truth[t].data);
  EXPECT_TRUE(contains(masks->source, "white = subject")) << masks->source;
}

TEST_F(MasksTest, BlackSubjectIsDetectedAndSaid) {
  const auto clip = test::draw_clip({.count = 3});
  write_truth(clip, inverted);
  const auto masks = read_masks(folder_.path(), clip.frames);
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_EQ(masks->masks[1].data, clip.truth[1].data);
  EXPECT_TRUE(contains(masks->source, "black = subject")) << masks->source;
}

TEST_F(MasksTest, ColourAndAlphaMasks) {
  const auto clip = test::draw_clip({.count = 2});
  Image rgb(clip.truth[0].width, clip.truth[0].height, 3), rgba(rgb.width, rgb.height, 4, 128);
  for (std::size_t i = 0; i < clip.truth[0].pixels(); ++i) {
    for (int c = 0; c < 3; ++c) rgb.data[3 * i + c] = clip.truth[0].data[i];
    rgba.data[4 * i + 3] = clip.truth[1].data[i];
  }
  write("0000.png", rgb);
  write("0001.png", rgba);
  const auto masks = read_masks(folder_.path(), clip.frames);
  ASSERT_TRUE(masks) << masks.error().message;
  for (std::size_t t = 0; t < 2; ++t) EXPECT_EQ(masks->masks[t].data, clip.truth[t].data);
}

TEST_F(MasksTest, OtherNamesPairInNaturalOrderWhenCountsAgree) {
  const auto clip = test::draw_clip({.count = 11});
  for (int t = 0; t < 11; ++t) write(fmt::format("mask{}.png", t), clip.truth[t]);
  const auto masks = read_masks(folder_.path(), clip.frames);
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_EQ(masks->masks[10].data, clip.truth[10].data);
  EXPECT_EQ(masks->masks[2].data, clip.truth[2].data);
  EXPECT_TRUE(contains(masks->source, "natural order")) << masks->source;
}

TEST_F(MasksTest, BadFoldersNameWhatIsWrong) {
  const auto clip = test::draw_clip({.count = 3});
  const auto missing_folder = read_masks(file("none"), clip.frames);
  ASSERT_FALSE(missing_folder);
  EXPECT_TRUE(contains(missing_folder.error().message, "none"));
  EXPECT_FALSE(read_masks(folder_.path(), clip.frames)) << "an empty folder";

  write("0000.png", clip.truth[0]);
  write("0001.png", clip.truth[1]);
  const auto missing_mask = read_masks(folder_.path(), clip.frames);
  ASSERT_FALSE(missing_mask);
  EXPECT_TRUE(contains(missing_mask.error().message, "0002")) << missing_mask.error().message;

  write("0002.png", Mask(100, 50, 1, 255));
  const auto wrong_size = read_masks(folder_.path(), clip.frames);
  ASSERT_FALSE(wrong_size);
  for (const char* part : {"0002.png", "100 x 50", "240 x 160"})
    EXPECT_TRUE(contains(wrong_size.error().message, part)) << wrong_size.error().message;

  for (const char* name : {"0000.png", "0001.png", "0002.png"}) write(name, Mask(240, 160, 1));
  const auto all_black = read_masks(folder_.path(), clip.frames);
  ASSERT_FALSE(all_black);
  EXPECT_TRUE(contains(all_black.error().message, "black")) << all_black.error().message;
}

TEST_F(MasksTest, OfSomeFramesAreReadWhereOthersAreMissing) {
  const auto clip = test::draw_clip({.count = 5});
  EXPECT_FALSE(read_some_masks(folder_.path(), clip.frames));
  for (const std::size_t t : {1u, 3u}) write(clip.frames.names[t] + ".png", inverted(clip.truth[t]));
  const auto some = read_some_masks(folder_.path(), clip.frames);
  ASSERT_TRUE(some) << some.error().message;
  ASSERT_EQ(some->masks.size(), 5u);
  for (const std::size_t t : {0u, 2u, 4u}) EXPECT_TRUE(some->masks[t].empty());
  for (const std::size_t t : {1u, 3u}) EXPECT_EQ(some->masks[t].data, clip.truth[t].data);
  EXPECT_TRUE(contains(some->source, "black = subject")) << some->source;
}

TEST(Masks, FromAlpha) {
  auto clip = test::draw_clip({.count = 3});
  EXPECT_FALSE(masks_from_alpha(clip.frames));
  for (std::size_t t = 0; t < 3; ++t) {
    Image rgba(240, 160, 4, 255);
    for (std::size_t i = 0; i < rgba.pixels(); ++i) rgba.data[4 * i + 3] = clip.truth[t].data[i];
    clip.frames.images[t] = rgba;
  }
  const auto masks = masks_from_alpha(clip.frames);
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_EQ(masks->masks[2].data, clip.truth[2].data);
  for (Image& image : clip.frames.images) image = Image(240, 160, 4, 255);
  EXPECT_FALSE(masks_from_alpha(clip.frames));
}

TEST(Masks, CleaningDropsSpecksAndFillsSmallHoles) {
  Mask mask(100, 100, 1);
  for (int y = 20; y < 80; ++y)
    for (int x = 20; x < 80; ++x) mask.at(x, y) = 255;
  const Mask whole = mask;
  mask.at(50, 50) = mask.at(51, 50) = mask.at(50, 51) = mask.at(51, 51) = 0;
  for (int y = 2; y < 8; ++y)
    for (int x = 2; x < 8; ++x) mask.at(x, y) = 255;
  EXPECT_GT(mask_iou(clean_mask(mask), whole), 0.995);
  for (int y = 35; y < 65; ++y)
    for (int x = 35; x < 65; ++x) mask.at(x, y) = 0;
  EXPECT_EQ(clean_mask(mask).at(50, 50), 0) << "a large hole is part of the shape";
}

TEST(Masks, IntersectionOverUnion) {
  Mask a(10, 10, 1), b(10, 10, 1);
  EXPECT_EQ(mask_iou(a, b), 1);
  a.at(1, 1) = a.at(2, 1) = 255;
  b.at(2, 1) = b.at(3, 1) = 255;
  EXPECT_NEAR(mask_iou(a, b), 1.0 / 3, 1e-12);
}

TEST(ComputeMasks, StaticCamera) {
  const auto clip = test::draw_clip({});
  const auto masks = compute_masks(clip.frames, {});
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_GT(mean_iou(masks->masks, clip.truth), 0.9);
  EXPECT_TRUE(contains(masks->source, "static camera")) << masks->source;
}

TEST(ComputeMasks, PanningCamera) {
  const auto clip = test::draw_clip({.pan = 3, .step_x = 2, .start_x = 100});
  const auto masks = compute_masks(clip.frames, {});
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_GT(mean_iou(masks->masks, clip.truth), 0.9);
  EXPECT_TRUE(contains(masks->source, "moving camera")) << masks->source;
}

TEST(ComputeMasks, ThePointChoosesWhichOfTwo) {
  auto clip = test::draw_clip({.radius = 24, .step_x = 2, .step_y = 0, .start_x = 50, .start_y = 45});
  const auto other = test::draw_clip({.radius = 17, .step_x = -2, .step_y = 0, .start_x = 190, .start_y = 120});
  for (std::size_t t = 0; t < clip.truth.size(); ++t)
    for (std::size_t i = 0; i < clip.truth[t].pixels(); ++i)
      if (other.truth[t].data[i])
        for (int c = 0; c < 3; ++c) clip.frames.images[t].data[3 * i + c] = other.frames.images[t].data[3 * i + c];
  const auto largest = compute_masks(clip.frames, {});
  ASSERT_TRUE(largest) << largest.error().message;
  EXPECT_GT(mean_iou(largest->masks, clip.truth), 0.9);
  const auto chosen = compute_masks(clip.frames, {.subject_x = 190.0 / 240, .subject_y = 120.0 / 160});
  ASSERT_TRUE(chosen) << chosen.error().message;
  EXPECT_GT(mean_iou(chosen->masks, other.truth), 0.9);
  const std::size_t last = clip.frames.images.size() - 1;
  const auto chosen_late = compute_masks(
      clip.frames,
      {.subject_x = (190.0 - 2.0 * static_cast<double>(last)) / 240, .subject_y = 120.0 / 160, .subject_frame = last});
  ASSERT_TRUE(chosen_late) << chosen_late.error().message;
  EXPECT_GT(mean_iou(chosen_late->masks, other.truth), 0.9);
  const auto nothing = compute_masks(clip.frames, {.subject_x = 0.02, .subject_y = 0.98});
  ASSERT_FALSE(nothing);
  EXPECT_TRUE(contains(nothing.error().message, "0.98")) << nothing.error().message;
}

TEST(ComputeMasks, SameResultTwice) {
  const auto clip = test::draw_clip({.count = 6});
  const auto a = compute_masks(clip.frames, {}), b = compute_masks(clip.frames, {});
  ASSERT_TRUE(a && b);
  for (std::size_t t = 0; t < a->masks.size(); ++t) EXPECT_EQ(a->masks[t].data, b->masks[t].data);
}

TEST(ComputeMasks, ErrorsAndCancel) {
  auto clip = test::draw_clip({.count = 6});
  for (Image& image : clip.frames.images) image = Image(240, 160, 3, 120);
  const auto nothing = compute_masks(clip.frames, {});
  ASSERT_FALSE(nothing);
  EXPECT_TRUE(contains(nothing.error().message, "masks")) << nothing.error().message;
  EXPECT_FALSE(compute_masks(test::draw_clip({.count = 1}).frames, {}));
  EXPECT_EQ(compute_masks(clip.frames, {.work_size = 3}).error().code, ErrorCode::kUsage);

  CancelToken cancel;
  JobContext job({{"masks", 1}}, {}, {}, cancel);
  job.begin_phase("masks", 6);
  cancel.cancel();
  const auto cancelled = compute_masks(test::draw_clip({.count = 6}).frames, {}, &job);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
}

TEST(MaskFromPoints, OnePointFindsTheSubjectAndOthersCorrectIt) {
  const auto clip = test::draw_clip({.count = 1});
  const Image& picture = clip.frames.images[0];
  const auto [x, y] = clip.centres[0];
  const auto found = mask_from_points(picture, {{x, y, true}});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_GT(mask_iou(*found, clip.truth[0]), 0.9);
  // A mask with a piece too much: a point on it takes it away, the rest stays.
  Mask wrong = clip.truth[0];
  for (int v = 120; v < 150; ++v)
    for (int u = 160; u < 220; ++u) wrong.at(u, v) = 255;
  const double before = mask_iou(wrong, clip.truth[0]);
  const auto corrected = mask_from_points(picture, {{190, 135, false}}, wrong);
  ASSERT_TRUE(corrected) << corrected.error().message;
  EXPECT_EQ(corrected->at(190, 135), 0);
  EXPECT_GT(mask_iou(*corrected, clip.truth[0]), std::max(0.9, before));
  const auto same = mask_from_points(picture, {{190, 135, false}}, wrong);
  EXPECT_EQ(same->data, corrected->data);
}

TEST(MaskFromPoints, SaysWhatIsWrong) {
  const auto clip = test::draw_clip({.count = 1});
  const Image& picture = clip.frames.images[0];
  EXPECT_TRUE(test::contains(mask_from_points(picture, {{5, 5, false}}).error().message, "no point lies on the subject"));
  EXPECT_TRUE(test::contains(mask_from_points(picture, {{-1, 5, true}}).error().message, "outside"));
  EXPECT_TRUE(test::contains(mask_from_points(picture, {{5, 5, true}}, Mask(3, 2, 1)).error().message, "3x2"));
  EXPECT_TRUE(test::contains(mask_from_points({}, {{5, 5, true}}).error().message, "colour picture"));
}

TEST(PropagateMasks, CarriesOneMaskThroughTheClip) {
  for (const float pan : {0.0f, 3.0f}) {
    const auto clip = test::draw_clip({.pan = pan, .step_x = 2, .start_x = 100});
    std::vector<Mask> given(clip.truth.size());
    const std::size_t middle = given.size() / 2;
    given[middle] = clip.truth[middle];
    const auto masks = propagate_masks(clip.frames, given);
    ASSERT_TRUE(masks) << masks.error().message;
    EXPECT_GT(mean_iou(masks->masks, clip.truth), 0.93) << pan;
    EXPECT_EQ(masks->masks[middle].data, clip.truth[middle].data) << "what was given stays";
  }
}

TEST(PropagateMasks, SaysWhatIsMissing) {
  const auto clip = test::draw_clip({.count = 4});
  std::vector<Mask> given(4);
  const auto none = propagate_masks(clip.frames, given);
  ASSERT_FALSE(none);
  EXPECT_TRUE(contains(none.error().message, "no frame has a mask")) << none.error().message;
  given[1] = Mask(10, 10, 1);
  EXPECT_TRUE(contains(propagate_masks(clip.frames, given).error().message, "10x10"));
  given[1] = Mask(clip.truth[0].width, clip.truth[0].height, 1, 255);
  EXPECT_TRUE(contains(propagate_masks(clip.frames, given).error().message, "both"));
}

TEST(PropagateMasks, SharedClips) {
  if (!fs::exists(test::shared_data() / "clips/fox_walk")) GTEST_SKIP() << "needs ../shared/data";
  for (const char* name : {"fox_walk", "soldier_run"}) {
    const fs::path clip = test::shared_data() / "clips" / name;
    const auto frames = read_frames(clip / "video.mp4");
    ASSERT_TRUE(frames);
    const auto truth = read_masks(clip / "masks", *frames);
    ASSERT_TRUE(truth) << truth.error().message;
    std::vector<Mask> given(truth->masks.size());
    for (std::size_t t = 5; t < given.size(); t += 10) given[t] = truth->masks[t];
    const auto masks = propagate_masks(*frames, given);
    ASSERT_TRUE(masks) << masks.error().message;
    const double iou = mean_iou(masks->masks, truth->masks);
    std::printf("%s: every tenth mask given, mean IoU of all %.3f\n", name, iou);
    EXPECT_GT(iou, 0.93) << name;
  }
}

TEST(ComputeMasks, LeaveOutTheShadowOfASubjectThatTheCameraGoesRound) {
  const fs::path demo = test::source_folder() / "assets/demo";
  FrameRange range;
  range.end_s = 12.0 / 24;
  const auto frames = read_frames(demo / "creature.mp4", range);
  ASSERT_TRUE(frames);
  const auto truth = read_masks(demo / "masks", *frames);
  ASSERT_TRUE(truth) << truth.error().message;
  const auto masks = compute_masks(*frames, {});
  ASSERT_TRUE(masks) << masks.error().message;
  const double iou = mean_iou(masks->masks, truth->masks);
  std::printf("creature: mean IoU %.3f\n", iou);
  EXPECT_GT(iou, 0.95);  // 0.88 with the shadow
}

TEST(ComputeMasks, KeepTrousersAsDarkAsAShadow) {
  test::DrawnOptions options;
  test::DrawnClip clip = test::draw_clip(options);  // the disc's lower half: the ground's hue at half its light
  for (std::size_t t = 0; t < clip.frames.images.size(); ++t)
    for (int y = static_cast<int>(clip.centres[t].second); y < options.height; ++y)
      for (int x = 0; x < options.width; ++x)
        if (clip.truth[t].at(x, y))
          for (int c = 0; c < 3; ++c) clip.frames.images[t].at(x, y, c) = static_cast<std::uint8_t>(c == 1 ? 62 : 42);
  const auto masks = compute_masks(clip.frames, {});
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_GT(mean_iou(masks->masks, clip.truth), 0.9);
}

TEST(ComputeMasks, SharedClips) {
  if (!fs::exists(test::shared_data() / "clips/horse_walk/video.mp4")) {
    std::puts("skipped: no shared data here");
    return;
  }
  EXPECT_GT(shared_clip_iou("horse_walk", 1), 0.95);   // static camera, walks in place: needs all frames
  EXPECT_GT(shared_clip_iou("soldier_run", 5), 0.92);  // the camera orbits
}
