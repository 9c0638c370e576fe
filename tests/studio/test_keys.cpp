// Keys in the timeline, poses copied from one time to another.
#include "app/studio/timeline.h"
#include "motion/kinematics.h"
#include "studio_fixture.h"
#include <QApplication>
#include <QTest>

namespace mp4d::test {
namespace {

struct Keys : Studio {
  Workspace workspace{settings, folders};
  MainWindow window{workspace, dialogs()};
  TimelineRuler& ruler = *window.findChild<TimelineRuler*>();

  /// Joint 1 turns to 40 degrees at 0.5 s of 1 s and back.
  Keys() {
    window.show();
    RiggedModel model = bending_beam();
    Clip clip{"bend", {}, {}};
    for (int i = 0; i <= 20; ++i) {
      Pose pose = rest_pose(model.skeleton);
      const double share = i <= 10 ? i / 10.0 : (20 - i) / 10.0;
      pose[1].rotation = Quat(Eigen::AngleAxisf(static_cast<float>(share * 40 * M_PI / 180), Vec3::UnitX()));
      clip.times.push_back(i / 20.0);
      clip.poses.push_back(pose);
    }
    model.clips = {clip};
    EXPECT_TRUE(write_glb(folder / "bend.glb", model));
    open(workspace, folder / "bend.glb");
    workspace.select_joint(1);
  }
  double degrees(int i) const {
    return 57.29578 * Quat::Identity().angularDistance(workspace.clip()->poses[i][1].rotation);
  }
  QPoint place(int key) { return QPointF(ruler.x_of_key(key), ruler.y_of_keys()).toPoint(); }
};

TEST_F(Keys, AreChosenMovedAndDeletedInTheTimeline) {
  ASSERT_EQ(workspace.keys(), (std::vector<int>{0, 10, 20}));
  const double time = workspace.playback.time();
  QTest::mouseClick(&ruler, Qt::LeftButton, {}, place(10));
  EXPECT_EQ(workspace.chosen_keys(), std::vector<int>{10});
  EXPECT_EQ(workspace.playback.time(), time) << "a click on a key does not scrub";
  EXPECT_EQ(workspace.document.history()->count(), 0);

  QTest::mousePress(&ruler, Qt::LeftButton, {}, place(10));
  QTest::mouseMove(&ruler, place(14));
  QTest::mouseRelease(&ruler, Qt::LeftButton, {}, place(14));
  EXPECT_EQ(workspace.document.history()->count(), 1);
  EXPECT_NEAR(degrees(14), 40, 0.1);
  EXPECT_NEAR(degrees(7), 20, 0.1);
  EXPECT_EQ(workspace.chosen_keys(), std::vector<int>{14}) << "it stays chosen";

  QTest::keyClick(&ruler, Qt::Key_Delete);
  for (int i = 0; i <= 20; ++i) EXPECT_NEAR(degrees(i), 0, 0.1) << i;
  EXPECT_EQ(workspace.keys(), (std::vector<int>{0, 20}));
  window.actions().find(QStringLiteral("edit.undo"))->trigger();
  window.actions().find(QStringLiteral("edit.undo"))->trigger();
  EXPECT_NEAR(degrees(10), 40, 0.1);

  QTest::mouseClick(&ruler, Qt::LeftButton, {}, place(0));
  QTest::mouseClick(&ruler, Qt::LeftButton, Qt::ControlModifier, place(10));
  EXPECT_EQ(workspace.chosen_keys(), (std::vector<int>{0, 10}));
  QTest::mouseClick(&ruler, Qt::LeftButton, Qt::ControlModifier, place(0));
  EXPECT_EQ(workspace.chosen_keys(), std::vector<int>{10});
  workspace.select_joint(0);
  EXPECT_TRUE(workspace.chosen_keys().empty()) << "those were of another joint";
}

TEST_F(Keys, APoseIsCopiedFromOneTimeToAnother) {
  QAction* paste = window.actions().find(QStringLiteral("clip.paste_pose"));
  EXPECT_FALSE(paste->isEnabled());
  workspace.playback.seek(0.5);
  window.actions().find(QStringLiteral("clip.copy_pose"))->trigger();
  ASSERT_TRUE(paste->isEnabled());
  workspace.playback.seek(0.9);
  paste->trigger();
  EXPECT_NEAR(degrees(18), 40, 0.1);
  EXPECT_NEAR(degrees(10), 40, 0.1);
  EXPECT_NEAR(degrees(20), 0, 0.1) << "the next key stays";
  const auto keys = workspace.keys();
  EXPECT_NE(std::find(keys.begin(), keys.end(), 18), keys.end());
}

}  // namespace
}  // namespace mp4d::test
