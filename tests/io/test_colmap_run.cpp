#include "core/files.h"
#include "core/process.h"
#include "io/colmap_run.h"
#include "io/frames.h"
#include "io/internal/exif.h"
#include "io/internal/stored_image.h"
#include "io/listing.h"
#include "tests/synthetic/field_scenes.h"
#include <Eigen/Geometry>
#include <cstdlib>
#include <gtest/gtest.h>
#include <algorithm>
#include <map>
#include <tuple>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

Vec3 eye(const Camera& camera) { return camera.camera_from_world.inverse().translation(); }

TEST(ColmapRun, PhotosOfAKnownRoomGetTheirCamerasBack) {
  if (find_program("colmap").empty()) {
    if (std::getenv("CI")) FAIL() << "colmap is not installed; ./dev test installs it";
    GTEST_SKIP() << "colmap is not installed";
  }
  FieldSceneOptions options;
  options.width = 320;
  options.height = 240;
  options.views = 10;
  options.supersample = 2;
  PosedScene truth = make_room(options);
  for (std::size_t i = 0; i < truth.views.size(); ++i) {  // an arc, so that the pictures overlap
    const float turn = 0.12f * static_cast<float>(i);
    truth.views[i].camera.camera_from_world = look_at({1.3f * std::cos(turn), 1.4f, 1.1f * std::sin(turn)}, {-0.6f, 0.8f, -0.8f});
  }
  redraw_room(truth);
  const TempFolder folder = TempFolder::create().value();
  fs::create_directories(folder.path() / "photos");
  std::map<std::string, Vec3> eyes;
  for (std::size_t i = 0; i < truth.views.size(); ++i) {
    const std::string name = fmt::format("p{}.png", i);
    ASSERT_TRUE(write_image(folder.path() / "photos" / name, truth.views[i].image));
    eyes[name] = eye(truth.views[i].camera);
  }
  const auto posed = pose_pictures(folder.path() / "photos", folder.path() / "scene", {});
  ASSERT_TRUE(posed) << posed.error().message;
  EXPECT_EQ(posed->pictures, 10);
  EXPECT_LE(posed->lost.size(), 1u);
  const auto found = read_posed_scene(folder.path() / "scene");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->views.size() + posed->lost.size(), 10u);
  Eigen::Matrix3Xf from(3, found->views.size()), to(3, found->views.size());
  for (std::size_t i = 0; i < found->views.size(); ++i) {
    from.col(static_cast<Eigen::Index>(i)) = eye(found->views[i].camera);
    to.col(static_cast<Eigen::Index>(i)) = eyes.at(fs::path(found->views[i].name).filename().string());
  }
  const Mat4 similarity = Eigen::umeyama(from, to, true);
  for (Eigen::Index i = 0; i < from.cols(); ++i)
    EXPECT_LT(((similarity * from.col(i).homogeneous()).head<3>() - to.col(i)).norm(), 0.05f) << i;
}

/// A program called colmap, whose mapper writes the models that lie in `models`, and does `before` between two of their files.
class ScriptedColmap : public testing::Test {
 protected:
  ScriptedColmap() {
    FieldSceneOptions options;
    options.width = 32, options.height = 24, options.views = 6, options.supersample = 1;
    room_ = make_room(options);
    for (std::size_t i = 0; i < room_.views.size(); ++i) room_.views[i].name = fmt::format("p{}.png", i);
    fs::create_directories(root() / "bin");
    fs::create_directories(root() / "photos");
    for (const PosedView& view : room_.views) EXPECT_TRUE(write_image(root() / "photos" / view.name, view.image));
    setenv("PATH", ((root() / "bin").string() + ":" + path_).c_str(), 1);
    mapper("");
  }
  ~ScriptedColmap() override { setenv("PATH", path_.c_str(), 1); }

  fs::path root() const { return folder_.path(); }

  void mapper(const std::string& before) const {
    const fs::path program = root() / "bin/colmap";
    ASSERT_TRUE(write_atomically(program, "#!/bin/sh\n[ $1 = mapper ] || exit 0\nwhile [ $# -gt 1 ]; do [ $1 = --output_path ] && out=$2; shift; done\n"
                                          "cd " + (root() / "models").string() + "\nfor m in *; do mkdir -p $out/$m; cp $m/cameras.bin $out/$m; " + before +
                                          "\ncp $m/images.bin $m/points3D.bin $out/$m; done\n"));
    fs::permissions(program, fs::perms::owner_all);
  }

