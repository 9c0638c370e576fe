#include "core/files.h"
#include "drawn_clip.h"
#include "io/networks.h"
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
  const fs::path demo = fs::path(MP4D_SOURCE_DIR) / "assets/demo";
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

}  // namespace
}  // namespace mp4d::test
