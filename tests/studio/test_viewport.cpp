// What the viewport draws, on the processor and, where the display has it, in OpenGL.
#include "app/studio/viewport.h"
#include "render/viewport/cpu_view.h"
#include "render/viewport/filament/filament_view.h"
#include "render/viewport/gl_view.h"
#include "render/viewport/pick.h"
#include "render/viewport/view_camera.h"
#include "motion/kinematics.h"
#include "../synthetic/creatures.h"
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFramebufferObject>
#include <QOpenGLFunctions>
#include <gtest/gtest.h>

namespace mp4d {
namespace {

constexpr int kWidth = 200, kHeight = 150;

ViewFrame creature_frame(double time = 0.7) {
  static const RiggedModel model = make_quadruped(48);
  static const auto mesh = std::make_shared<const Mesh>(model.mesh);
  static const auto skin = std::make_shared<const Skin>(model.skin);
  ViewFrame frame;
  frame.mesh = mesh;
  frame.skin = skin;
  frame.root_from_joint = forward_kinematics(model.skeleton, sample_clip(model.clips.front(), time));
  ViewCamera camera;
  camera.look_at_box(bounds(posed_mesh(frame).verts), double(kWidth) / kHeight);
  frame.camera = camera.camera(kWidth, kHeight);
  frame.ground_colour = Vec3::Zero();
  return frame;
}

int covered(const Image& picture) {
  int count = 0;
  for (std::size_t i = 0; i < picture.pixels(); ++i) count += picture.data[4 * i + 3] == 255;
  return count;
}

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.data.size(); ++i) sum += std::abs(int(a.data[i]) - int(b.data[i]));
  return sum / static_cast<double>(a.data.size());
}

TEST(CpuView, ShowsTheCreatureWhereItIs) {
  ViewFrame frame = creature_frame();
  frame.ground = false;
  const Image picture = draw_on_cpu(frame);
  const Mesh posed = posed_mesh(frame);
  const int share = covered(picture);
  EXPECT_GT(share, kWidth * kHeight / 20);
  EXPECT_LT(share, kWidth * kHeight / 2);
  const Vec3 centre = project(frame.camera, bounds(posed.verts).center());
  EXPECT_EQ(picture.at(static_cast<int>(centre.x()), static_cast<int>(centre.y()), 3), 255);
}

TEST(CpuView, EveryLookDiffers) {
  const auto look = [](SurfaceLook l, bool wire, int joint) {
    ViewFrame frame = creature_frame();
    frame.look = l;
    frame.wireframe = wire;
    frame.weights_of = joint;
    return draw_on_cpu(frame);
  };
  const std::vector<Image> pictures{look(SurfaceLook::kTextured, false, -1), look(SurfaceLook::kPlain, false, -1),
                                    look(SurfaceLook::kPlain, true, -1), look(SurfaceLook::kWeights, false, -1),
                                    look(SurfaceLook::kWeights, false, 2)};
  for (std::size_t a = 0; a < pictures.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) EXPECT_GT(mean_difference(pictures[a], pictures[b]), 0.5) << a << ' ' << b;
}

TEST(CpuView, MovesWithTheClip) {
  EXPECT_GT(mean_difference(draw_on_cpu(creature_frame(0.2)), draw_on_cpu(creature_frame(1.1))), 0.5);
}

TEST(WeightColours, RunFromDarkToBrightWithTheWeight) {
  Skin skin;
  skin.joints.setZero(3, 4);
  skin.weights.setZero(3, 4);
  for (int v = 0; v < 3; ++v) skin.joints(v, 1) = 1, skin.weights(v, 0) = 0.5f * v, skin.weights(v, 1) = 1 - 0.5f * v;
  const Points colours = weight_colours(skin, 0);
  const auto brightness = [&](int v) { return colours.row(v).dot(Vec3(0.2f, 0.7f, 0.1f).transpose()); };
  EXPECT_LT(brightness(0) + 0.1f, brightness(1));
  EXPECT_LT(brightness(1) + 0.1f, brightness(2));
}

