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
    if (before_) setenv("XDG_DATA_HOME", before_->c_str(), 1);
    else unsetenv("XDG_DATA_HOME");
  }

 private:
  TempFolder folder_;
  std::optional<std::string> before_;
};

TEST(MaskNetwork, WithoutItAutoIsTheBuiltInWayAndNetworkAnError) {
  const NothingInstalled nothing;
  const DrawnClip clip = draw_clip({.count = 6});
  const auto refused = compute_masks(clip.frames, {.from = "network"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUsage);
  EXPECT_TRUE(contains(refused.error().message, "models install isnet")) << refused.error().message;
  const auto automatic = compute_masks(clip.frames, {.from = "auto"});
  const auto builtin = compute_masks(clip.frames, {});
  ASSERT_TRUE(automatic && builtin);
  EXPECT_EQ(automatic->source, builtin->source);
  for (std::size_t t = 0; t < 6; ++t) EXPECT_EQ(automatic->masks[t].data, builtin->masks[t].data);
}

bool installed(const char* name) {
  return fs::exists(network_path(find_network(name).value(), network_folder()));
}

TEST(MaskNetwork, FindsTheCreatureOfTheDemoClip) {
  if (!installed("isnet") || !installed("onnxruntime")) {
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
  const auto masks = compute_masks(*frames, {.from = "network"});
  ASSERT_TRUE(masks) << masks.error().message;
  EXPECT_TRUE(contains(masks->source, "isnet"));
  double sum = 0;
  for (std::size_t t = 0; t < masks->masks.size(); ++t) sum += mask_iou(masks->masks[t], truth->masks[t]);
  EXPECT_GT(sum / static_cast<double>(masks->masks.size()), 0.9);
}

}  // namespace
}  // namespace mp4d::test
