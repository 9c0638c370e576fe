// info on each kind of file.
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "samples.h"
#include "tests/tools/paths.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

nlohmann::json info(const std::string& path) {
  const Outcome outcome = run({"info", path, "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome.exit_code == 0 ? nlohmann::json::parse(outcome.out) : nlohmann::json();
}

TEST(Info, Model) {
  Folder folder;
  const RiggedModel beam = bending_beam();
  ASSERT_TRUE(write_glb(folder / "beam.glb", beam));
  const auto json = info(folder / "beam.glb");
  EXPECT_EQ(json["kind"], "model");
  EXPECT_EQ(json["vertices"], beam.mesh.verts.rows());
  EXPECT_EQ(json["triangles"], beam.mesh.faces.rows());
  ASSERT_EQ(json["clips"].size(), 1u);
  EXPECT_EQ(json["clips"][0]["name"], "bend");
  EXPECT_NEAR(json["clips"][0]["duration_s"].get<double>(), 8.0 / 24, 1e-5);
  EXPECT_NEAR(json["bounds_max"][2].get<double>(), 1, 1e-5);
  const Outcome table = run({"info", folder / "beam.glb"});
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_NE(table.out.find("bend"), std::string::npos) << table.out;
}

TEST(Info, ClipAsVideoAndFolder) {
  Folder folder;
  std::vector<Image> images;
  std::filesystem::create_directory(folder / "images");
  for (int i = 0; i < 6; ++i) {
    images.emplace_back(64, 48, 3, static_cast<std::uint8_t>(40 * i));
    ASSERT_TRUE(write_image(folder / ("images/" + std::to_string(i) + ".png"), images.back()));
  }
  ASSERT_TRUE(write_video(folder / "clip.mp4", images, 12));
  for (const char* name : {"clip.mp4", "images"}) {
    const auto json = info(folder / name);
    EXPECT_EQ(json["kind"], "clip") << name;
    EXPECT_EQ(json["width"], 64) << name;
    EXPECT_EQ(json["height"], 48) << name;
    EXPECT_EQ(json["frames"], 6) << name;
  }
  const auto json = info(folder / "clip.mp4");
  EXPECT_NEAR(json["fps"].get<double>(), 12, 0.01);
  EXPECT_EQ(json["clip_check"][0]["what"], "size");
  EXPECT_EQ(json["clip_check"][0]["severity"], "warning");
  const Outcome table = run({"info", folder / "clip.mp4"});
  EXPECT_NE(table.out.find("size: the picture is only 64 x 48 pixels"), std::string::npos) << table.out;
}

TEST(Info, MeshSequences) {
  Folder folder;
  const RiggedModel beam = bending_beam();
  ASSERT_TRUE(write_anime(folder / "a.anime", animate(beam, beam.clips[0])));
  EXPECT_EQ(info(folder / "a.anime")["frames"], 9);
  std::filesystem::create_directory(folder / "meshes");
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(write_mesh(folder / ("meshes/" + std::to_string(i) + ".obj"), beam.mesh));
  const auto json = info(folder / "meshes");
  EXPECT_EQ(json["kind"], "mesh folder");
  EXPECT_EQ(json["frames"], 3);
  EXPECT_EQ(json["same_topology"], true);
}

TEST(Info, JsonReportWithLongListsShortened) {
  Folder folder;
  write_text(folder / "r.json", R"({"seed": 4, "cameras": {"frames": [1,2,3,4,5,6,7,8,9]}})");
  const auto json = info(folder / "r.json");
  EXPECT_EQ(json["seed"], 4);
  EXPECT_EQ(json["cameras"]["frames"], "9 entries");
}

TEST(Info, BadFilesAreNamed) {
  Folder folder;
  write_text(folder / "broken.glb", "glTF but not really");
  write_text(folder / "broken.mp4", std::string(5000, 'z'));
  write_text(folder / "broken.anime", "abc");
  write_text(folder / "broken.json", "{");
  for (const char* name : {"broken.glb", "broken.mp4", "broken.anime", "broken.json", "absent.glb"}) {
    const Outcome outcome = run({"info", folder / name});
    EXPECT_EQ(outcome.exit_code, 1) << name;
    EXPECT_EQ(lines(outcome.err).size(), 1u) << outcome.err;
    EXPECT_NE(outcome.err.find(name), std::string::npos) << outcome.err;
  }
}

TEST(Info, UnreadableCompressionIsNamed) {
  const std::string fox = (shared_data() / "models/animals/fox_meshopt_unsupported.glb").string();
  if (!std::filesystem::exists(fox)) {
    std::puts("skipped: the shared data is not here");
    return;
  }
  const Outcome outcome = run({"info", fox});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("EXT_meshopt_compression"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace mp4d::test
