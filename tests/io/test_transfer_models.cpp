// Motion transfer on the models of ../shared/data: each onto itself, and every other model as a target.
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "motion/retarget.h"
#include "tests/tools/paths.h"
#include <filesystem>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

constexpr std::size_t kMostClips = 6;  // of a model: the tests' time

std::vector<RiggedModel> animated_models() {
  std::vector<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(test::shared_data() / "models", none))
    if (entry.path().extension() == ".glb" || entry.path().extension() == ".gltf") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<RiggedModel> models;
  for (const auto& file : files)
    if (auto model = read_model(file); model && !model->clips.empty()) {
      stand_upright(*model);
      models.push_back(std::move(*model));
    }
  return models;
}

double worst(const RiggedModel& model, const Clip& a, const Clip& b) {
  double most = 0;
  for (std::size_t t = 0; t < b.poses.size(); ++t) {
    const Points x =
        skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, sample_clip(a, b.times[t])));
    const Points y = skin_linear(model.mesh.verts, model.skin, forward_kinematics(model.skeleton, b.poses[t]));
    most = std::max<double>(most, (x - y).rowwise().norm().maxCoeff());
  }
  return most;
}

TEST(TransferModels, EachOntoItself) {
  const std::vector<RiggedModel> models = animated_models();
  if (models.empty()) GTEST_SKIP() << "no ../shared/data/models";
  for (const RiggedModel& model : models) {
    const auto body = find_anatomy(model);
    ASSERT_TRUE(body) << body.error().message;
    const ChainMap map = map_chains(*body, *body, false, ForelegSource::kAuto);
    for (std::size_t c = 0; c < std::min(kMostClips, model.clips.size()); ++c) {
      const auto moved = retarget(model, *body, model.clips[c], model, *body, map, {});
      ASSERT_TRUE(moved) << moved.error().message;
      EXPECT_LE(worst(model, model.clips[c], moved->clip), 1e-4 * body->size)
          << model.name << ", " << model.clips[c].name;
    }
  }
}

/// The first clip whose name contains `word`, else the first of all.
const Clip& clip_called(const RiggedModel& model, const char* word) {
  for (const Clip& clip : model.clips)
    if (clip.name.find(word) != std::string::npos) return clip;
  return model.clips.front();
}

TEST(TransferModels, EveryPairRunsAndKeepsFeetAtRest) {
  const std::vector<RiggedModel> models = animated_models();
  if (models.empty()) GTEST_SKIP() << "no ../shared/data/models";
  int pairs = 0, sliding = 0, sunk = 0;
  for (const RiggedModel& source : models) {
    const Anatomy from = find_anatomy(source).value();
    for (const Clip& clip : {clip_called(source, "Idle"), clip_called(source, "Walk")}) {
      const SourceMotion motion = read_motion(source, from, clip).value();
      for (RiggedModel target : models) {
        make_scales_even(target);
        const Anatomy to = find_anatomy(target).value();
        const ChainMap map = map_chains(from, to, steps(motion, from), ForelegSource::kAuto);
        const auto moved = retarget(source, from, clip, target, to, map, {});
        ASSERT_TRUE(moved) << source.name << " to " << target.name << ": " << moved.error().message;
        for (const Pose& pose : moved->clip.poses)
          for (const Transform& joint : pose)
            ASSERT_TRUE(joint.translation.allFinite() && joint.rotation.coeffs().allFinite() &&
                        joint.scale.allFinite());
        // Legs of one link cannot bend: where both stand, one slides.
        const int leg = to.find(ChainRole::kLeg, Side::kLeft);
        if (leg >= 0 && to.chains[leg].foot < 2) continue;
        ++pairs;
        sliding += moved->report.slide >= 0.005;
        sunk += moved->report.sunk >= 0.02;  // feet that swing through a leg which cannot fold so far
        EXPECT_LT(moved->report.slide, 0.01) << source.name << ", " << clip.name << " to " << target.name;
      }
    }
  }
  EXPECT_EQ(sliding, 0);
  EXPECT_LE(sunk, pairs / 20);
}

}  // namespace
}  // namespace mp4d