  /// A model of the first `views` views.
  void model(const std::string& name, std::size_t views) const {
    PosedScene part = room_;
    part.views.resize(views);
    ASSERT_TRUE(write_colmap_scene(root() / "made", part, true));
    fs::create_directories(root() / "models");
    fs::rename(root() / "made/sparse/0", root() / "models" / name);
    fs::remove_all(root() / "made");
  }

  Result<PosedPictures> pose(JobContext* job = nullptr, const ColmapOptions& options = {}, const char* input = "photos") const {
    return pose_pictures(root() / input, root() / "scene", options, job);
  }

  std::vector<std::string> listing() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root() / "scene")) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  const std::string path_ = std::getenv("PATH");
  const TempFolder folder_ = TempFolder::create().value();
  PosedScene room_;
};

TEST_F(ScriptedColmap, TheLargestModelIsKeptAndUsedAgain) {
  model("0", 2), model("1", 5), model("2", 3);
  const auto posed = pose();
  ASSERT_TRUE(posed) << posed.error().message;
  EXPECT_EQ(posed->pictures, 6);
  EXPECT_EQ(posed->lost, std::vector<std::string>{"p5.png"});
  EXPECT_EQ(read_posed_scene(root() / "scene")->views.size(), 5u);
  EXPECT_EQ(listing(), (std::vector<std::string>{"images", "sparse"}));
  EXPECT_FALSE(fs::exists(root() / "scene/sparse/1"));
  mapper("exit 1");
  const auto again = pose();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->lost, posed->lost);
}

TEST_F(ScriptedColmap, AModelIsNotThereBeforeAllOfItIs) {
  model("0", 3), model("1", 6);
  mapper("for i in 1 2 3 4 5; do echo \"Registering image #$i ($i)\"; sleep 0.2; done; sleep 60");
  CancelToken cancel;
  JobContext job(colmap_phases(), [&](const Progress& p) { if (p.phase == "cameras" && p.step > 0) cancel.cancel(); }, {}, cancel);
  const auto stopped = pose(&job);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(listing().empty());
  mapper("[ $m = 0 ] || kill -9 $$");
  const auto killed = pose();
  ASSERT_FALSE(killed);
  EXPECT_TRUE(listing().empty());
  mapper("");
  const auto posed = pose();
  ASSERT_TRUE(posed) << posed.error().message;
  EXPECT_TRUE(posed->lost.empty());
}

TEST_F(ScriptedColmap, OtherPhotosAndOptionsAreNotAnsweredWithAnOldModel) {
  model("0", 6);
  ASSERT_TRUE(pose());
  ColmapOptions options;
  options.max_side = 800;
  const auto other = pose(nullptr, options);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kUsage);
  EXPECT_NE(other.error().message.find("sparse/0 to find them anew"), std::string::npos) << other.error().message;
  const std::string before = photos_key(root() / "photos", {});
  EXPECT_NE(photos_key(root() / "photos", options), before);
  fs::remove(root() / "photos/p5.png");
  EXPECT_NE(photos_key(root() / "photos", {}), before);
  EXPECT_FALSE(pose());
  fs::remove_all(root() / "scene/sparse/0");
  EXPECT_EQ(pose()->pictures, 5);  // not the one that lies there from before
  fs::remove(root() / "scene/sparse/0/photos.json");  // a model that somebody else made
  EXPECT_EQ(pose(nullptr, options)->pictures, 6);
  fs::remove_all(root() / "scene/sparse");
  const auto same = pose(nullptr, {}, "scene/images");
  ASSERT_FALSE(same);
  EXPECT_NE(same.error().message.find("copies of the pictures would go there"), std::string::npos) << same.error().message;
}

TEST_F(ScriptedColmap, AVideoGivesAsManyFramesAsWereAsked) {
  model("0", 4);
  std::vector<Image> images;
  for (int i = 0; i < 7; ++i) images.push_back(Image(64, 48, 3, static_cast<std::uint8_t>(30 * i)));
  ASSERT_TRUE(write_video(root() / "film.mp4", images, 10));
  ColmapOptions options;
  options.frames = 4;
  const auto posed = pose(nullptr, options, "film.mp4");
  EXPECT_FALSE(posed);  // the scripted model is of photos
  EXPECT_EQ(list_files(root() / "scene/images", {".png"}).size(), 4u);
  const Image last = read_image(root() / "scene/images/00003.png").value();
  EXPECT_NEAR(last.data[0], 180, 4);
}

