// rig: a plain mesh in, a rigged model out.
#include "io/frames.h"
#include "io/model_io.h"
#include "process.h"
#include "samples.h"
#include "tests/reconstruction/drawn_bodies.h"
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

TEST(Rig, APictureGetsAMeshAndASkeleton) {
  Folder folder;
  ASSERT_TRUE(write_image(folder / "animal.png", coloured(draw_animal(false))));
  const Outcome outcome = run({"rig", folder / "animal.png", "-o", folder / "animal.glb", "--picture",
                               folder / "rig.png", "--detail", "80", "--resolution", "80"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("side view"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("doubled"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("quadruped, up +y, forward +x"), std::string::npos) << outcome.out;
  const auto model = read_model(folder / "animal.glb");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_GE(model->skeleton.find("front_foot_l"), 0);
  ASSERT_FALSE(model->mesh.materials.empty());
  EXPECT_FALSE(model->mesh.materials[0].texture.empty());
  const auto picture = read_image(folder / "rig.png");
  ASSERT_TRUE(picture) << picture.error().message;
  EXPECT_EQ(picture->width, picture->height);
  expect_valid_glb({folder / "animal.glb"});
}

TEST(Rig, KeepLeavesARigAsItIsAndRigsBareMeshes) {
  Folder folder;
  const RiggedModel beam = bending_beam();
  ASSERT_TRUE(write_glb(folder / "beam.glb", beam));
  const Outcome kept = run({"rig", folder / "beam.glb", "-o", folder / "kept.glb", "--keep", "--picture", folder / "rig.png"});
  ASSERT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_NE(kept.out.find("its own rig is kept"), std::string::npos) << kept.out;
  const auto model = read_model(folder / "kept.glb");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->skeleton.size(), beam.skeleton.size());
  EXPECT_EQ(model->clips.size(), beam.clips.size());
  ASSERT_TRUE(write_mesh(folder / "bare.obj", beam.mesh));
  const Outcome bare = run({"rig", folder / "bare.obj", "-o", folder / "bare.glb", "--keep", "--template", "none", "--resolution", "48"});
  ASSERT_EQ(bare.exit_code, 0) << bare.err;
  EXPECT_EQ(bare.out.find("kept"), std::string::npos) << bare.out;
}

TEST(Rig, OptionsThatSayNothingAreRefused) {
  Folder folder;
  ASSERT_TRUE(write_mesh(folder / "beam.obj", bending_beam().mesh));
  ASSERT_TRUE(write_image(folder / "animal.png", coloured(draw_animal(true))));
  const Outcome mesh = run({"rig", folder / "beam.obj", "-o", folder / "out.glb", "--view", "side"});
  EXPECT_EQ(mesh.exit_code, 2);
  EXPECT_NE(mesh.err.find("--view"), std::string::npos) << mesh.err;
  EXPECT_EQ(run({"rig", folder / "animal.png", "-o", folder / "out.glb", "--keep"}).exit_code, 2);
  for (const char* name : {"out.obj", "out.anime", "out.bvh"}) {
    const Outcome lost = run({"rig", folder / "beam.obj", "-o", folder / name});
    EXPECT_EQ(lost.exit_code, 2);
    EXPECT_NE(lost.err.find("hold no skin"), std::string::npos) << lost.err;
  }
  EXPECT_EQ(run({"rig", folder / "beam.obj", "-o", folder / "out.glb", "--picture", folder / "rig.gif"}).exit_code, 2);
  EXPECT_EQ(folder.listing(), "animal.png,beam.obj");
}

TEST(Rig, WhereThePictureSaysWhatTheSubjectIsNothingIsSearched) {
  Folder folder;
  const Image picture = coloured(draw_animal(true));
  Image cut_out(picture.width, picture.height, 4);
  for (std::size_t i = 0; i < picture.pixels(); ++i) {
    for (int c = 0; c < 3; ++c) cut_out.data[4 * i + c] = picture.data[3 * i + c];
    cut_out.data[4 * i + 3] = i % picture.width < static_cast<std::size_t>(picture.width) / 2 ? 255 : 0;
  }
  ASSERT_TRUE(write_image(folder / "animal.png", cut_out));
  const Outcome outcome = run({"rig", folder / "animal.png", "-o", folder / "out.glb", "--subject", "0.5,0.5"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("the alpha of"), std::string::npos) << outcome.err;
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
  write_text(folder / "points.ply", "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\n"
                                    "property float z\nend_header\n0 0 0\n1 0 0\n0 1 0\n");
  const Outcome points = run({"rig", folder / "points.ply", "-o", folder / "out.glb"});
  EXPECT_EQ(points.exit_code, 1);
  EXPECT_NE(points.err.find("points.ply: holds no triangles"), std::string::npos) << points.err;
  Mesh far = bending_beam().mesh;
  far.verts *= 1e20f;
  ASSERT_TRUE(write_mesh(folder / "far.ply", far));
  const Outcome huge = run({"rig", folder / "far.ply", "-o", folder / "out.glb", "--resolution", "48"});
  EXPECT_EQ(huge.exit_code, 1);
  EXPECT_NE(huge.err.find("far.ply"), std::string::npos) << huge.err;
  EXPECT_EQ(folder.listing(), "far.ply,points.obj,points.ply");
}

}  // namespace
}  // namespace mp4d::test
