// Rigs thrown away and found again on models that nobody made for this program (../shared/data, if it is there).
#include "io/model_io.h"
#include "motion/auto_rig.h"
#include "motion/kinematics.h"
#include "tests/tools/paths.h"

#include <gtest/gtest.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;

struct Expected {
  const char* file;
  const char* body_plan;
};

class RigModels : public testing::TestWithParam<Expected> {};

TEST_P(RigModels, TheBodyPlanAndItsSidesAreFound) {
  const fs::path path = test::shared_data() / "models" / GetParam().file;
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto model = read_model(path);
  ASSERT_TRUE(model) << model.error().message;
  const std::vector<Mat4> joints = forward_kinematics(model->skeleton, rest_pose(model->skeleton));
  Mesh mesh = model->mesh;
  mesh.verts = skin_linear(mesh.verts, model->skin, joints);
  const auto rig = auto_rig(mesh);
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_EQ(rig->report.body_plan, GetParam().body_plan);
  EXPECT_EQ(rig->report.orientation, "up +y, forward +z");
  // Each of our left and right ends is nearer to the file's joints of its own side.
  const auto found = forward_kinematics(rig->model.skeleton, rest_pose(rig->model.skeleton));
  for (int j = 0; j < rig->model.skeleton.size(); ++j) {
    const std::string& name = rig->model.skeleton.joints[std::size_t(j)].name;
    if (name != "front_foot_l" && name != "hind_foot_r" && name != "hand_end_l" && name != "toe_r") continue;
    double nearest[2] = {1e9, 1e9};  // left, right
    for (int k = 0; k < model->skeleton.size(); ++k) {
      std::string other = model->skeleton.joints[std::size_t(k)].name;
      for (char& c : other) c = char(std::tolower(static_cast<unsigned char>(c)));
      const bool left = other.ends_with(".l"), right = other.ends_with(".r");
      if (!left && !right) continue;
      const double away =
          (found[std::size_t(j)].topRightCorner<3, 1>() - joints[std::size_t(k)].topRightCorner<3, 1>()).norm();
      nearest[right] = std::min(nearest[right], away);
    }
    const bool ours_is_right = name.ends_with("_r");
    EXPECT_LT(nearest[ours_is_right], nearest[!ours_is_right]) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, RigModels,
    testing::Values(Expected{"animals/Horse.gltf", "quadruped"}, Expected{"animals/Llama.gltf", "quadruped"},
                    Expected{"animals/Pug.gltf", "quadruped"}, Expected{"animals/wolf.glb", "quadruped"},
                    Expected{"animals/frog.glb", "human"}, Expected{"animals/giant.glb", "human"},
                    Expected{"humans/Knight.glb", "human"}, Expected{"humans/Barbarian.glb", "human"}),
    [](const auto& info) { return fs::path(info.param.file).stem().string(); });

}  // namespace
}  // namespace mp4d
