#include "core/files.h"
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "reconstruction/human/body_json.h"
#include "reconstruction/human/fof.h"
#include "reconstruction/human/mannequin.h"
#include "reconstruction/human/pose_library.h"
#include "samples.h"
#include "tests/synthetic/creatures.h"
#include "tests/tools/paths.h"
#include "tests/tools/validator.h"
#include <algorithm>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

std::string generate(const Folder& folder, const std::string& name, std::vector<std::string> options) {
  std::vector<std::string> arguments = {"human", "generate", "--steps", "6", "--seed", "4", "-o", folder / name};
  arguments.insert(arguments.end(), options.begin(), options.end());
  if (std::find(options.begin(), options.end(), "--views") == options.end())  // one is enough where nobody looks
    arguments.insert(arguments.end(), {"--views", "1"});
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return outcome.out;
}

TEST(HumanGenerate, MakesAWholeRiggedPersonInTheAskedPoseAndColours) {
  Folder folder;
  const std::string said =
      generate(folder, "person.glb", {"--text", "a man in a green shirt and purple zebra", "--pose", "t-pose", "--views", "4"});
  EXPECT_NE(said.find("green shirt"), std::string::npos) << said;
  EXPECT_NE(said.find("not understood: zebra, purple"), std::string::npos) << said;
  const auto model = read_model(folder / "person.glb");
  ASSERT_TRUE(model) << model.error().message;
  std::vector<int> component;
  EXPECT_EQ(connected_components(model->mesh.faces, int(model->mesh.verts.rows()), component), 1);
  for (const std::uint8_t closed : human::closed_shell_faces(model->mesh.faces, model->mesh.verts.rows())) ASSERT_TRUE(closed);
  const Vec3 size = bounds(model->mesh.verts).sizes();
  EXPECT_NEAR(bounds(model->mesh.verts).min().y(), 0, 0.01f);
  EXPECT_GT(size.y(), 1.4f);
  EXPECT_LT(size.y(), 2.1f);
  EXPECT_GT(size.x(), 1.3f);  // arms out
  EXPECT_LT(size.z(), 0.6f);

  // Every joint lies in the body, the hands where arms that are held out end, and each moves what is near it.
  ASSERT_EQ(model->skeleton.size(), human::kJointCount);
  const auto root_from_joint = forward_kinematics(model->skeleton, rest_pose(model->skeleton));
  const auto at = [&](const char* name) {
    return Vec3(root_from_joint[std::size_t(model->skeleton.find(name))].block<3, 1>(0, 3));
  };
  EXPECT_GT(at("left_wrist").x(), 0.5f);
  EXPECT_LT(at("right_wrist").x(), -0.5f);
  int green = 0;
  for (Eigen::Index v = 0; v < model->mesh.verts.rows(); ++v) {
    const Vec3 p = model->mesh.verts.row(v).transpose();
    if ((p - at("spine3")).norm() < 0.25f) green += model->mesh.colors(v, 1) > 1.3f * model->mesh.colors(v, 0);
    if ((p - at("left_elbow")).norm() > 0.1f) continue;
    const std::string joint = model->skeleton.joints[std::size_t(model->skin.joints(v, 0))].name;
    EXPECT_TRUE(joint == "left_elbow" || joint == "left_shoulder") << joint;
  }
  EXPECT_GT(green, 200);
}

TEST(HumanGenerate, TheSeedDecidesAndNothingElse) {
  Folder folder;
  for (const auto& [name, seed] : {std::pair("a.glb", "2"), std::pair("b.glb", "2"), std::pair("c.glb", "3")})
    ASSERT_EQ(run({"human", "generate", "--text", "a woman", "--seed", seed, "--steps", "2", "--views", "2", "--no-rig", "-o", folder / name})
                  .exit_code,
              0);
  EXPECT_EQ(read_file(folder / "a.glb").value(), read_file(folder / "b.glb").value());
  EXPECT_NE(read_file(folder / "a.glb").value(), read_file(folder / "c.glb").value());
}

TEST(HumanGenerate, TakesAPoseFromJointsAndFromAnAnimatedModel) {
  Folder folder;
  const human::Joints joints = human::posed_joints(human::average_joints({}), *human::named_pose("t-pose"));
  ASSERT_TRUE(write_atomically(folder / "joints.json", human::joints_to_json(joints).dump()));
  generate(folder, "first.glb", {"--pose", folder / "joints.json"});
  const auto first = read_model(folder / "first.glb");
  ASSERT_TRUE(first);
  EXPECT_GT(bounds(first->mesh.verts).sizes().x(), 1.2f);
  // That person as the pose of another one.
  generate(folder, "second.glb", {"--pose", folder / "first.glb"});
  const auto second = read_model(folder / "second.glb");
  ASSERT_TRUE(second);
  EXPECT_NEAR(bounds(second->mesh.verts).sizes().x(), bounds(first->mesh.verts).sizes().x(), 0.15f);
}

