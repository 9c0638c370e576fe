// edit: formats changed, clips merged, chosen, cut, closed.
#include "io/export.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "samples.h"
#include <cmath>
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

std::vector<std::string> clips_of(const std::string& path) {
  const auto model = read_model(path);
  EXPECT_TRUE(model) << model.error().message;
  std::vector<std::string> names;
  if (model)
    for (const Clip& clip : model->clips) names.push_back(clip.name);
  return names;
}

TEST(Edit, ConvertsAndSaysWhatWasReadAgain) {
  Folder folder;
  ASSERT_TRUE(write_glb(folder / "beam.glb", bending_beam()));
  for (const char* name : {"beam.fbx", "beam.gltf", "copy.glb"}) {
    const Outcome outcome = run({"edit", folder / "beam.glb", "-o", folder / name});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("read again: 1 clip, 9 frames"), std::string::npos) << outcome.out;
    EXPECT_EQ(clips_of(folder / name), std::vector<std::string>{"bend"});
  }
  EXPECT_EQ(run({"edit", folder / "beam.fbx", "-o", folder / "back.glb", "--for", "web"}).exit_code, 0);
  EXPECT_EQ(read_model(folder / "back.glb")->skeleton.size(), bending_beam().skeleton.size());
}

TEST(Edit, MergesChoosesRenamesAndDropsClips) {
  Folder folder;
  RiggedModel beam = bending_beam();
  ASSERT_TRUE(write_glb(folder / "one.glb", beam));
  beam.clips.push_back(beam.clips[0]);
  beam.clips[1].name = "second";
  ASSERT_TRUE(export_model(folder / "two.fbx", beam));
  const std::string out = folder / "out.glb";
  Outcome outcome =
      run({"edit", folder / "one.glb", "--add", folder / "two.fbx", "--rename", "second=other", "-o", out});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(clips_of(out), (std::vector<std::string>{"bend", "two", "other"}));
  outcome = run({"edit", out, "--clip", "other", "--clip", "bend", "-o", folder / "kept.glb"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(clips_of(folder / "kept.glb"), (std::vector<std::string>{"other", "bend"}));
  ASSERT_EQ(run({"edit", out, "--drop", "bend", "--drop", "two", "-o", folder / "left.glb"}).exit_code, 0);
  EXPECT_EQ(clips_of(folder / "left.glb"), std::vector<std::string>{"other"});
  ASSERT_EQ(run({"edit", out, "--clip", "none", "-o", folder / "still.obj"}).exit_code, 0);
  EXPECT_GT(read_model(folder / "still.obj")->mesh.verts.rows(), 0);

  outcome = run({"edit", out, "--clip", "bent", "-o", folder / "x.glb"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("but 'bend'"), std::string::npos) << outcome.err;
  EXPECT_EQ(run({"edit", out, "--rename", "bend", "-o", folder / "x.glb"}).exit_code, 2);
  EXPECT_EQ(run({"edit", out, "--rename", "bend=two", "-o", folder / "x.glb"}).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(folder / "x.glb"));
}

/// Below an armature of scale 100, with names that not every format keeps.
RiggedModel scaled_beam() {
  RiggedModel beam = bending_beam();
  Joint armature{"Beam Armature", -1, {}};
  armature.rest.scale = Vec3::Constant(100);
  for (Joint& joint : beam.skeleton.joints) ++joint.parent;
  beam.skeleton.joints.insert(beam.skeleton.joints.begin(), armature);
  beam.skeleton.joints[1].name = "bone.back";
  beam.skeleton.joints[2].name = "bone.front";
  beam.skeleton.joints[2].rest.translation = Vec3(0, 0.001f, 0.002f);
  beam.skin.joints.array() += 1;
  beam.skin.joint_from_mesh = inverse_bind(beam.skeleton);
  for (Pose& pose : beam.clips[0].poses) {
    pose.insert(pose.begin(), armature.rest);
    pose[2].translation = beam.skeleton.joints[2].rest.translation;
  }
  return beam;
}

TEST(Edit, AClipComesBackThroughEveryFormat) {
  Folder folder;
  const RiggedModel beam = scaled_beam();
  const std::string model = folder / "beam.glb";
  ASSERT_TRUE(write_glb(model, beam));
  const MeshSequence expected = animate(beam, beam.clips[0]);
  for (const char* name : {"through.fbx", "through.usda", "through.bvh", "through.gltf"}) {
    ASSERT_EQ(run({"edit", model, "-o", folder / name}).exit_code, 0) << name;
    const Outcome outcome = run({"edit", model, "--add", folder / name, "-o", folder / "both.glb"});
    ASSERT_EQ(outcome.exit_code, 0) << name << ": " << outcome.err;
    const auto both = read_model(folder / "both.glb");
    ASSERT_TRUE(both) << both.error().message;
    ASSERT_EQ(both->clips.size(), 2u);
    const MeshSequence found = animate(*both, both->clips[1]);
    ASSERT_EQ(found.frames.size(), expected.frames.size()) << name;
    for (std::size_t t = 0; t < found.frames.size(); ++t)
      EXPECT_LT((found.frames[t] - expected.frames[t]).cwiseAbs().maxCoeff(), 1e-3f) << name << ", frame " << t;
  }
}

TEST(Edit, ClipsAreNamedInFullOrInPart) {
  Folder folder;
  RiggedModel beam = bending_beam();
  for (const char* name : {"Rig|Bend_More", "Rig|Bend"}) {
    beam.clips.push_back(beam.clips[0]);
    beam.clips.back().name = name;
  }
  beam.clips.erase(beam.clips.begin());
  ASSERT_TRUE(write_glb(folder / "beam.glb", beam));
  const auto kept = [&](const std::string& name) {
    const Outcome outcome = run({"edit", folder / "beam.glb", "--clip", name, "-o", folder / "out.glb"});
    return outcome.exit_code == 0 ? clips_of(folder / "out.glb") : std::vector<std::string>{outcome.err};
  };
  EXPECT_EQ(kept("bend"), std::vector<std::string>{"Rig|Bend"});  // the shortest that holds it
  EXPECT_EQ(kept("MORE"), std::vector<std::string>{"Rig|Bend_More"});
  EXPECT_EQ(kept(""), std::vector<std::string>{"Rig|Bend_More"});  // the first
  EXPECT_EQ(run({"render", folder / "beam.glb", "--clip", "more", "-o", folder / "a.png", "--size", "32x32"}).exit_code,
            0);
  EXPECT_EQ(run({"transfer", "--motion", folder / "beam.glb", "--clip", "more", "--target", folder / "beam.glb", "-o",
                 folder / "moved.glb"})
                .exit_code,
            0);
  EXPECT_EQ(clips_of(folder / "moved.glb"), std::vector<std::string>{"Rig|Bend_More"});
}

TEST(Edit, SaysWhatCannotBeDoneAsAsked) {
  Folder folder;
  RiggedModel beam = bending_beam(25, 24);
  for (std::size_t t = 0; t < 25; ++t)
    beam.clips[0].poses[t][1].rotation =
        Quat(Eigen::AngleAxisf(-0.8f * std::sin(static_cast<float>(t) * 0.5236f), Vec3::UnitX()));
  ASSERT_TRUE(write_glb(folder / "beam.glb", beam));
  const auto edit = [&](std::vector<std::string> extra) {
    extra.insert(extra.begin(), {"edit", folder / "beam.glb", "-o", folder / "out.glb"});
    return run(extra);
  };
  const Outcome late = edit({"--end", "99"});
  EXPECT_EQ(late.exit_code, 0);
  EXPECT_NE(late.err.find("clip 'bend' ends at 1.000 s, before --end 99"), std::string::npos) << late.err;
  const Outcome loop = edit({"--loop", "--loop-blend", "5"});
  EXPECT_EQ(loop.exit_code, 0) << loop.err;
  EXPECT_NE(loop.err.find("instead of --loop-blend 5"), std::string::npos) << loop.err;
  const Outcome none = edit({"--clip", "bend", "--drop", "bend"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_NE(none.err.find("no clip is left"), std::string::npos) << none.err;
  const Outcome twice = edit({"--clip", "bend", "--clip", "ben"});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_NE(twice.err.find("chosen already"), std::string::npos) << twice.err;
}

TEST(Edit, TrimsAndResamples) {
  Folder folder;
  ASSERT_TRUE(write_glb(folder / "beam.glb", bending_beam(25, 24)));
  const Outcome outcome =
      run({"edit", folder / "beam.glb", "-o", folder / "part.glb", "--start", "0.25", "--end", "0.75", "--fps", "10"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto part = read_model(folder / "part.glb");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->clips[0].times.size(), 6u);
  EXPECT_NEAR(part->clips[0].times.back(), 0.5, 1e-6);
  EXPECT_EQ(run({"edit", folder / "beam.glb", "-o", folder / "x.glb", "--start", "5"}).exit_code, 2);
  EXPECT_EQ(run({"edit", folder / "beam.glb", "-o", folder / "x.glb", "--in-place"}).exit_code, 2);
  EXPECT_EQ(run({"edit", folder / "beam.glb", "-o", folder / "x.glb", "--weld", "on"}).exit_code, 2);
  EXPECT_EQ(run({"edit", folder / "beam.glb", "-o", folder / "x.xyz"}).exit_code, 2);
  EXPECT_EQ(folder.listing(), "beam.glb,part.glb");
}

}  // namespace
}  // namespace mp4d::test
