// What the next start finds as it was; silhouettes against masks.
#include "app/studio/session.h"
#include "app/studio/silhouette_error.h"
#include "studio_fixture.h"
#include <QAction>

namespace mp4d::test {
namespace {

struct Restored : Studio {
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<MainWindow> window;
  void start() {
    window.reset();
    workspace = std::make_unique<Workspace>(settings, folders);
    window = std::make_unique<MainWindow>(*workspace, dialogs());
    window->show();
  }
  void close() {
    window->close();
    ASSERT_TRUE(wait_until([&] { return !window->isVisible(); }));
  }
};

TEST_F(Restored, TheNextStartOpensWhatWasOpenWhereItStood) {
  start();
  open(*workspace, beam_file());
  workspace->save(folder / "beam.mp4d");
  ASSERT_TRUE(wait_for(workspace->saver));
  workspace->playback.seek(0.1);
  const double time = workspace->playback.time();
  workspace->select_joint(1);
  window->viewport().look_from(1.2f, 0.4f);
  window->viewport().camera().distance = 7;
  window->actions().find(QStringLiteral("view.wireframe"))->setChecked(true);
  close();

  start();
  window->restore_session();
  ASSERT_TRUE(wait_for(workspace->job));
  EXPECT_EQ(workspace->document.path(), std::filesystem::path(folder / "beam.mp4d")) << issues(*workspace);
  EXPECT_FALSE(workspace->document.dirty());
  EXPECT_DOUBLE_EQ(workspace->playback.time(), time);
  EXPECT_EQ(workspace->selected_joint(), 1);
  EXPECT_FLOAT_EQ(window->viewport().camera().azimuth, 1.2f);
  EXPECT_FLOAT_EQ(window->viewport().camera().distance, 7);
  EXPECT_TRUE(window->viewport().view().wireframe);
  EXPECT_TRUE(window->actions().find(QStringLiteral("view.wireframe"))->isChecked());
  close();

  settings.setValue(kRestoreKey, false);
  start();
  window->restore_session();
  EXPECT_FALSE(workspace->job.running()) << "the user does not want it";
  settings.setValue(kRestoreKey, true);
  std::filesystem::remove(folder / "beam.mp4d");
  start();
  window->restore_session();
  EXPECT_FALSE(workspace->job.running()) << "it is gone";
}

TEST(SessionSettings, DamagedNumbersAreThoseOfANewOne) {
  Folder folder;
  QSettings settings(QString::fromStdString(folder / "s.ini"), QSettings::IniFormat);
  settings.setValue("session/camera", QVariantList{"x", "nan", 1, "inf", 99, -3});
  settings.setValue("session/look", 77);
  settings.setValue("session/time", -5);
  settings.setValue("session/joint", -9);
  const Session read = read_session(settings);
  EXPECT_EQ(read.camera.target, Vec3(0, 0, 1));
  EXPECT_EQ(read.camera.azimuth, ViewCamera().azimuth);
  EXPECT_LT(read.camera.elevation, 1.6f);
  EXPECT_GT(read.camera.distance, 0);
  EXPECT_EQ(read.view.look, ViewSettings().look);
  EXPECT_EQ(read.time, 0);
  EXPECT_EQ(read.joint, -1);
}

TEST(SilhouetteErrors, AreCountedAndColouredByTheirKind) {
  Mask truth(4, 1, 1), drawn(4, 1, 1);
  truth.data = {255, 255, 0, 0};
  drawn.data = {0, 255, 255, 0};
  const SilhouetteError error = silhouette_error(drawn, truth);
  EXPECT_DOUBLE_EQ(error.missed, 1 / 3.0);
  EXPECT_DOUBLE_EQ(error.extra, 1 / 3.0);
  const auto pixel = [&](int x) { return std::vector<int>(&error.picture.at(x, 0, 0), &error.picture.at(x, 0, 0) + 3); };
  EXPECT_GT(pixel(0)[0], pixel(0)[2]) << "orange: missed";
  EXPECT_LT(pixel(2)[0], pixel(2)[2]) << "blue: too much";
  EXPECT_EQ(error.picture.at(3, 0, 3), 0) << "nothing where nothing is";
  // The outlines run where each of the two ends.
  EXPECT_EQ(error.outlines.at(0, 0, 3), 255) << "the drawn one begins here";
  EXPECT_EQ(error.outlines.at(1, 0, 3), 255);
  EXPECT_EQ(error.outlines.at(3, 0, 3), 255);
  EXPECT_GT(error.outlines.at(2, 0, 2), error.outlines.at(2, 0, 0)) << "the drawn one's end, in blue";
  const SilhouetteError same = silhouette_error(Mask(2, 2, 1), Mask(2, 2, 1));
  EXPECT_EQ(same.outlines.at(0, 0, 3), 0) << "no edge, no line";
  const SilhouetteError none = silhouette_error(Mask(2, 2, 1), Mask(2, 2, 1));
  EXPECT_EQ(none.missed + none.extra, 0);
}

}  // namespace
}  // namespace mp4d::test