TEST(HumanGenerate, BadInputIsNamed) {
  Folder folder;
  const auto error = [&](std::vector<std::string> options) {
    std::vector<std::string> arguments = {"human", "generate", "-o", folder / "x.glb"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Outcome outcome = run(arguments);
    EXPECT_NE(outcome.exit_code, 0);
    EXPECT_FALSE(std::filesystem::exists(folder / "x.glb"));
    return outcome.err;
  };
  EXPECT_NE(error({"--pose", "no-such-pose"}).find("t-pose"), std::string::npos);
  EXPECT_NE(error({"--pose", "missing.json"}).find("missing.json"), std::string::npos);
  EXPECT_NE(error({"--pose", "wave", "--frame", "3"}).find("--frame"), std::string::npos);
  human::Joints swapped = human::posed_joints(human::average_joints({}), *human::named_pose("stand"));
  swapped.col(0) *= -1;
  ASSERT_TRUE(write_atomically(folder / "swapped.json", human::joints_to_json(swapped).dump()));
  const std::string said = error({"--pose", folder / "swapped.json"});
  EXPECT_NE(said.find("swapped.json"), std::string::npos) << said;
  EXPECT_NE(said.find("left and right"), std::string::npos) << said;
  ASSERT_TRUE(write_image(folder / "photo.png", Image(64, 64, 3, 90)));
  const std::string photo = error({"--pose", folder / "photo.png"});
  EXPECT_NE(photo.find("photo.png: the pose network is not installed; run 'magicpose4d models install pose'"), std::string::npos) << photo;
  EXPECT_NE(error({"--pose", folder / "photo.png", "--frame", "2"}).find("is one picture"), std::string::npos);
  ASSERT_TRUE(write_atomically(folder / "damaged.human", "not a model"));
  EXPECT_NE(error({"--model", folder / "damaged.human"}).find("damaged.human"), std::string::npos);
}

TEST(HumanGenerate, TheFilesPassTheValidator) {
  Folder folder;
  generate(folder, "person.glb", {"--text", "a girl with a hat"});
  expect_valid_glb({folder / "person.glb"});
}

TEST(HumanTrain, ShowsTheSamePeopleAtEachCheckpoint) {
  const std::string data = shared_data() / "makehuman";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no MakeHuman data in " << data;
  Folder folder;
  const auto train = [&](const char* steps) {
    return run({"human", "train", "--makehuman", data, "-o", folder / "run", "--steps", steps, "--batch", "2", "--resolution", "32",
                "--width", "64", "--pool", "64", "--samples", "2"});
  };
  for (const char* steps : {"2", "3"}) {
    const Outcome outcome = train(steps);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  for (const char* sheet : {"run/samples/step_00000002.png", "run/samples/step_00000003.png"}) {
    const auto picture = read_image(folder / sheet);
    ASSERT_TRUE(picture) << picture.error().message;
    EXPECT_EQ(picture->width, 400);  // two people side by side
    EXPECT_EQ(picture->height, 260);
  }
}

TEST(HumanTrain, MoreThanTheMemoryHoldsIsRefusedBeforeTheWork) {
  const std::string data = shared_data() / "makehuman";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "no MakeHuman data in " << data;
  Folder folder;
  const Outcome outcome = run({"human", "train", "--makehuman", data, "-o", folder / "run", "--steps", "1", "--batch", "2", "--resolution", "32",
                               "--width", "64", "--pool", "1000000", "--memory", "8", "--device", "cpu"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("this training needs 61."), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("--pool"), std::string::npos) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(folder / "run/model.human"));
}

TEST(HumanTarget, WordsBecomeAPersonThatWalks) {
  Folder folder;
  ASSERT_TRUE(write_glb(folder / "walker.glb", make_biped()));
  const Outcome outcome = run({"transfer", "--motion", folder / "walker.glb", "--target", "a tall man in a suit", "-o",
                               folder / "walk.glb"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("a person was made: tall, man, suit"), std::string::npos) << outcome.err;
  const auto model = read_model(folder / "walk.glb");
  ASSERT_TRUE(model) << model.error().message;
  ASSERT_EQ(model->clips.size(), 1u);
  // Left and right thigh swing against each other.
  const int left = model->skeleton.find("left_knee"), right = model->skeleton.find("right_knee");
  ASSERT_TRUE(left >= 0 && right >= 0);
  float apart = 0, against = 0;
  for (const Pose& pose : model->clips[0].poses) {
    const auto joints = forward_kinematics(model->skeleton, pose);
    const Vec3 between = joints[std::size_t(left)].block<3, 1>(0, 3) - joints[std::size_t(right)].block<3, 1>(0, 3);
    apart = std::max(apart, between.z());
    against = std::min(against, between.z());
  }
  EXPECT_GT(apart, 0.08f);
  EXPECT_LT(against, -0.08f);
  EXPECT_NE(run({"transfer", "--motion", folder / "walker.glb", "--target", "no such file.glb", "-o", folder / "x.glb"})
                .err.find("neither a file nor"),
            std::string::npos);
}

}  // namespace
}  // namespace mp4d::test
