#include "core/files.h"
#include "io/frames.h"
#include "reconstruction/field/view_scores.h"
#include "tests/synthetic/field_scenes.h"
#include <cmath>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

class Pictures : public testing::Test {
 protected:
  Pictures() {
    FieldSceneOptions options;
    options.width = 32, options.height = 24, options.views = 16, options.supersample = 1;
    scene = make_room(options);
    for (PosedView& view : scene.views)
      if (view.held_out) held_out.push_back(&view);
  }
  /// `view`'s picture with an error of 10 / 255 everywhere.
  void write(const PosedView& view, const std::string& name, Image (*change)(Image) = [](Image image) { return image; }) {
    const fs::path file = folder.path() / name;
    ASSERT_TRUE(make_folder(file.parent_path()));
    Image image = view.image;
    for (std::uint8_t& v : image.data) v = static_cast<std::uint8_t>(v > 127 ? v - 10 : v + 10);
    ASSERT_TRUE(write_image(file, change(std::move(image))));
  }
  std::string error() const {
    const auto scores = score_pictures(folder.path(), scene, Vec3::Zero());
    return scores ? "" : scores.error().message;
  }

  TempFolder folder = TempFolder::create().value();
  PosedScene scene;
  std::vector<PosedView*> held_out;
};

TEST_F(Pictures, OfAnyProgramAreScored) {
  ASSERT_EQ(held_out.size(), 2u);
  write(*held_out[0], fs::path(held_out[0]->name).stem().string() + ".png");
  write(*held_out[1], held_out[1]->name);  // in a folder, as the scene has it
  const FieldScores scores = score_pictures(folder.path(), scene, Vec3::Zero()).value();
  ASSERT_EQ(scores.views.size(), 2u);
  for (const auto& view : scores.views) EXPECT_NEAR(view["psnr"].get<double>(), -20 * std::log10(10 / 255.0), 1e-3);
  EXPECT_NEAR(scores.psnr, scores.psnr_u8, 1e-6);
  EXPECT_GT(scores.ssim_torchmetrics, 0.1);
  EXPECT_LT(scores.ssim_torchmetrics, 1);
}

TEST_F(Pictures, WhatIsMissingOrOfAnotherSizeIsNamed) {
  EXPECT_NE(error().find(fs::path(held_out[0]->name).stem().string() + ".png"), std::string::npos) << error();
  write(*held_out[0], held_out[0]->name, [](Image image) { return Image(image.width, image.height - 1, 3); });
  EXPECT_NE(error().find("32 x 23"), std::string::npos) << error();
  EXPECT_NE(error().find(held_out[0]->name), std::string::npos) << error();
  const auto nowhere = score_pictures(folder.path() / "nowhere", scene, Vec3::Zero());
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().message.find("nowhere"), std::string::npos);
}

TEST_F(Pictures, OfTheSameNameNeedTheirFolders) {
  held_out[0]->name = "left/0001.png";
  held_out[1]->name = "right/0001.png";
  write(*held_out[0], "0001.png");
  EXPECT_NE(error().find("left/0001.png"), std::string::npos) << error();
  write(*held_out[0], "left/0001.png");
  write(*held_out[1], "right/0001.jpg");
  EXPECT_EQ(error(), "");
}

TEST_F(Pictures, AlphaIsBlendedAndMasksHold) {
  PosedView& first = *held_out[0];
  for (PosedView* view : held_out) {
    view->image = Image(32, 24, 4);  // clear all over: the background
    view->mask = Mask(32, 24, 1, 255);
    for (int x = 0; x < 16; ++x)
      for (int y = 0; y < 24; ++y) view->mask.at(x, y) = 0;
  }
  for (const PosedView* view : held_out) {
    Image white(32, 24, 1, 255);  // grey
    for (int y = 0; y < 24; ++y) white.at(3, y) = 0;
    ASSERT_TRUE(write_image(folder.path() / (fs::path(view->name).stem().string() + ".png"), white));
  }
  EXPECT_TRUE(std::isinf(score_pictures(folder.path(), scene, Vec3::Ones())->psnr));
  EXPECT_NEAR(score_pictures(folder.path(), scene, Vec3::Zero())->psnr, 0, 1e-9);
  first.mask = Mask(32, 24, 1, 0);
  EXPECT_EQ(score_pictures(folder.path(), scene, Vec3::Ones())->views.size(), 1u);
  held_out[1]->mask = first.mask;
  EXPECT_NE(error().find("masked"), std::string::npos) << error();
}

}  // namespace
}  // namespace mp4d
