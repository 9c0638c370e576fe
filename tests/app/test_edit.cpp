// edit: formats changed, clips merged, chosen, cut, closed.
#include "io/export.h"
#include "io/model_io.h"
#include "process.h"
#include "samples.h"
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
