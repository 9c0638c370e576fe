#include "core/files.h"
#include "drawn_clip.h"
#include "io/networks.h"
#include "tests/tools/paths.h"
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <optional>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

/// While it lives, no network is installed.
class NothingInstalled {
 public:
  NothingInstalled() : folder_(std::move(*TempFolder::create())) {
    if (const char* value = std::getenv("XDG_DATA_HOME")) before_ = value;
    setenv("XDG_DATA_HOME", folder_.path().c_str(), 1);
  }
  ~NothingInstalled() {
    if (before_)
      setenv("XDG_DATA_HOME", before_->c_str(), 1);
    else
      unsetenv("XDG_DATA_HOME");
  }

 private:
  TempFolder folder_;
  std::optional<std::string> before_;
};

TEST(MaskNetwork, IsAnErrorWhereItIsNotInstalled) {
  const NothingInstalled nothing;
  EXPECT_FALSE(mask_network_installed());
  const auto refused = compute_masks(draw_clip({.count = 6}).frames, {.network = true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_TRUE(contains(refused.error().message, "models install isnet")) << refused.error().message;
}

TEST(MaskNetwork, FindsTheCreatureOfTheDemoClip) {
  if (!mask_network_installed()) {
    std::puts("skipped: isnet is not installed (magicpose4d models install isnet)");
    return;
  }
  const fs::path demo = source_folder() / "assets/demo";
  FrameRange range;
  range.end_s = 8.0 / 24;
  const auto frames = read_frames(demo / "creature.mp4", range);
  ASSERT_TRUE(frames);
  const auto truth = read_masks(demo / "masks", *frames);
  ASSERT_TRUE(truth);
  const auto masks = compute_masks(*frames, {.network = true});
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_TRUE(contains(masks->source, "isnet"));
  double sum = 0;
  for (std::size_t t = 0; t < masks->masks.size(); ++t) sum += mask_iou(masks->masks[t], truth->masks[t]);
  EXPECT_GT(sum / static_cast<double>(masks->masks.size()), 0.9);
}

TEST(MaskNetwork, PartsAPersonFromTheDogThatSheTouches) {
  const fs::path video = shared_data() / "video/woman_and_dog.mp4";
  if (!mask_network_installed() || !network_installed("pose")) GTEST_SKIP() << "'magicpose4d models install isnet' or 'pose' was not run";
  if (!fs::exists(video)) GTEST_SKIP() << "no " << video;
  const auto frames = read_frames(video, {.end_s = 0.15, .max_side = 640});
  ASSERT_TRUE(frames);
  // In the first frame her hand is at its mouth, at 0.35 of the width; read off by eye.
  const auto share_left_of = [](const Mask& mask, double x) {
    int left = 0, all = 0;
    for (int v = 0; v < mask.height; ++v)
      for (int u = 0; u < mask.width; ++u)
        if (mask.at(u, v)) ++all, left += u < x * mask.width;
    EXPECT_GT(all, 0.005 * mask.width * mask.height);
    return left / std::max(1.0, double(all));
  };
  const auto dog = compute_masks(*frames, {.subject_x = 0.47, .subject_y = 0.6, .network = true});
  ASSERT_TRUE(dog) << dog.error().message;
  EXPECT_LT(share_left_of(dog->masks[0], 0.34), 0.01);
  EXPECT_LT(share_left_of(dog->masks[0], 0.47), 0.6);
  const auto woman = compute_masks(*frames, {.subject_x = 0.24, .subject_y = 0.6, .network = true});
  ASSERT_TRUE(woman) << woman.error().message;
  EXPECT_GT(share_left_of(woman->masks[0], 0.37), 0.98);
}

}  // namespace
}  // namespace mp4d::test
