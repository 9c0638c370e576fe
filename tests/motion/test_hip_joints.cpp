// Hip joints from where legs part.
#include "bodies.h"
#include "motion/hip_joints.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

using namespace mp4d::testing;

int joint_of(const RigTemplate& rig, const std::string& name) {
  for (int j = 0; j < rig.size(); ++j)
    if (rig.joints[j].name == name) return j;
  ADD_FAILURE() << name;
  return 0;
}

/// A trunk of blocks from `crotch` to 1 m on two legs 0.2 m apart, as in games; `skirt` closes the gap from there up.
VoxelGrid block_figure(float crotch, float skirt) {
  const auto block = [](const Vec3& p, const Vec3& low, const Vec3& high) {
    return (low - p).cwiseMax(p - high).maxCoeff();
  };
  Aabb box;
  box.extend(Vec3(-0.3f, -0.05f, -0.2f)).extend(Vec3(0.3f, 1.05f, 0.2f));
  return sample_function(box, 110, [&](const Vec3& p) {
    const float left = block(p, {0.04f, 0, -0.08f}, {0.16f, crotch, 0.08f});
    const float right = block(p, {-0.16f, 0, -0.08f}, {-0.04f, crotch, 0.08f});
    const float trunk = block(p, {-0.18f, std::min(crotch, skirt) - 0.005f, -0.1f}, {0.18f, 1, 0.1f});
    return std::min({left, right, trunk});
  });
}

/// The template's places, hips joined in the middle and far up as the medial graph has them.
std::vector<Vec3> forked(const RigTemplate& rig, float fork) {
  std::vector<Vec3> positions;
  for (const TemplateJoint& joint : rig.joints) positions.push_back(joint.position);
  for (const char* side : {"_l", "_r"}) {
    const float x = side[1] == 'l' ? 0.1f : -0.1f;
    positions[joint_of(rig, std::string("hip") + side)] = Vec3(0.2f * x, fork, 0);
    positions[joint_of(rig, std::string("knee") + side)] = Vec3(0.8f * x, 0.5f * fork, 0);
    positions[joint_of(rig, std::string("ankle") + side)] = Vec3(x, 0.04f, 0);
  }
  positions[joint_of(rig, "hips")] = Vec3(0, fork + 0.05f, 0);
  return positions;
}

TEST(HipJoints, ComeDownToWhereShortLegsPart) {
  const RigTemplate rig = load_rig_template("human").value();
  const float crotch = 0.25f;
  std::vector<Vec3> positions = forked(rig, 0.42f);
  const Vec3 ankle = positions[joint_of(rig, "ankle_l")], chest = positions[joint_of(rig, "chest")];
  const float spine = positions[joint_of(rig, "spine")].y();
  const std::vector<int> placed =
      place_hips(rig, block_figure(crotch, 1), Vec3::UnitY(), Vec3::UnitX(), positions);
  EXPECT_EQ(placed.size(), 3u);  // both hips and the pelvis
  for (const char* side : {"_l", "_r"}) {
    const Vec3 hip = positions[joint_of(rig, std::string("hip") + side)];
    EXPECT_NEAR(std::abs(hip.x()), 0.1f, 0.01f);
    EXPECT_GT(hip.y(), crotch + 0.03f);
    EXPECT_LT(hip.y(), crotch + 0.1f);
    const Vec3 knee = positions[joint_of(rig, std::string("knee") + side)];
    EXPECT_GT(knee.y(), ankle.y());
    EXPECT_LT(knee.y(), hip.y());
  }
  EXPECT_EQ(positions[joint_of(rig, "ankle_l")], ankle);
  EXPECT_EQ(positions[joint_of(rig, "chest")], chest);
  EXPECT_LT(positions[joint_of(rig, "hips")].y(), 0.42f);
  EXPECT_LT(positions[joint_of(rig, "spine")].y(), spine);
}

TEST(HipJoints, StayWhereASkirtHidesTheLegs) {
  const RigTemplate rig = load_rig_template("human").value();
  std::vector<Vec3> positions = forked(rig, 0.5f);
  const std::vector<Vec3> before = positions;
  EXPECT_TRUE(place_hips(rig, block_figure(0.45f, 0.15f), Vec3::UnitY(), Vec3::UnitX(), positions).empty());
  EXPECT_EQ(positions, before);
}

TEST(HipJoints, AreFoundUpsideDown) {
  const RigTemplate rig = load_rig_template("human").value();
  const VoxelGrid figure = block_figure(0.25f, 1);
  std::vector<Vec3> expected = forked(rig, 0.42f);
  ASSERT_EQ(place_hips(rig, figure, Vec3::UnitY(), Vec3::UnitX(), expected).size(), 3u);
  // The same turned half round about z: up is -y.
  VoxelGrid turned = figure;
  turned.origin = -figure.position(figure.nx - 1, figure.ny - 1, 0);
  turned.origin.z() = figure.origin.z();
  for (int z = 0; z < figure.nz; ++z)
    for (int y = 0; y < figure.ny; ++y)
      for (int x = 0; x < figure.nx; ++x)
        turned.at(x, y, z) = figure.at(figure.nx - 1 - x, figure.ny - 1 - y, z);
  const auto turn = [](const Vec3& p) { return Vec3(-p.x(), -p.y(), p.z()); };
  std::vector<Vec3> positions;
  for (const Vec3& p : forked(rig, 0.42f)) positions.push_back(turn(p));
  ASSERT_EQ(place_hips(rig, turned, -Vec3::UnitY(), -Vec3::UnitX(), positions).size(), 3u);
  for (std::size_t j = 0; j < positions.size(); ++j) EXPECT_LT((turn(positions[j]) - expected[j]).norm(), 0.02f);
}

TEST(HipJoints, OfAnimalsAreLeftAlone) {
  const RigTemplate rig = load_rig_template("quadruped").value();
  std::vector<Vec3> positions;
  for (const TemplateJoint& joint : rig.joints) positions.push_back(joint.position);
  EXPECT_TRUE(place_hips(rig, block_figure(0.25f, 1), Vec3::UnitY(), Vec3::UnitX(), positions).empty());
}

}  // namespace
}  // namespace mp4d
