// A reconstruction in the stage list: what is seen while it runs, pausing, running again from a stage on.
#include "../io/drawn_clip.h"
#include "app/studio/stage_panel.h"
#include "io/masks.h"
#include "studio_fixture.h"
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>

namespace mp4d::test {
namespace {

namespace fs = std::filesystem;

struct StageWork : Studio {
  Workspace workspace{settings, folders};
  MainWindow window{workspace, dialogs()};

  StageWork() {
    window.show();
    const auto clip = draw_clip({.count = 6, .step_x = 2, .start_x = 100});
    fs::create_directory(folder / "clip");
    fs::create_directory(folder / "masks");
    for (std::size_t t = 0; t < clip.frames.images.size(); ++t) {
      EXPECT_TRUE(write_image(folder / ("clip/" + clip.frames.names[t] + ".png"), clip.frames.images[t]));
      EXPECT_TRUE(write_image(folder / ("masks/" + clip.frames.names[t] + ".png"), clip.truth[t]));
    }
    open(workspace, folder / "clip");
    workspace.set_masks(folder / "masks");
    workspace.set_option(Stage::kPhase1, "category", "still");
    workspace.set_option(Stage::kPhase1, "effort", "0.1");
  }
  QPushButton& button(const char* name) { return *window.findChild<QPushButton*>(QLatin1String(name)); }
  fs::file_time_type checkpoint(const std::string& name) {
    for (const auto& entry : fs::directory_iterator(folders.cache))
      if (entry.path().filename().string().starts_with(name + "-")) return fs::last_write_time(entry.path());
    ADD_FAILURE() << name;
    return {};
  }
};

TEST_F(StageWork, TheSurfaceIsSeenWhileItIsMadeAndEveryStageLeavesAPicture) {
  int seen = 0;
  const Mesh* shown = nullptr;
  QObject::connect(&workspace, &Workspace::preview_changed, &workspace, [&] {
    if (!workspace.preview()) return;
    ++seen;
    shown = window.viewport().frame({320, 240}).mesh.get();
    EXPECT_EQ(shown, workspace.preview().get());
  });
  button("runButton").click();
  ASSERT_TRUE(wait_for(workspace.job));
  ASSERT_TRUE(workspace.state().character) << issues(workspace);
  EXPECT_GT(seen, 1);
  EXPECT_EQ(workspace.preview(), nullptr);
  EXPECT_EQ(window.viewport().frame({320, 240}).mesh, workspace.state().character.mesh);
  for (const Stage stage : {Stage::kFrames, Stage::kMasks, Stage::kPhase1, Stage::kPhase2})
    EXPECT_FALSE(workspace.stage_picture(stage).isNull()) << static_cast<int>(stage);
  window.findChild<StagePanel*>()->choose(Stage::kPhase1);
  const QString log = window.findChild<QPlainTextEdit*>("stageLog")->toPlainText();
  EXPECT_TRUE(log.contains("phase 1")) << log.toStdString();
  EXPECT_TRUE(workspace.stage_log(Stage::kTexture).last().contains("done after")) << workspace.stage_log(Stage::kTexture).last().toStdString();
  EXPECT_TRUE(window.findChild<QLabel*>("stagePicture")->isVisible());
  EXPECT_FALSE(window.findChild<QLabel*>("stagePicture")->pixmap().isNull());

  // Against the masks it was made from, and after they were forgotten, from their folder.
  window.actions().find(QStringLiteral("view.error"))->setChecked(true);
  EXPECT_TRUE(window.viewport().view().through_camera);
  ASSERT_EQ(workspace.film_masks().size(), workspace.state().film->cameras.size());
  const SilhouetteError error = window.viewport().silhouette_error_now();
  EXPECT_GT(error.missed + error.extra, 0);
  EXPECT_LT(error.missed + error.extra, 0.4);
  workspace.save(folder / "drawn.mp4d");
  ASSERT_TRUE(wait_for(workspace.saver));
  open(workspace, folder / "drawn.mp4d");
  EXPECT_TRUE(workspace.film_masks().empty()) << issues(workspace);
  workspace.find_film_masks();
  ASSERT_TRUE(wait_for(workspace.job));
  const SilhouetteError again = window.viewport().silhouette_error_now();
  EXPECT_NEAR(again.missed + again.extra, error.missed + error.extra, 0.05);
}

TEST_F(StageWork, TheClipIsSeenBesideBehindAndAsOutlinesAndItsCamerasWay) {
  button("runButton").click();
  ASSERT_TRUE(wait_for(workspace.job));
  ASSERT_TRUE(workspace.state().film) << issues(workspace);
  const auto set = [&](const char* id, bool on) { window.actions().find(QLatin1String(id))->setChecked(on); };
  const auto seen = [&] { return window.viewport().picture(); };
  auto* beside = window.findChild<QWidget*>("footageView");
  EXPECT_FALSE(beside->isVisible());
  set("view.picture_beside", true);
  ASSERT_TRUE(beside->isVisible());
  const QImage first = beside->grab().toImage();
  workspace.playback.seek(workspace.playback.duration());
  EXPECT_NE(beside->grab().toImage(), first) << "it follows the time";
  set("view.picture_beside", false);
  EXPECT_FALSE(beside->isVisible());
  const QImage plain = seen();
  set("view.camera_path", true);
  EXPECT_NE(seen(), plain);
  set("view.camera_path", false);
  set("view.silhouettes", true);
  ASSERT_TRUE(wait_for(workspace.job)) << "masks are read if need be";
  EXPECT_TRUE(window.viewport().view().through_camera);
  EXPECT_GT(window.viewport().silhouette_error_now().outlines.width, 0);
  const QImage outlined = seen();
  set("view.silhouettes", false);
  EXPECT_NE(seen(), outlined);
}

TEST_F(StageWork, WhatIsPausedWaitsAndGoesOnOrStops) {
  button("runButton").click();
  ASSERT_TRUE(wait_until([&] { return workspace.progress().phase == "phase 1"; })) << issues(workspace);
  button("pauseButton").click();
  EXPECT_TRUE(workspace.job.paused());
  EXPECT_EQ(button("pauseButton").text(), "Go on");
  // What was on its way when it was paused arrives; then nothing more does.
  int late = 0;
  QObject::connect(&workspace.job, &Job::progressed, &workspace, [&] { ++late; });
  int quiet = 0, last = 0;
  ASSERT_TRUE(wait_until([&] {
    quiet = late == last ? quiet + 1 : 0;
    last = late;
    return quiet > 200;
  }));
  EXPECT_TRUE(workspace.job.running());
  button("pauseButton").click();
  EXPECT_FALSE(workspace.job.paused());
  ASSERT_TRUE(wait_until([&] { return late > last; })) << "it goes on";
  window.actions().find(QStringLiteral("stage.pause"))->trigger();
  EXPECT_TRUE(workspace.job.paused());
  button("stopButton").click();
  ASSERT_TRUE(wait_for(workspace.job)) << "what is paused can be stopped";
}

TEST_F(StageWork, RunsFromAStageOnThoughItsResultIsKept) {
  button("runButton").click();
  ASSERT_TRUE(wait_for(workspace.job));
  ASSERT_TRUE(workspace.state().character) << issues(workspace);
  const auto guess = checkpoint("guess"), phase1 = checkpoint("phase1"), phase2 = checkpoint("phase2");
  button("runButton").click();
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_EQ(checkpoint("phase2"), phase2) << "a run takes what is kept";
  const Points before = workspace.state().character.mesh->verts;
  window.findChild<StagePanel*>()->choose(Stage::kPhase2);
  button("runFromHere").click();
  ASSERT_TRUE(wait_for(workspace.job));
  EXPECT_EQ(checkpoint("guess"), guess);
  EXPECT_EQ(checkpoint("phase1"), phase1);
  EXPECT_NE(checkpoint("phase2"), phase2);
  EXPECT_EQ(workspace.state().character.mesh->verts, before) << "the same input gives the same result";
}

}  // namespace
}  // namespace mp4d::test
