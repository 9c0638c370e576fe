#include "core/files.h"
#include "drawn_bodies.h"
#include "io/frames.h"
#include "io/masks.h"
#include "motion/auto_rig.h"
#include "motion/kinematics.h"
#include "motion/point_tree.h"
#include "reconstruction/appearance/image_mesh.h"
#include "reconstruction/appearance/inflate.h"
#include "reconstruction/appearance/silhouette.h"
#include "reconstruction/articulated/distance_field2d.h"
#include "render/hard_raster.h"

#include <gtest/gtest.h>

namespace mp4d {
namespace {

namespace fs = std::filesystem;
using test::coloured;
using test::draw_animal;
using test::draw_person;

class ImageMeshTest : public testing::Test {
 protected:
  TempFolder folder_ = *TempFolder::create();
  fs::path file(const std::string& name) const { return folder_.path() / name; }
  fs::path write(const std::string& name, const Image& image) const {
    EXPECT_TRUE(write_image(file(name), image));
    return file(name);
  }
};

// What the mesh covers seen along -z from far away, in the size of `like`, whose subject has the given box height.
double silhouette_iou(const Mesh& mesh, const Mask& like) {
  int top = like.height, bottom = -1, left = like.width, right = -1;
  for (int y = 0; y < like.height; ++y)
    for (int x = 0; x < like.width; ++x)
      if (like.at(x, y))
        top = std::min(top, y), bottom = std::max(bottom, y), left = std::min(left, x), right = std::max(right, x);
  const Aabb box = bounds(mesh.verts);
  const float pixels = float(std::max(bottom - top, right - left) + 1) / box.sizes().maxCoeff();
  Camera camera;
  camera.width = like.width, camera.height = like.height;
  constexpr float kAway = 1e4f;
  camera.fx = camera.fy = pixels * kAway;
  camera.cx = 0.5f * float(left + right + 1), camera.cy = 0.5f * float(top + bottom + 1);
  camera.camera_from_world =
      look_at(Vec3(box.center().x(), box.center().y(), kAway), Vec3(box.center().x(), box.center().y(), 0));
  return mask_iou(render_mask(camera, mesh.verts, mesh.faces), like);
}

TEST_F(ImageMeshTest, APersonIsInflatedToAClosedSymmetricBodyOfTheSameOutline) {
  const Mask mask = draw_person();
  const auto image = mesh_from_image(write("person.png", coloured(mask)));
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->view, "front");
  EXPECT_EQ(image->mask_source, "alpha");
  const Mesh& mesh = image->mesh;
  EXPECT_TRUE(is_watertight(mesh.faces));
  EXPECT_GT(signed_volume(mesh.verts, mesh.faces), 0);
  const Aabb box = bounds(mesh.verts);
  EXPECT_NEAR(box.sizes().maxCoeff(), 1, 1e-4);
  EXPECT_NEAR(box.min().y(), 0, 1e-5);
  EXPECT_GT(silhouette_iou(mesh, mask), 0.97);
  const PointTree tree(mesh.verts);
  for (Eigen::Index v = 0; v < mesh.verts.rows(); ++v) {
    float distance2;
    tree.nearest(mesh.verts.row(v).cwiseProduct(Eigen::RowVector3f(1, 1, -1)), distance2);
    ASSERT_LT(std::sqrt(distance2), 0.01f);
  }
  // As thick as the trunk's half width says: 26 to 30 of 345 pixels, times depth 0.8, both ways.
  EXPECT_NEAR(box.sizes().z(), 2 * 0.8 * 28 / 310.0, 0.03);
}

TEST_F(ImageMeshTest, TheTextureShowsThePictureAndNothingOfItsBackground) {
  const auto image = mesh_from_image(write("person.png", coloured(draw_person())));
  ASSERT_TRUE(image) << image.error().message;
  const Image& texture = image->mesh.materials.at(0).texture;
  for (Eigen::Index v = 0; v < image->mesh.verts.rows(); ++v) {
    const int x = std::clamp(int(image->mesh.uvs(v, 0) * float(texture.width)), 0, texture.width - 1);
    const int y = std::clamp(int(image->mesh.uvs(v, 1) * float(texture.height)), 0, texture.height - 1);
    ASSERT_LT(texture.at(x, y, 1), 60) << "green shines through";
    if (std::abs(image->mesh.verts(v, 0)) < 0.01f) continue;
    ASSERT_EQ(texture.at(x, y, 0) > 120, image->mesh.verts(v, 0) < 0) << x << ", " << y;
  }
}

TEST_F(ImageMeshTest, APersonIsRiggedFacingTheViewer) {
  const auto image = mesh_from_image(write("person.png", coloured(draw_person())));
  ASSERT_TRUE(image) << image.error().message;
  const auto rig = auto_rig(image->mesh, {.forward = image->forward()});
  ASSERT_TRUE(rig) << rig.error().message;
  EXPECT_EQ(rig->report.body_plan, "human");
  EXPECT_EQ(rig->report.orientation, "up +y, forward +z");
  const auto joints = forward_kinematics(rig->model.skeleton, rest_pose(rig->model.skeleton));
  const auto at = [&](const char* name) {
    const Mat4& joint = joints[std::size_t(rig->model.skeleton.find(name))];
    return Vec3(joint.topRightCorner<3, 1>());
  };
  const float pixel = 1.0f / 310;
  EXPECT_LT((at("elbow_l").head<2>() - Vec2(62 * pixel, (335 - 160) * pixel)).norm(), 0.1f);
  EXPECT_LT((at("knee_r").head<2>() - Vec2(-22 * pixel, (335 - 255) * pixel)).norm(), 0.08f);
}

TEST_F(ImageMeshTest, LegsSeenFromTheSideGetALeftAndARight) {
  for (const bool four : {false, true}) {
    const Mask mask = draw_animal(four);
    const auto image = mesh_from_image(write("animal.png", coloured(mask)));
    ASSERT_TRUE(image) << image.error().message;
    EXPECT_EQ(image->view, "side");
    EXPECT_EQ(image->legs_seen, four ? 4 : 2);
    EXPECT_TRUE(is_watertight(image->mesh.faces));
    EXPECT_GT(silhouette_iou(image->mesh, mask), 0.96) << four;
    const auto rig = auto_rig(image->mesh, {.forward = image->forward()});
    ASSERT_TRUE(rig) << rig.error().message;
    EXPECT_EQ(rig->report.body_plan, "quadruped") << four;
    EXPECT_EQ(rig->report.orientation, "up +y, forward +x") << four;
    const auto joints = forward_kinematics(rig->model.skeleton, rest_pose(rig->model.skeleton));
    for (const char* foot : {"front_foot", "hind_foot"}) {
      const int left = rig->model.skeleton.find(std::string(foot) + "_l"),
                right = rig->model.skeleton.find(std::string(foot) + "_r");
      ASSERT_GE(std::min(left, right), 0) << foot;
      // Facing +x, left is -z.
      EXPECT_LT(joints[std::size_t(left)](2, 3), -0.015f) << foot << four;
      EXPECT_GT(joints[std::size_t(right)](2, 3), 0.015f) << foot << four;
    }
  }
}

TEST_F(ImageMeshTest, MasksComeFromAFileOfEitherPolarityOrFromContrast) {
  const Mask mask = draw_person();
  Image opaque(mask.width, mask.height, 3), black_subject(mask.width, mask.height, 1);
  for (std::size_t i = 0; i < mask.pixels(); ++i) {
    const std::array<std::uint8_t, 3> colour =
        mask.data[i] ? std::array<std::uint8_t, 3>{200, 60, 40} : std::array<std::uint8_t, 3>{90, 120, 90};
    std::copy(colour.begin(), colour.end(), &opaque.data[3 * i]);
    black_subject.data[i] = mask.data[i] ? 0 : 255;
  }
  const fs::path picture = write("opaque.png", opaque);
  const auto by_file = mesh_from_image(picture, {.mask = write("mask.png", black_subject).string()});
  ASSERT_TRUE(by_file) << by_file.error().message;
  EXPECT_NE(by_file->mask_source.find("black = subject"), std::string::npos) << by_file->mask_source;
  EXPECT_GT(silhouette_iou(by_file->mesh, mask), 0.97);
  EXPECT_FALSE(by_file->guessed);
  const auto by_contrast = mesh_from_image(picture, {.masks_from = "builtin"});
  ASSERT_TRUE(by_contrast) << by_contrast.error().message;
  EXPECT_TRUE(by_contrast->guessed);
  EXPECT_GT(silhouette_iou(by_contrast->mesh, mask), 0.93);
}

TEST_F(ImageMeshTest, SaysWhatIsWrong) {
  const auto message = [](const auto& result) { return result ? std::string("no error") : result.error().message; };
  EXPECT_NE(message(mesh_from_image(file("absent.png"))).find("absent.png"), std::string::npos);
  const fs::path plain = write("plain.png", Image(100, 80, 3, 128));
  const auto nothing = mesh_from_image(plain, {.masks_from = "builtin"});
  EXPECT_NE(message(nothing).find("plain.png"), std::string::npos) << message(nothing);
  EXPECT_NE(message(nothing).find("--mask"), std::string::npos) << message(nothing);
  const auto view = mesh_from_image(plain, {.view = "above"});
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().code, ErrorCode::kUsage);
  const auto subject = mesh_from_image(plain, {.masks_from = "builtin", .subject = "3,0.5"});
  ASSERT_FALSE(subject);
  EXPECT_EQ(subject.error().code, ErrorCode::kUsage);
  const fs::path dot = write("dot.png", coloured(test::draw_strokes(64, 64, {{32, 32, 33, 32, 4, 4}})));
  EXPECT_NE(message(mesh_from_image(dot)).find("pixels"), std::string::npos) << message(mesh_from_image(dot));
  const auto size = mesh_from_image(plain, {.mask = write("small.png", Mask(50, 40, 1, 255)).string()});
  EXPECT_NE(message(size).find("50 x 40"), std::string::npos) << message(size);
  CancelToken cancel;
  cancel.cancel();
  JobContext job({}, {}, {}, cancel);
  const auto cancelled = mesh_from_image(write("person.png", coloured(draw_person())), {}, &job);
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
}

