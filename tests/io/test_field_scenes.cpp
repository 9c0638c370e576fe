#include "tests/synthetic/field_scenes.h"
#include <algorithm>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

FieldSceneOptions small() {
  FieldSceneOptions options;
  options.width = 32;
  options.height = 24;
  options.views = 24;
  options.supersample = 1;
  return options;
}

TEST(FieldScenes, SparseKeepsAllHeldOutViewsAndFewToTrainOn) {
  FieldSceneOptions options = small();
  options.training_views = 5;
  const PosedScene scene = make_room(options);
  const auto held_out = std::count_if(scene.views.begin(), scene.views.end(), [](const PosedView& v) { return v.held_out; });
  EXPECT_EQ(held_out, 3);
  EXPECT_EQ(scene.views.size(), 8u);
}

TEST(FieldScenes, DamageAndMotionAreWhatWasAskedFor) {
  const PosedScene clean = make_room(small());
  FieldSceneOptions options = small();
  options.corrupted = 0.2;
  const PosedScene corrupted = make_room(options);
  options = small();
  options.moving = true;
  const PosedScene moving = make_room(options);
  int damaged = 0, moved = 0;
  for (std::size_t i = 0; i < clean.views.size(); ++i) {
    EXPECT_TRUE(clean.views[i].camera.camera_from_world.isApprox(corrupted.views[i].camera.camera_from_world));
    const bool differs = clean.views[i].image.data != corrupted.views[i].image.data;
    damaged += differs;
    EXPECT_FALSE(differs && clean.views[i].held_out);
    moved += clean.views[i].image.data != moving.views[i].image.data;
  }
  EXPECT_EQ(damaged, 5);  // of 21
  EXPECT_GT(moved, 12);
}

}  // namespace
}  // namespace mp4d