TEST(Pick, FindsTheSurfaceAndTheJointUnderAPixel) {
  const ViewFrame frame = creature_frame();
  const Mesh posed = posed_mesh(frame);
  const Vec3 centre = project(frame.camera, bounds(posed.verts).center());
  const auto hit = pick_surface(frame, centre.x(), centre.y());
  ASSERT_TRUE(hit);
  EXPECT_GE(hit->joint, 0);
  const Vec3 seen = project(frame.camera, hit->point);
  EXPECT_NEAR(seen.x(), centre.x(), 0.05);
  EXPECT_NEAR(seen.y(), centre.y(), 0.05);
  EXPECT_FALSE(pick_surface(frame, 1, 1));
  for (std::size_t j : {std::size_t{3}, frame.root_from_joint.size() - 1}) {
    const Vec3 at = project(frame.camera, frame.root_from_joint[j].topRightCorner<3, 1>());
    EXPECT_EQ(pick_joint(frame, at.x() + 0.2f, at.y(), 1), static_cast<int>(j));
  }
  EXPECT_EQ(pick_joint(frame, 1, 1, 10), -1);
}

TEST(ViewCamera, KeepsABoxInThePictureAndFollowsTheHand) {
  ViewCamera camera;
  Aabb box(Vec3(-1, 0, -2), Vec3(1, 3, 2));
  camera.look_at_box(box, 0.5);
  for (int k = 0; k < 8; ++k) {
    const Vec3 p = project(camera.camera(100, 200), box.corner(static_cast<Aabb::CornerType>(k)));
    EXPECT_TRUE(p.x() > 0 && p.x() < 100 && p.y() > 0 && p.y() < 200 && p.z() > 0) << p.transpose();
  }
  const Vec3 before = project(camera.camera(100, 200), camera.target);
  const Vec3 target = camera.target;
  camera.pan(10, -20, 200);
  const Vec3 after = project(camera.camera(100, 200), target);
  EXPECT_NEAR(after.x() - before.x(), 10, 0.01);
  EXPECT_NEAR(after.y() - before.y(), -20, 0.01);
  camera.orbit(0, 100);
  EXPECT_LT(camera.elevation, M_PI / 2);
}

// In a display that has OpenGL; elsewhere these do not run (the program is started for them under Xvfb).
struct Gl : testing::Test {
  QOpenGLContext context;
  QOffscreenSurface surface;
  std::unique_ptr<QOpenGLFramebufferObject> target;
  std::unique_ptr<GlView> view;

  void SetUp() override {
    ASSERT_EQ(opengl_problem().toStdString(), "");
    context.setFormat(QSurfaceFormat::defaultFormat());
    ASSERT_TRUE(context.create());
    surface.setFormat(context.format());
    surface.create();
    ASSERT_TRUE(context.makeCurrent(&surface));
    target = std::make_unique<QOpenGLFramebufferObject>(kWidth, kHeight, QOpenGLFramebufferObject::Depth);
    auto made = GlView::create([this](const char* name) { return context.getProcAddress(name); });
    ASSERT_TRUE(made) << made.error().message;
    view = std::move(*made);
  }
  void TearDown() override {
    view.reset();
    target.reset();
  }
  Image draw(const ViewFrame& frame) {
    target->bind();
    context.functions()->glClearColor(0, 0, 0, 0);
    context.functions()->glClear(GL_COLOR_BUFFER_BIT);
    view->draw(frame);
    EXPECT_EQ(context.functions()->glGetError(), GLenum(GL_NO_ERROR));
    const QImage drawn = target->toImage().convertToFormat(QImage::Format_RGBA8888);
    Image picture(kWidth, kHeight, 4);
    for (int y = 0; y < kHeight; ++y) std::copy_n(drawn.constScanLine(y), 4 * kWidth, &picture.at(0, y));
    return picture;
  }
};