/// A JPEG whose camera says that it stood so; `focal` is its focal length in mm.
std::string photo(const fs::path& scratch, const Image& stored, int orientation, bool little, int focal) {
  EXPECT_TRUE(write_image(scratch, stored));
  std::string tiff = little ? std::string("II*\0\10\0\0\0", 8) : std::string("MM\0*\0\0\0\10", 8);
  const auto put = [&](unsigned value, int bytes) {
    for (int i = 0; i < bytes; ++i) tiff += static_cast<char>(value >> 8 * (little ? i : bytes - 1 - i) & 255);
  };
  put(2, 2);
  for (const auto& [tag, value] : {std::pair{0x0112u, orientation}, std::pair{0xa405u, focal}}) {
    put(tag, 2), put(3, 2), put(1, 4), put(static_cast<unsigned>(value), 2), put(0, 2);
  }
  put(0, 4);
  std::string segment("\xff\xe1", 2);
  const std::size_t size = 2 + 6 + tiff.size();
  segment += static_cast<char>(size >> 8);
  segment += static_cast<char>(size & 255);
  return internal::with_segment(read_file(scratch).value(), segment + std::string("Exif\0\0", 6) + tiff);
}

TEST_F(ScriptedColmap, PhotosThatStateAnOrientationAreTurned) {
  model("0", 6);
  for (const auto& view : room_.views) fs::remove(root() / "photos" / view.name);
  for (const auto& [name, orientation, little] : {std::tuple{"a.jpg", 6, true}, std::tuple{"b.jpg", 3, false}, std::tuple{"c.jpg", 1, true}})
    ASSERT_TRUE(write_atomically(root() / "photos" / name, photo(root() / "scratch.jpg", room_.views[0].image, orientation, little, 35)));
  EXPECT_FALSE(pose());  // the scripted model is of others
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) {
    const Image upright = read_image(root() / "photos" / name).value(), copy = read_image(root() / "scene/images" / name).value();
    const Image stored = internal::read_stored_image(root() / "scene/images" / name).value();
    EXPECT_EQ(stored.width, upright.width) << name;
    EXPECT_EQ(stored.data, copy.data) << name << ": its pixels are not as it is seen";
    double difference = 0;
    for (std::size_t i = 0; i < upright.data.size(); ++i) difference += std::abs(int(upright.data[i]) - int(stored.data[i])) / double(upright.data.size());
    EXPECT_LT(difference, 4) << name;
    const std::string bytes = read_file(root() / "scene/images" / name).value(), exif = internal::upright_exif(bytes);
    EXPECT_FALSE(exif.empty()) << name << ": the focal length is lost";
    EXPECT_NE(bytes.find(exif), std::string::npos) << name << ": states an orientation still";
  }
  EXPECT_EQ(read_image(root() / "scene/images/a.jpg")->width, room_.views[0].image.height);
  const std::string sound = read_file(root() / "photos/a.jpg").value();
  for (std::size_t size = 0; size < 80; ++size) internal::upright_exif(std::string_view(sound).substr(0, size));  // not beyond its end
}

TEST_F(ScriptedColmap, AModelOfOthersIsOfThePixelsAsTheyAreStored) {
  ASSERT_TRUE(write_colmap_scene(root() / "others", room_, true));
  const fs::path images = root() / "others/images";
  fs::create_directories(images);
  std::size_t number = 0;
  for (const fs::path& file : list_files(images, {".png", ".jpg"})) {
    const std::string bytes = photo(root() / "scratch.jpg", read_image(file).value(), number++ % 2 ? 3 : 6, true, 35);
    ASSERT_TRUE(write_atomically(file, bytes));  // a JPEG under its name
  }
  ASSERT_EQ(number, room_.views.size());
  const auto read = read_posed_scene(root() / "others");
  ASSERT_TRUE(read) << read.error().message;
  double difference = 0;
  for (std::size_t v = 0; v < read->views.size(); ++v) {
    ASSERT_EQ(read->views[v].image.data.size(), room_.views[v].image.data.size());
    for (std::size_t i = 0; i < room_.views[v].image.data.size(); ++i)
      difference += std::abs(int(read->views[v].image.data[i]) - int(room_.views[v].image.data[i]));
  }
  EXPECT_LT(difference / static_cast<double>(read->views.size() * room_.views[0].image.data.size()), 12);  // turned they differ by far more
}

TEST(ColmapRun, WrongInputIsNamed) {
  const TempFolder folder = TempFolder::create().value();
  const auto missing = pose_pictures(folder.path() / "nowhere", folder.path() / "scene", {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("nowhere"), std::string::npos);
  fs::create_directories(folder.path() / "empty");
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder.path() / "empty").c_str(), 1);
  const auto absent = pose_pictures(folder.path() / "empty", folder.path() / "scene", {});
  setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().message.find("apt install colmap"), std::string::npos);
}

}  // namespace
}  // namespace mp4d
