// render: pictures that show the model, videos of the right length, data sets whose parts agree.
#include "app/cli/render_options.h"
#include "core/files.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include "io/masks.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "render/hard_raster.h"
#include "samples.h"
#include "tests/synthetic/creatures.h"
#include <algorithm>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

std::string beam_in(const Folder& folder) {
  const std::string path = folder / "beam.glb";
  const auto written = write_glb(path, bending_beam());
  EXPECT_TRUE(written) << written.error().message;
  return path;
}

Image picture_of(const std::string& path) {
  const auto picture = read_image(path);
  EXPECT_TRUE(picture) << picture.error().message;
  return picture ? *picture : Image(1, 1, 3);
}

/// Share of pixels that are clearly red.
double red_share(const Image& image, int x0 = 0, int y0 = 0, int width = -1, int height = -1) {
  if (width < 0) width = image.width;
  if (height < 0) height = image.height;
  int red = 0;
  for (int y = y0; y < y0 + height; ++y)
    for (int x = x0; x < x0 + width; ++x)
      red += image.at(x, y, 0) > 90 && image.at(x, y, 0) > 2 * image.at(x, y, 1);
  return static_cast<double>(red) / (width * height);
}

TEST(Render, PictureShowsTheModel) {
  Folder folder;
  const Outcome outcome =
      run({"render", beam_in(folder), "-o", folder / "a.png", "--size", "160x120", "--azimuth", "90", "--time", "0"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out, folder / "a.png\n");
  const Image image = picture_of(folder / "a.png");
  EXPECT_EQ(image.width, 160);
  EXPECT_EQ(image.height, 120);
  EXPECT_GT(red_share(image), 0.03);
  EXPECT_LT(red_share(image), 0.5);
  EXPECT_LT(red_share(image, 0, 0, 160, 10), 0.01);
}

TEST(Render, TheFloorIsWhereTheFeetAreNotWhereATailHangs) {
  RiggedModel walker = make_quadruped();
  const float feet = Player(walker, 0).ground();
  EXPECT_NEAR(feet, Player(walker, 0).bounds().min().y(), 0.05f);
  // The same with something that hangs far below.
  const int head = walker.skeleton.find("head");
  ASSERT_GE(head, 0);
  for (Eigen::Index v = 0; v < walker.mesh.verts.rows(); ++v)
    if (walker.skin.joints(v, 0) == head && walker.skin.weights(v, 0) > 0.9f) {
      walker.mesh.verts(v, 1) -= 3;
      break;
    }
  EXPECT_LT(Player(walker, 0).bounds().min().y(), feet - 1);
  EXPECT_NEAR(Player(walker, 0).ground(), feet, 0.01f);
  EXPECT_NEAR(Player(walker, -1).ground(), feet, 0.05f);
  const RiggedModel beam = bending_beam();  // has none
  EXPECT_EQ(Player(beam, 0).ground(), Player(beam, 0).bounds().min().y());
}

TEST(Render, TransparentPictureHasAlpha) {
  Folder folder;
  ASSERT_EQ(run({"render", beam_in(folder), "-o", folder / "a.png", "--size", "64x64", "--transparent"}).exit_code, 0);
  const Image image = picture_of(folder / "a.png");
  ASSERT_EQ(image.channels, 4);
  EXPECT_EQ(image.at(0, 0, 3), 0);
  int opaque = 0;
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) opaque += image.at(x, y, 3) == 255;
  }
  EXPECT_GT(opaque, 64 * 64 / 50);
  EXPECT_EQ(run({"render", folder / "beam.glb", "-o", folder / "a.mp4", "--transparent"}).exit_code, 2);
}

TEST(Render, ContactSheetShowsTheClipMoving) {
  Folder folder;
  ASSERT_EQ(run({"render", beam_in(folder), "-o", folder / "a.png", "--size", "80x80", "--frames", "4", "--azimuth", "90",
                 "--elevation", "0", "--no-ground"}).exit_code, 0);
  const Image sheet = picture_of(folder / "a.png");
  ASSERT_EQ(sheet.width, 160);
  ASSERT_EQ(sheet.height, 160);
  for (int i = 0; i < 4; ++i) EXPECT_GT(red_share(sheet, i % 2 * 80, i / 2 * 80, 80, 80), 0.02) << i;
  // The last picture's beam reaches higher than the first one's.
  const auto top = [&sheet](int cell) {
    for (int y = 0; y < 80; ++y)
      if (red_share(sheet, cell % 2 * 80, cell / 2 * 80 + y, 80, 1) > 0) return y;
    return 80;
  };
  EXPECT_LT(top(3) + 5, top(0));
}

TEST(Render, VideoPlaysTheClipOnceOrRepeats) {
  Folder folder;
  const std::string beam = beam_in(folder);
  ASSERT_EQ(run({"render", beam, "-o", folder / "once.mp4", "--size", "64x64"}).exit_code, 0);
  ASSERT_EQ(run({"render", beam, "-o", folder / "twice.gif", "--size", "64x64", "--seconds", "0.75"}).exit_code, 0);
  const auto once = read_frames(folder / "once.mp4");
  const auto twice = read_frames(folder / "twice.gif");
  ASSERT_TRUE(once) << once.error().message;
  ASSERT_TRUE(twice) << twice.error().message;
  EXPECT_EQ(once->images.size(), 9u);
  EXPECT_EQ(twice->images.size(), 18u);
}