TEST_F(Gl, LooksLikeTheProcessorsPicture) {
  for (const SurfaceLook look : {SurfaceLook::kTextured, SurfaceLook::kPlain, SurfaceLook::kWeights}) {
    ViewFrame frame = creature_frame();
    frame.look = look;
    frame.ground = false;
    const Image cpu = draw_on_cpu(frame), gl = draw(frame);
    EXPECT_NEAR(covered(gl), covered(cpu), 0.01 * covered(cpu));
    EXPECT_LT(mean_difference(cpu, gl), 2.5) << static_cast<int>(look);
  }
}

TEST_F(Gl, FollowsThePoseTheLookAndAnotherModel) {
  const Image early = draw(creature_frame(0.2)), late = draw(creature_frame(1.1));
  EXPECT_GT(mean_difference(early, late), 0.5);
  ViewFrame frame = creature_frame(1.1);
  frame.wireframe = true;
  EXPECT_GT(mean_difference(late, draw(frame)), 0.5);
  const RiggedModel biped = make_biped(40);
  frame.mesh = std::make_shared<const Mesh>(biped.mesh);
  frame.skin = nullptr;
  frame.wireframe = false;
  EXPECT_GT(mean_difference(late, draw(frame)), 0.5);
  EXPECT_LT(mean_difference(late, draw(creature_frame(1.1))), 0.01) << "and back";
}

TEST_F(Gl, LeavesTheContextFitForLettersOfTheWindow) {
  ViewFrame frame = creature_frame();
  Mesh mesh = *frame.mesh;
  mesh.materials.assign(1, {});
  mesh.materials[0].texture = Image(3, 5, 3);
  mesh.face_material.clear();
  mesh.uvs.setZero(mesh.verts.rows(), 2);
  frame.mesh = std::make_shared<const Mesh>(std::move(mesh));
  draw(frame);
  GLint alignment = 0, unit = 0;
  context.functions()->glGetIntegerv(GL_UNPACK_ALIGNMENT, &alignment);
  context.functions()->glGetIntegerv(GL_ACTIVE_TEXTURE, &unit);
  EXPECT_EQ(alignment, 4);
  EXPECT_EQ(unit, GL_TEXTURE0);
}

TEST_F(Gl, Open3dsPictureHasTheSameOutlineAndColours) {
  Image first;
  for (int time = 0; time < 2; ++time) {  // the renderer can be had again after it was given up
    auto open3d = FilamentView::create();
    ASSERT_TRUE(open3d) << open3d.error().message;
    for (const SurfaceLook look : {SurfaceLook::kTextured, SurfaceLook::kPlain, SurfaceLook::kWeights}) {
      ViewFrame frame = creature_frame();
      frame.look = look;
      frame.ground = false;
      const Image cpu = draw_on_cpu(frame), drawn = (*open3d)->draw(frame);
      ASSERT_EQ(drawn.data.size(), cpu.data.size());
      EXPECT_EQ(covered(drawn), covered(cpu));
      EXPECT_LT(mean_difference(cpu, drawn), 12) << static_cast<int>(look);
      EXPECT_GT(mean_difference(cpu, drawn), 0.3) << "it shades in its own way";
      if (look != SurfaceLook::kTextured) continue;
      if (first.empty()) first = drawn;
      EXPECT_LT(mean_difference(first, drawn), 0.5);
    }
    EXPECT_GT(mean_difference(first, (*open3d)->draw(creature_frame(1.1))), 0.5) << "and follows the pose";
    ViewFrame wired = creature_frame();
    wired.wireframe = true;
    EXPECT_GT(mean_difference((*open3d)->draw(creature_frame()), (*open3d)->draw(wired)), 0.3);
  }
}

TEST_F(Gl, AnOldDriverIsRefusedByTheFunctionItLacks) {
  const auto refused = GlView::create([this](const char* name) {
    return std::string(name) == "glTexBuffer" ? nullptr : context.getProcAddress(name);
  });
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("glTexBuffer"), std::string::npos);
}

}  // namespace
}  // namespace mp4d
