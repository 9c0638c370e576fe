// The field panel: a scene's cameras, training with its curves, stopping and going on, mesh and video.
#include "app/studio/field_panel.h"
#include "io/posed_scene.h"
#include "reconstruction/field/field_run.h"
#include "reconstruction/field/scene_geometry.h"
#include "studio_fixture.h"
#include "tests/synthetic/field_scenes.h"
#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QPushButton>

namespace mp4d::test {
namespace {

struct FieldInStudio : Studio {
  Workspace workspace{settings, folders};
  MainWindow window{workspace, dialogs()};
  FieldWork& field = workspace.field;

  FieldInStudio() { window.show(); }
  QPushButton& button(const char* name) { return *window.findChild<QPushButton*>(QLatin1String(name)); }
  std::string write_scene() {
    FieldSceneOptions options;
    options.width = 40;
    options.height = 30;
    options.views = 16;
    options.supersample = 1;
    EXPECT_TRUE(write_transforms_scene(folder.path() / "scene", make_room(options)));
    return folder / "scene";
  }
  void open_scene() {
    folder_answer = QString::fromStdString(write_scene());
    window.actions().find(QStringLiteral("file.field"))->trigger();
    button("fieldOpen").click();
    ASSERT_TRUE(wait_for(workspace.job));
    ASSERT_NE(field.scene(), nullptr) << issues(workspace);
    for (const auto& [name, value] : {std::pair{"steps", "400"}, {"batch", "256"}, {"resolution", "32"}}) field.set_option(name, value);
  }
};

TEST_F(FieldInStudio, CamerasAreShownBeforeATraining) {
  EXPECT_FALSE(window.findChild<QDockWidget*>("fieldDock")->isVisible());
  open_scene();
  EXPECT_TRUE(window.findChild<QDockWidget*>("fieldDock")->isVisible());
  EXPECT_EQ(field.scene()->views.size(), 16u);
  EXPECT_TRUE(window.findChild<QLabel*>("fieldScene")->text().contains("16")) << window.findChild<QLabel*>("fieldScene")->text().toStdString();
  // Every camera that is before the view's is inside the picture.
  const ViewFrame frame = window.viewport().frame(window.viewport().size());
  for (const FieldScene::View& view : field.scene()->views) {
    const Vec3 at = project(frame.camera, eye_of(view.camera));
    ASSERT_GT(at.z(), 0);
    EXPECT_TRUE(at.x() >= 0 && at.x() <= frame.camera.width && at.y() >= 0 && at.y() <= frame.camera.height) << at.transpose();
  }
  const QImage with = window.viewport().grab().toImage();
  window.actions().find(QStringLiteral("view.field_cameras"))->setChecked(false);
  EXPECT_NE(window.viewport().grab().toImage(), with);
}

TEST_F(FieldInStudio, TrainsStopsGoesOnAndMakesAMeshAndAVideo) {
  open_scene();
  EXPECT_FALSE(button("fieldMesh").isEnabled()) << "there is nothing yet";
  button("fieldTrain").click();
  ASSERT_TRUE(wait_until([&] { return field.curve().size() > 1 && !field.picture().isNull(); })) << issues(workspace);
  button("fieldStop").click();
  ASSERT_TRUE(wait_for(workspace.job));
  const double stopped_at = field.progress();
  ASSERT_GT(stopped_at, 0);
  ASSERT_LT(stopped_at, 1);
  EXPECT_EQ(button("fieldTrain").text(), "Go on");
  button("fieldTrain").click();
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_EQ(field.progress(), 1) << issues(workspace);
  EXPECT_FALSE(button("fieldTrain").isEnabled());
  ASSERT_FALSE(field.curve().empty());
  ASSERT_FALSE(field.held_out().empty());
  EXPECT_GT(field.held_out().back().second, 12);
  for (std::size_t i = 1; i < field.curve().size(); ++i) EXPECT_GE(field.curve()[i].seconds, field.curve()[i - 1].seconds);

  field.set_option("resolution", "40");
  EXPECT_EQ(field.progress(), 0) << "it is another run";
  field.set_option("resolution", "32");
  EXPECT_EQ(field.progress(), 1);

  save_answer = QString::fromStdString(folder / "view.png");
  button("fieldOrbit").click();
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_EQ(read_image(folder / "view.png")->width, 640) << issues(workspace);

  button("fieldMesh").click();
  ASSERT_TRUE(wait_for(workspace.job));
  ASSERT_TRUE(workspace.state().character) << issues(workspace);
  EXPECT_GT(workspace.state().character.mesh->faces.rows(), 100);
  EXPECT_TRUE(workspace.document.dirty());
  // Turned as the scene is shown: it lies in the box that is drawn.
  Aabb room = field.scene()->box;
  room.min() -= 0.1f * room.sizes();
  room.max() += 0.1f * room.sizes();
  EXPECT_TRUE(room.contains(bounds(workspace.state().character.mesh->verts)));
}

TEST_F(FieldInStudio, WhatIsNoSceneIsSaidAndNothingChanges) {
  folder_answer = QString::fromStdString(folder.path().string());
  window.actions().find(QStringLiteral("file.field"))->trigger();
  button("fieldOpen").click();
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_EQ(field.scene(), nullptr);
  EXPECT_EQ(workspace.issues.count(Issues::Severity::kError), 1);
  EXPECT_FALSE(button("fieldTrain").isEnabled());
}

}  // namespace
}  // namespace mp4d::test