TEST(Inflate, AStripIsAsThickAsItIsWideAndADiscLess) {
  const Mask strip = test::draw_strokes(400, 100, {{-300, 50, 700, 50, 30, 30}});
  const Aabb tube = bounds(inflate({{strip, 0}}, 1, 3).verts);
  EXPECT_NEAR(tube.sizes().z(), 60, 1.5);
  const Mask disc = test::draw_strokes(100, 100, {{50, 50, 50, 50, 40, 40}});
  const Mesh round = inflate({{disc, 0}}, 1, 2);
  EXPECT_NEAR(bounds(round.verts).sizes().z(), 80 * std::sqrt(0.5), 1.5);
  EXPECT_TRUE(is_watertight(round.faces));
  EXPECT_EQ(inflate({{Mask(50, 50, 1), 0}}, 1, 2).faces.rows(), 0);
}

TEST(Silhouette, DistancesAndSymmetryAreExact) {
  Mask square(40, 40, 1);
  for (int y = 10; y < 30; ++y)
    for (int x = 10; x < 30; ++x) square.at(x, y) = 255;
  const ImageF distance = signed_distance(square);
  EXPECT_FLOAT_EQ(distance.at(20, 10), -0.5f);
  EXPECT_FLOAT_EQ(distance.at(20, 12), -2.5f);
  EXPECT_FLOAT_EQ(distance.at(20, 9), 0.5f);
  EXPECT_FLOAT_EQ(distance.at(33, 34), std::hypot(4.0f, 5.0f) - 0.5f);
  EXPECT_DOUBLE_EQ(mirror_overlap(square), 1);
  EXPECT_LT(mirror_overlap(draw_animal(true)), 0.78);
  EXPECT_GT(mirror_overlap(draw_person()), 0.98);
}

}  // namespace
}  // namespace mp4d
