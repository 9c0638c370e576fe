#include "io/camera_set.h"
#include "io/masks.h"
#include "io/model_io.h"
#include "render/hard_raster.h"
#include "tests/tools/paths.h"
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

// End to end over the conventions of meshes, cameras, pixel centres and masks: another renderer's masks of known
// shapes, reproduced.
TEST(RenderClips, MasksOfKnownShapesAreReproduced) {
  const std::filesystem::path clips = test::shared_data() / "clips";
  if (!std::filesystem::exists(clips)) {
    std::puts("no shared data: nothing to compare with");
    return;
  }
  int compared = 0;
  for (const auto& entry : std::filesystem::directory_iterator(clips)) {
    const auto truth = read_anime(entry.path() / "gt.anime");
    ASSERT_TRUE(truth) << truth.error().message;
    std::ifstream file(entry.path() / "cameras.json");
    const auto set = cameras_from_json(nlohmann::json::parse(file), "cameras.json");
    ASSERT_TRUE(set) << set.error().message;
    ASSERT_EQ(set->cameras.size(), truth->frames.size());
    double worst = 1;
    for (std::size_t t = 0; t < truth->frames.size(); t += 5) {
      const auto image = read_image(entry.path() / fmt::format("masks/{:04}.png", t));
      ASSERT_TRUE(image) << image.error().message;
      Mask expected(image->width, image->height, 1);
      for (std::size_t p = 0; p < expected.data.size(); ++p)
        expected.data[p] = image->data[p * image->channels] > 127 ? 255 : 0;
      const Mask ours = render_mask(set->cameras[t], truth->frames[t], truth->faces);
      worst = std::min(worst, mask_iou(ours, expected));
      ++compared;
    }
    std::printf("%s: smallest IoU %.4f\n", entry.path().filename().c_str(), worst);
    EXPECT_GT(worst, 0.99) << entry.path();
  }
  EXPECT_GT(compared, 0);
}

}  // namespace
}  // namespace mp4d
