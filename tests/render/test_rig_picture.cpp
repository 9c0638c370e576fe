#include "render/rig_picture.h"

#include "motion/kinematics.h"
#include <gtest/gtest.h>

namespace mp4d {
namespace {

// A bar along x whose left half (x > 0) hangs from "arm_l" and whose right half from "arm_r".
RiggedModel bar() {
  RiggedModel model;
  const auto joint = [&](const std::string& name, int parent, const Vec3& offset) {
    Joint j{name, parent, {}};
    j.rest.translation = offset;
    model.skeleton.joints.push_back(j);
  };
  joint("hips", -1, Vec3::Zero());
  joint("arm_l", 0, Vec3(0.2f, 0, 0));
  joint("hand_l", 1, Vec3(0.7f, 0, 0));
  joint("arm_r", 0, Vec3(-0.2f, 0, 0));
  joint("hand_r", 3, Vec3(-0.7f, 0, 0));
  model.mesh.verts.resize(8, 3);
  for (int k = 0; k < 8; ++k)
    model.mesh.verts.row(k) << (k & 1 ? 1.f : -1.f), (k & 2 ? 0.2f : -0.2f), (k & 4 ? 0.2f : -0.2f);
  model.mesh.faces.resize(12, 3);
  model.mesh.faces << 0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5,
      3, 7, 5;
  Eigen::MatrixXf weights = Eigen::MatrixXf::Zero(8, 5);
  for (int k = 0; k < 8; ++k) weights(k, k & 1 ? 1 : 3) = 1;
  set_weights(model.skin, weights);
  model.skin.joint_from_mesh = inverse_bind(model.skeleton);
  return model;
}

struct Centre {
  double x = 0, y = 0;
  int count = 0;
};
// Where pixels of a colour lie in a rectangle of the picture.
template <class Test>
Centre where(const Image& image, int x0, int y0, int side, Test test) {
  Centre c;
  for (int y = y0; y < y0 + side; ++y)
    for (int x = x0; x < x0 + side; ++x)
      if (test(image.at(x, y, 0), image.at(x, y, 1), image.at(x, y, 2))) c.x += x, c.y += y, ++c.count;
  if (c.count) c.x /= c.count, c.y /= c.count;
  return c;
}

TEST(RigPicture, LeftIsBlueAndRightIsRedWhereTheyAre) {
  const Image picture = draw_rig(bar(), {.panel = 200});
  ASSERT_EQ(picture.width, 400);
  ASSERT_EQ(picture.height, 400);
  ASSERT_EQ(picture.channels, 3);
  const auto blue = [](int r, int g, int b) { return b > 200 && r < 90 && g < 150; };
  const auto red = [](int r, int g, int b) { return r > 200 && g < 90 && b < 90; };
  const Centre left = where(picture, 0, 0, 200, blue), right = where(picture, 0, 0, 200, red);
  ASSERT_GT(left.count, 20);
  ASSERT_GT(right.count, 20);
  // Seen from the front, the creature's left is on the right.
  EXPECT_GT(left.x, right.x + 40);
  // Turned about, the skeleton is seen alike: the picture is drawn in the creature's frame.
  RiggedModel turned = bar();
  const Mat3 turn = Eigen::AngleAxisf(float(M_PI) / 2, Vec3::UnitX()).toRotationMatrix();
  turned.mesh.verts = (turned.mesh.verts * turn.transpose()).eval();
  for (Joint& j : turned.skeleton.joints) j.rest.translation = turn * j.rest.translation;
  turned.skin.joint_from_mesh = inverse_bind(turned.skeleton);
  const Centre again = where(draw_rig(turned, {.mesh_from_body = turn, .panel = 200}), 0, 0, 200, blue);
  EXPECT_NEAR(again.x, left.x, 1);
  EXPECT_NEAR(again.y, left.y, 1);
}

TEST(RigPicture, VerticesHaveTheirJointsColours) {
  const Image picture = draw_rig(bar(), {.panel = 200});
  // Below, the two halves have two hues: the mean colours of the outer thirds differ.
  Vec3 mean[2] = {Vec3::Zero(), Vec3::Zero()};
  int count[2] = {0, 0};
  for (int y = 200; y < 400; ++y)
    for (int x = 0; x < 200; ++x) {
      const Vec3 c(picture.at(x, y, 0), picture.at(x, y, 1), picture.at(x, y, 2));
      if (c.minCoeff() > 250 || (x > 80 && x < 120)) continue;
      mean[x > 100] += c;
      ++count[x > 100];
    }
  ASSERT_GT(std::min(count[0], count[1]), 100);
  EXPECT_GT((mean[0] / float(count[0]) - mean[1] / float(count[1])).norm(), 60);
}

}  // namespace
}  // namespace mp4d
