// transfer: what a picture shows moves as a model does.
#include "io/frames.h"
#include "io/model_io.h"
#include "motion/kinematics.h"
#include "process.h"
#include "samples.h"
#include "tests/reconstruction/drawn_bodies.h"
#include <gtest/gtest.h>

namespace mp4d::test {
namespace {

TEST(ImageTarget, APersonInAPictureWavesAsAnother) {
  Folder folder;
  ASSERT_TRUE(write_image(folder / "person.png", coloured(draw_person())));
  ASSERT_EQ(run({"rig", folder / "person.png", "-o", folder / "person.glb", "--detail", "80"}).exit_code, 0);
  auto source = read_model(folder / "person.glb");
  ASSERT_TRUE(source) << source.error().message;
  const int shoulder = source->skeleton.find("shoulder_l");
  ASSERT_GE(shoulder, 0);
  Clip wave{"Wave", {}, {}};
  for (int t = 0; t < 5; ++t) {
    wave.times.push_back(0.1 * t);
    wave.poses.push_back(rest_pose(source->skeleton));
    Quat& rotation = wave.poses.back()[std::size_t(shoulder)].rotation;
    rotation = rotation * Quat(Eigen::AngleAxisf(0.25f * float(t), Vec3::UnitZ()));
  }
  source->clips = {wave};
  ASSERT_TRUE(write_glb(folder / "wave.glb", *source));

  const Outcome outcome = run({"transfer", "--motion", folder / "wave.glb", "--target", folder / "person.png", "-o",
                               folder / "out.glb", "--detail", "80"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto moved = read_model(folder / "out.glb");
  ASSERT_TRUE(moved) << moved.error().message;
  ASSERT_EQ(moved->clips.size(), 1u);
  EXPECT_FALSE(moved->mesh.materials.at(0).texture.empty());
  const int hand = moved->skeleton.find("hand_end_l");
  ASSERT_GE(hand, 0);
  const auto height = [&](const Pose& pose) { return forward_kinematics(moved->skeleton, pose)[std::size_t(hand)](1, 3); };
  EXPECT_GT(height(moved->clips[0].poses.back()), height(moved->clips[0].poses.front()) + 0.15f);
}

TEST(ImageTarget, PictureOptionsNeedAPicture) {
  Folder folder;
  const RiggedModel beam = bending_beam();
  ASSERT_TRUE(write_glb(folder / "beam.glb", beam));
  const Outcome outcome = run({"transfer", "--motion", folder / "beam.glb", "--target", folder / "beam.glb", "-o",
                               folder / "out.glb", "--view", "side"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("--view"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace mp4d::test
