#include "core/files.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "process.h"
#include "reconstruction/human/body_json.h"
#include "samples.h"
#include "tests/tools/paths.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace mp4d::test {
namespace {

TEST(HumanDataset, WritesPeopleThatReadBack) {
  Folder folder;
  const Outcome outcome = run({"human", "dataset", "--mannequin", "--count", "3", "--first", "5", "--seed", "9",
                               "--grid", "--pose", "t-pose", "-o", folder / "people"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* name : {"person_00005", "person_00006", "person_00007"}) {
    const std::filesystem::path stem = folder.path() / "people" / name;
    const auto model = read_model(stem.string() + ".glb");
    ASSERT_TRUE(model) << model.error().message;
    const Aabb box = bounds(model->mesh.verts);
    EXPECT_NEAR(box.min().y(), 0, 1e-4f);
    EXPECT_EQ(model->mesh.colors.rows(), model->mesh.verts.rows());
    const auto joints = human::read_joints(stem.string() + ".json");
    ASSERT_TRUE(joints) << joints.error().message;
    EXPECT_GT((*joints)(20, 0), 0.3f);  // the left wrist
    EXPECT_LT((*joints)(21, 0), -0.3f);
    for (int j = 0; j < human::kJointCount; ++j) EXPECT_TRUE(box.contains(Vec3(joints->row(j).transpose()))) << j;
  }
  const auto grid = read_image(folder.path() / "people/grid.png");
  ASSERT_TRUE(grid);
  EXPECT_EQ(grid->width, 400);
  const auto json = nlohmann::json::parse(read_file(folder.path() / "people/person_00006.json").value());
  EXPECT_EQ(json["seed"], 9);
  EXPECT_EQ(json["index"], 6);
  EXPECT_GE(json["attributes"]["age"].get<double>(), 0.12);

  // The same person again, by itself.
  ASSERT_EQ(run({"human", "dataset", "--mannequin", "--count", "1", "--first", "6", "--seed", "9", "--pose", "t-pose",
                 "-o", folder / "again"})
                .exit_code,
            0);
  EXPECT_EQ(read_file(folder.path() / "again/person_00006.glb").value(),
            read_file(folder.path() / "people/person_00006.glb").value());
}

TEST(HumanDataset, WritesPeopleFromMakehuman) {
  const std::filesystem::path data = shared_data() / "makehuman";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no MakeHuman data in " << data;
  setenv("XDG_CACHE_HOME", (std::filesystem::temp_directory_path() / "magicpose4d-test-cache").c_str(), 1);
  Folder folder;
  const Outcome outcome =
      run({"human", "dataset", "--makehuman", data.string(), "--count", "1", "-o", folder / "people"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto model = read_model(folder.path() / "people/person_00000.glb");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_GT(model->mesh.faces.rows(), 26000);
}

TEST(HumanDataset, ScansComeIntoTheSameLayout) {
  Folder folder;
  ASSERT_EQ(
      run({"human", "dataset", "--mannequin", "--count", "2", "--pose", "a-pose", "-o", folder / "scans"}).exit_code,
      0);
  write_text(folder.path() / "scans/broken.obj", "v 0 0 0\n");
  const Outcome outcome = run({"human", "dataset", "--scans", folder / "scans", "-o", folder / "people"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("broken.obj"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.out.find("2 people"), std::string::npos) << outcome.out;
  const auto before = human::read_joints(folder.path() / "scans/person_00001.json").value();
  const auto after = human::read_joints(folder.path() / "people/person_00002.json").value();
  EXPECT_TRUE(after.isApprox(before, 1e-4f));
  EXPECT_EQ(run({"human", "dataset", "--scans", folder / "scans", "--seed", "2", "-o", folder / "people"}).exit_code,
            2);
}

TEST(HumanDataset, WrongUseIsRefused) {
  Folder folder;
  const Outcome neither = run({"human", "dataset", "-o", folder / "people"});
  EXPECT_EQ(neither.exit_code, 2);
  EXPECT_NE(neither.err.find("--mannequin"), std::string::npos) << neither.err;
  const Outcome typing = run({"human", "dataset", "--mannequin", "--coun", "3", "-o", folder / "people"});
  EXPECT_EQ(typing.exit_code, 2);
  EXPECT_NE(typing.err.find("did you mean --count?; see magicpose4d human dataset --help"), std::string::npos)
      << typing.err;
  const Outcome pose = run({"human", "dataset", "--mannequin", "--pose", "moonwalk", "-o", folder / "people"});
  EXPECT_EQ(pose.exit_code, 2);
  EXPECT_NE(pose.err.find("t-pose"), std::string::npos) << pose.err;
  const Outcome motion = run({"human", "dataset", "--mannequin", "--pose", folder / "no.bvh", "-o", folder / "people"});
  EXPECT_EQ(motion.exit_code, 1);
  EXPECT_NE(motion.err.find("no.bvh"), std::string::npos) << motion.err;
  const Outcome empty = run({"human", "dataset", "--makehuman", folder.path().string(), "-o", folder / "people"});
  EXPECT_EQ(empty.exit_code, 1);
  EXPECT_NE(empty.err.find("makehuman_data_cc0.tar.xz"), std::string::npos) << empty.err;
  EXPECT_EQ(folder.listing(), "");
}

}  // namespace
}  // namespace mp4d::test
