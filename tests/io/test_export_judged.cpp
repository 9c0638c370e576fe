// Exported files before independent judges: Autodesk's SDK (FBX2glTF) and Blender.
#include "io/export.h"
#include "motion/clip_edit.h"
#include "tests/io/rigged_models.h"
#include "tests/tools/judges.h"
#include "tests/tools/paths.h"

using namespace mp4d;
using namespace mp4d::test;

namespace {

namespace fs = std::filesystem;

bool have_sdk() { return judge(!fbx2gltf().empty(), "fbx2gltf"); }
bool have_blender() { return judge(installed("blender"), "blender"); }
bool have_web() { return judge(have_three(), "three"); }

void write(const fs::path& path, const RiggedModel& model, const char* target = "any") {
  ExportOptions options;
  options.target = target;
  const auto report = export_model(path, model, options);
  ASSERT_TRUE(report) << report.error().message;
}

RiggedModel shared_model(const std::string& name) {
  const auto model = read_model(shared_data() / "models" / name);
  return model ? *model : RiggedModel{};
}

TEST(JudgedExport, AutodesksReaderSeesTheSamePoses) {
  if (!have_sdk()) GTEST_SKIP();
  const TempFolder folder = *TempFolder::create();
  for (const char* target : {"any", "blender", "unreal", "maya"}) {
    RiggedModel tube = make_tube();
    if (target == std::string("unreal")) {
      for (Clip& clip : tube.clips) clip = resample_clip(clip, 30);  // as the preset says
    }
    const fs::path path = folder.path() / (std::string(target) + ".fbx");
    write(path, tube, target);
    const RiggedModel got = through_fbx2gltf(path);
    ASSERT_EQ(got.clips.size(), 2u) << target;
    EXPECT_LT(largest_pose_error(tube, got), 1e-3f) << target;
    for (std::size_t c = 0; c < 2; ++c)
      EXPECT_NEAR(got.clips[c].times.back(), tube.clips[c].times.back(), 1e-3) << target;
    ASSERT_EQ(got.mesh.materials.size(), 2u);
    EXPECT_EQ(got.mesh.materials[0].texture.data, tube.mesh.materials[0].texture.data) << target;
    EXPECT_LT((got.mesh.materials[1].base_color - tube.mesh.materials[1].base_color).norm(), 1e-3f) << target;
  }
}

TEST(JudgedExport, BlenderSeesTheSamePoses) {
  if (!have_blender()) GTEST_SKIP();
  const TempFolder folder = *TempFolder::create();
  const RiggedModel tube = make_tube();
  for (const char* target : {"any", "blender"}) {
    const fs::path path = folder.path() / (std::string(target) + ".fbx");
    write(path, tube, target);
    auto request = clip_request(tube);
    request["corners"] = true;
    const BlenderView view = through_blender(path, request);
    EXPECT_EQ(view.bones, 3);
    EXPECT_LT(largest_blender_error(tube, view), 1e-3f) << target;
    for (const Clip& clip : tube.clips) EXPECT_NEAR(view.lengths.at(clip.name), clip.times.back(), 1e-3) << target;
  }
}

// Blender's bones have no scale: a root of 100, and a joint bound with another scale than it rests with.
TEST(JudgedExport, BlenderSeesScaledJointsRight) {
  if (!have_blender()) GTEST_SKIP();
  const TempFolder folder = *TempFolder::create();
  RiggedModel tube = make_tube();
  tube.skeleton.joints[0].rest.scale.setConstant(100);
  tube.skeleton.joints[1].rest.translation.x() =
      0.05f;  // else Blender would connect it to its parent and not let it move
  for (const int j : {1, 2}) tube.skeleton.joints[j].rest.translation /= 100;
  tube.skin.joint_from_mesh = inverse_bind(tube.skeleton);
  tube.skeleton.joints[2].rest.scale.setConstant(0.8f);
  for (Clip& clip : tube.clips)
    for (Pose& pose : clip.poses) {
      pose[0].scale *= 100;
      for (const int j : {1, 2}) pose[j].translation /= 100;
      pose[1].translation.x() += 0.0005f + 0.0005f * static_cast<float>(&pose - clip.poses.data());
      pose[2].scale.setConstant(0.8f);
    }
  const fs::path path = folder.path() / "scaled.fbx";
  write(path, tube, "blender");
  auto request = clip_request(tube);
  request["corners"] = true;
  EXPECT_LT(largest_blender_error(tube, through_blender(path, request)), 1e-3f);
}

/// The tube's first clip with even keys, without its scales, which BVH and USD hold not at all or coarsely.
RiggedModel even_tube() {
  RiggedModel tube = make_tube();
  tube.clips.resize(1);
  for (Pose& pose : tube.clips[0].poses) pose[2].scale.setOnes();
  tube.clips[0].name = "tube";
  tube.clips[0] = resample_clip(tube.clips[0], 20);
  for (std::size_t i = 0; i < tube.clips[0].times.size(); ++i) tube.clips[0].times[i] = static_cast<double>(i) / 20;
  return tube;
}

TEST(JudgedExport, BvhJointsStandWhereOtherReadersSeeThem) {
  const TempFolder folder = *TempFolder::create();
  const RiggedModel tube = even_tube();
  const fs::path path = folder.path() / "tube.bvh";
  write(path, tube);
  if (have_web()) {
    EXPECT_LT(largest_distance_from(tube, through_three(path, joint_request(tube)), false), 1e-3f);
  }
  if (!have_blender()) GTEST_SKIP();
  const BlenderView view = through_blender(path, joint_request(tube));
  EXPECT_LT(largest_distance_from(tube, view.positions, false), 1e-3f);
  EXPECT_NEAR(view.lengths.at("tube"), 1, 1e-3);
}

TEST(JudgedExport, ThreeSeesUsdAsItIs) {
  if (!have_web()) GTEST_SKIP();
  const TempFolder folder = *TempFolder::create();
  RiggedModel tube = even_tube();
  Clip second = tube.clips[0];
  second.name = "still";
  for (Pose& pose : second.poses) pose[0].rotation = turn(Vec3(0, 1, 0), 90);
  tube.clips.push_back(second);
  for (const char* name : {"tube.usda", "tube.usdz"}) {
    write(folder.path() / name, tube);
    EXPECT_LT(largest_distance_from(tube, through_three(folder.path() / name, joint_request(tube)), true), 1e-3f)
        << name;
  }
}

TEST(JudgedExport, SharedModelsPassBoth) {
  for (const char* name : {"animals/FoxTextured.glb", "humans/KnightCharacter.gltf"}) {
    RiggedModel model = shared_model(name);
    if (model.clips.empty()) GTEST_SKIP() << "no shared models: nothing to judge";
    model.clips.resize(std::min<std::size_t>(model.clips.size(), 2));
    const TempFolder folder = *TempFolder::create();
    const fs::path path = folder.path() / (model.name + ".fbx");
    write(path, model);
    if (have_sdk()) {
      EXPECT_LT(largest_pose_error(model, through_fbx2gltf(path)), 1e-3f) << name;
    }
    if (!have_blender()) continue;
    auto request = clip_request(model);
    request["corners"] = true;
    EXPECT_LT(largest_blender_error(model, through_blender(path, request)), 1e-3f) << name;
  }
}

}  // namespace