TEST(Render, UnknownClipNamesTheOnesThere) {
  Folder folder;
  const Outcome outcome = run({"render", beam_in(folder), "-o", folder / "a.png", "--clip", "jump"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("bend"), std::string::npos) << outcome.err;
  EXPECT_EQ(folder.listing(), "beam.glb");
}

TEST(Render, DataSetPartsAgree) {
  Folder folder;
  const Outcome outcome = run({"render", beam_in(folder), "--dataset", folder / "set", "--size", "96x96", "--orbit", "45"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto frames = read_frames(folder / "set/video.mp4");
  ASSERT_TRUE(frames) << frames.error().message;
  const auto truth = read_anime(folder / "set/gt.anime");
  ASSERT_TRUE(truth) << truth.error().message;
  std::ifstream file(folder / "set/cameras.json");
  const auto cameras = cameras_from_json(nlohmann::json::parse(file), "cameras.json");
  ASSERT_TRUE(cameras) << cameras.error().message;
  const auto masks = read_masks(folder / "set/masks", *frames);
  ASSERT_TRUE(masks) << masks.error().message;
  ASSERT_EQ(frames->images.size(), 9u);
  ASSERT_EQ(truth->frames.size(), 9u);
  ASSERT_EQ(cameras->cameras.size(), 9u);
  EXPECT_EQ(cameras->fps, 24);
  const RiggedModel beam = bending_beam();
  const MeshSequence played = animate(beam, beam.clips[0]);
  for (std::size_t i = 0; i < 9; ++i) {
    EXPECT_GT(mask_iou(render_mask(cameras->cameras[i], truth->frames[i], truth->faces), masks->masks[i]), 0.97) << i;
    ASSERT_EQ(truth->frames[i].rows(), played.frames[i].rows());
    EXPECT_LT((truth->frames[i] - played.frames[i]).cwiseAbs().maxCoeff(), 1e-4f) << i;
  }
  // The background is textured: neighbouring blocks of it differ.
  const Image& picture = frames->images[0];
  double spread = 0;
  for (int x = 8; x < 88; x += 8) spread += std::abs(int(picture.at(x, 8)) - int(picture.at(x - 8, 8)));
  EXPECT_GT(spread, 20);
}

TEST(Render, JpegIsAPictureLikePng) {
  Folder folder;
  const std::string beam = beam_in(folder);
  for (const char* name : {"a.png", "a.jpg"})
    ASSERT_EQ(run({"render", beam, "-o", folder / name, "--size", "96x96"}).exit_code, 0) << name;
  EXPECT_TRUE(read_file(folder / "a.jpg")->starts_with("\xff\xd8"));
  EXPECT_NEAR(red_share(picture_of(folder / "a.jpg")), red_share(picture_of(folder / "a.png")), 0.02);
}

TEST(Render, AMeshIsThatOfTheMoment) {
  Folder folder;
  const std::string path = beam_in(folder);
  const RiggedModel beam = bending_beam();
  const Points bent = animate(beam, beam.clips[0]).frames[8];
  for (const char* name : {"frame.obj", "frame.ply"}) {
    const Outcome outcome = run({"render", path, "-o", folder / name, "--time", "0.3333334"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const auto read = read_model(folder / name);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->mesh.verts.rows(), bent.rows()) << name;
    EXPECT_LT((read->mesh.verts - bent).cwiseAbs().maxCoeff(), 1e-4f) << name;
    ASSERT_EQ(read->mesh.colors.rows(), bent.rows()) << name;
    EXPECT_NEAR(read->mesh.colors(0, 0), 0.9f, 0.01f) << name;
  }
}

TEST(Render, OptionsThatTheOutputHasNoUseForAreRefused) {
  Folder folder;
  const std::string beam = beam_in(folder);
  const std::vector<std::string> refused[] = {
      {"--time", "0.1", "--dataset", folder / "set"},     {"--frames", "4", "--dataset", folder / "set"},
      {"--transparent", "--dataset", folder / "set"},     {"--transparent", "-o", folder / "a.jpg"},
      {"--time", "0.1", "-o", folder / "a.mp4"},          {"--frames", "4", "-o", folder / "a.gif"},
      {"--seconds", "2", "-o", folder / "a.png"},         {"--orbit", "90", "-o", folder / "a.png"},
      {"--time", "0.1", "--frames", "4", "-o", folder / "a.png"}, {"--azimuth", "90", "-o", folder / "a.obj"},
      {"--no-ground", "-o", folder / "a.ply"}};
  for (std::vector<std::string> arguments : refused) {
    const std::string flag = arguments[0], target = arguments.back();
    arguments.insert(arguments.begin(), {"render", beam});
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << flag << " with " << target;
    EXPECT_NE(outcome.err.find(flag), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(folder.listing(), "beam.glb");
}

TEST(Render, SizesAreParsedStrictly) {
  const auto good = parse_size("640x480");
  ASSERT_TRUE(good);
  EXPECT_EQ(good->width, 640);
  EXPECT_EQ(good->height, 480);
  for (const char* bad : {"", "640", "x", "640x", "x480", "8x640", "640x5000", "640x480x3", "-640x480", "a640x480"})
    EXPECT_FALSE(parse_size(bad)) << bad;
}

}  // namespace
}  // namespace mp4d::test
