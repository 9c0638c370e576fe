// rig: a plain mesh in, a rigged model out.
#include "io/model_io.h"
#include "process.h"
#include "samples.h"
#include "tests/tools/validator.h"
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

TEST(Rig, AMeshGetsASkeletonAndKeepsItsShape) {
  Folder folder;
  Mesh mesh = bending_beam().mesh;
  ASSERT_TRUE(write_mesh(folder / "beam.obj", mesh));
  const Outcome outcome =
      run({"rig", folder / "beam.obj", "-o", folder / "rigged.glb", "--template", "none", "--resolution", "48"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto model = read_model(folder / "rigged.glb");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_GE(model->skeleton.size(), 2);
  EXPECT_EQ(model->skin.weights.rows(), model->mesh.verts.rows());
  EXPECT_LT((bounds(model->mesh.verts).max() - bounds(mesh.verts).max()).norm(), 1e-4f);
}

TEST(Rig, TheResultPassesTheValidator) {
  Folder folder;
  ASSERT_TRUE(write_mesh(folder / "beam.ply", bending_beam().mesh));
  ASSERT_EQ(run({"rig", folder / "beam.ply", "-o", folder / "out.glb", "--template", "none", "--resolution", "48"}).exit_code, 0);
  expect_valid_glb({folder / "out.glb"});
}

TEST(Rig, ErrorsNameTheFile) {
  Folder folder;
  write_text(folder / "points.obj", "v 0 0 0\nv 1 0 0\n");
  for (const char* name : {"points.obj", "absent.obj"}) {
    const Outcome outcome = run({"rig", folder / name, "-o", folder / "out.glb"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.err.find(name), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(run({"rig", folder / "points.obj", "-o", folder / "out.glb", "--template", "octopus"}).exit_code, 2);
  EXPECT_EQ(folder.listing(), "points.obj");
}

}  // namespace
}  // namespace mp4d::test
