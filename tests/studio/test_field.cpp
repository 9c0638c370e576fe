// The field panel: a scene's cameras, training with its curves, stopping and going on, mesh and video.
#include "app/studio/field_panel.h"
#include "core/json_file.h"
#include "io/camera_set.h"
#include "io/frames.h"
#include "io/posed_scene.h"
#include "reconstruction/field/field_run.h"
#include "reconstruction/field/scene_geometry.h"
#include "studio_fixture.h"
#include "tests/synthetic/field_scenes.h"
#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QListWidget>
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

TEST_F(FieldInStudio, ASceneWhoseSizeCannotBeToldIsOpenedAndGetsBounds) {
  FieldSceneOptions options;
  options.width = 40, options.height = 30, options.views = 16, options.supersample = 1;
  PosedScene room = make_room(options);
  room.points.resize(0, 3);
  ASSERT_TRUE(write_transforms_scene(folder.path() / "scene", room));
  folder_answer = QString::fromStdString(folder / "scene");
  window.actions().find(QStringLiteral("file.field"))->trigger();
  button("fieldOpen").click();
  ASSERT_TRUE(wait_for(workspace.job));
  ASSERT_NE(field.scene(), nullptr) << issues(workspace);
  EXPECT_TRUE(issues(workspace).find("--bounds") != std::string::npos) << issues(workspace);
  const Aabb guessed = field.scene()->box;
  field.set_option("bounds", "-2,0,-1.6,2,2.4,1.6");
  EXPECT_FALSE(field.scene()->box.isApprox(guessed));
  Aabb upright;
  const Aabb asked(Vec3(-2, 0, -1.6f), Vec3(2, 2.4f, 1.6f));
  for (int corner = 0; corner < 8; ++corner) upright.extend(field.scene()->upright * asked.corner(static_cast<Aabb::CornerType>(corner)));
  EXPECT_TRUE(field.scene()->box.isApprox(upright, 1e-3f));
  const Aabb given = field.scene()->box;
  field.set_option("bounds", "1,2");
  EXPECT_EQ(workspace.issues.count(Issues::Severity::kError), 1);
  EXPECT_TRUE(field.scene()->box.isApprox(given));
}

TEST_F(FieldInStudio, ACameraPathIsMadeOfViewsKeptAndFilmed) {
  open_scene();
  FieldPathKeys& path = field.path;
  EXPECT_FALSE(button("fieldPathRemove").isEnabled());
  EXPECT_FALSE(button("fieldPathSave").isEnabled());
  const QImage without = window.viewport().grab().toImage();
  std::vector<Camera> seen;
  for (const float azimuth : {0.0f, 0.7f, 1.6f}) {
    window.viewport().look_from(azimuth, 0.3f);
    seen.push_back(window.viewport().frame(window.viewport().size()).camera);
    button("fieldPathAdd").click();
  }
  auto& list = *window.findChild<QListWidget*>("fieldPathKeys");
  ASSERT_EQ(path.keys().size(), 3u);
  EXPECT_EQ(list.count(), 3);
  EXPECT_EQ(list.currentRow(), 2);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_TRUE(path.keys()[k].camera_from_world.isApprox(seen[k].camera_from_world, 1e-5f));
    EXPECT_EQ(path.keys()[k].width, 640);
  }
  // The smooth way is drawn, from the first to the last.
  EXPECT_NE(window.viewport().grab().toImage(), without);
  const std::vector<Camera> way = path.way(50);
  EXPECT_LT((eye_of(way.front()) - eye_of(seen[0])).norm() + (eye_of(way.back()) - eye_of(seen[2])).norm(), 1e-3f);

  // Order: 0 1 2 to 0 2 1; a new view after the first; the first goes.
  button("fieldPathUp").click();
  EXPECT_EQ(path.selected(), 1);
  EXPECT_TRUE(path.keys()[1].camera_from_world.isApprox(seen[2].camera_from_world, 1e-5f));
  list.setCurrentRow(0);
  EXPECT_FALSE(button("fieldPathUp").isEnabled());
  window.viewport().look_from(3, 0.1f);
  const Camera late = window.viewport().frame(window.viewport().size()).camera;
  button("fieldPathAdd").click();
  EXPECT_TRUE(path.keys()[1].camera_from_world.isApprox(late.camera_from_world, 1e-5f));
  list.setCurrentRow(0);
  button("fieldPathRemove").click();
  ASSERT_EQ(path.keys().size(), 3u);
  Q_EMIT list.itemDoubleClicked(list.item(2));
  EXPECT_LT((eye_of(window.viewport().frame(window.viewport().size()).camera) - eye_of(seen[1])).norm(), 1e-3f);
  list.setCurrentRow(0);
  button("fieldPathReplace").click();
  EXPECT_LT((eye_of(path.keys()[0]) - eye_of(seen[1])).norm(), 1e-3f);

  // As a file, in the scene's own axes: what the command takes.
  save_answer = QString::fromStdString(folder / "path.json");
  button("fieldPathSave").click();
  const CameraSet set = cameras_from_json(read_json(folder / "path.json").value(), "path.json").value();
  ASSERT_EQ(set.cameras.size(), 3u);
  EXPECT_LT((field.scene()->upright * eye_of(set.cameras[1]) - eye_of(path.keys()[1])).norm(), 1e-3f);
  const std::vector<Camera> before = path.keys();
  path.clear();
  EXPECT_EQ(list.count(), 0);
  file_answer = save_answer;
  button("fieldPathOpen").click();
  ASSERT_EQ(path.keys().size(), 3u) << issues(workspace);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_LT((eye_of(path.keys()[k]) - eye_of(before[k])).norm(), 1e-3f);

  write_text(folder / "none.json", R"({"width": 4, "height": 4, "fx": 4, "fy": 4, "frames": []})");
  file_answer = QString::fromStdString(folder / "none.json");
  button("fieldPathOpen").click();
  EXPECT_EQ(workspace.issues.count(Issues::Severity::kError), 1);
  EXPECT_EQ(path.keys().size(), 3u);

  EXPECT_FALSE(button("fieldPathFilm").isEnabled()) << "nothing is trained";
  field.set_option("steps", "60");
  button("fieldTrain").click();
  ASSERT_TRUE(wait_for(workspace.job));
  save_answer = QString::fromStdString(folder / "film.png");
  button("fieldPathFilm").click();
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_EQ(read_image(folder / "film.png")->width, 640) << issues(workspace);
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
