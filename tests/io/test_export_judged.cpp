// Exported files before independent judges: Autodesk's SDK (FBX2glTF) and Blender.
#include "io/export.h"
#include "motion/clip_edit.h"
#include "tests/io/rigged_models.h"
#include "tests/tools/judges.h"

using namespace mp4d;
using namespace mp4d::test;

namespace {

namespace fs = std::filesystem;

constexpr const char* kNoSdk = "fbx2gltf is not installed ('./dev test' does it): not judged by it";
constexpr const char* kNoBlender = "blender is not installed: not judged by it";

void write(const fs::path& path, const RiggedModel& model, const char* target = "any") {
  ExportOptions options;
  options.target = target;
  const auto report = export_model(path, model, options);
  ASSERT_TRUE(report) << report.error().message;
}

RiggedModel shared_model(const std::string& name) {
  const auto model = read_model(fs::path(MP4D_SHARED_DATA) / "models" / name);
  return model ? *model : RiggedModel{};
}

TEST(JudgedExport, AutodesksReaderSeesTheSamePoses) {
  if (fbx2gltf().empty()) GTEST_SKIP() << kNoSdk;
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
  if (!installed("blender")) GTEST_SKIP() << kNoBlender;
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

TEST(JudgedExport, SharedModelsPassBoth) {
  for (const char* name : {"animals/FoxTextured.glb", "humans/KnightCharacter.gltf"}) {
    RiggedModel model = shared_model(name);
    if (model.clips.empty()) GTEST_SKIP() << "no shared models: nothing to judge";
    model.clips.resize(std::min<std::size_t>(model.clips.size(), 2));
    const TempFolder folder = *TempFolder::create();
    const fs::path path = folder.path() / (model.name + ".fbx");
    write(path, model);
    if (!fbx2gltf().empty()) {
      EXPECT_LT(largest_pose_error(model, through_fbx2gltf(path)), 1e-3f) << name;
    } else {
      std::puts(kNoSdk);
    }
    if (!installed("blender")) {
      std::puts(kNoBlender);
      continue;
    }
    auto request = clip_request(model);
    request["corners"] = true;
    EXPECT_LT(largest_blender_error(model, through_blender(path, request)), 1e-3f) << name;
  }
}

}  // namespace
