// The window as a user meets it: widgets by name, dialogs answered by the test.
#include "../app/process.h"
#include "../io/drawn_clip.h"
#include "app/studio/mask_editor.h"
#include "app/studio/stage_panel.h"
#include "app/studio/timeline.h"
#include "io/masks.h"
#include "studio_fixture.h"
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDoubleSpinBox>
#include <QDropEvent>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

namespace mp4d::test {
namespace {

struct Window : Studio {
  std::unique_ptr<Workspace> space;
  std::unique_ptr<MainWindow> window;

  Window() { start(); }
  void start() {
    window.reset();
    space = std::make_unique<Workspace>(settings, folders);
    window = std::make_unique<MainWindow>(*space, dialogs());
    window->show();
  }
  Workspace& workspace() { return window->workspace(); }
  template <class Widget>
  Widget* find(const char* name) {
    auto* widget = window->findChild<Widget*>(QLatin1String(name));
    EXPECT_NE(widget, nullptr) << name;
    return widget;
  }
  QAction* action(const char* id) {
    QAction* found = window->actions().find(QLatin1String(id));
    EXPECT_NE(found, nullptr) << id;
    return found;
  }
  void open_beam() { open(workspace(), beam_file()); }
};

TEST_F(Window, OpenScrubPlayEditUndoExportSaveReopen) {
  EXPECT_TRUE(find<QWidget>("startPage")->isVisible());
  file_answer = QString::fromStdString(beam_file());
  find<QPushButton>("openButton")->click();
  ASSERT_TRUE(wait_for(workspace().job));
  ASSERT_TRUE(workspace().state().character) << issues(workspace());
  EXPECT_FALSE(find<QWidget>("startPage")->isVisible());
  EXPECT_TRUE(find<QWidget>("viewport")->isVisible());

  auto* ruler = find<TimelineRuler>("timelineRuler");
  QTest::mouseClick(ruler, Qt::LeftButton, {}, QPoint(static_cast<int>(ruler->x_of(workspace().playback.duration())), 10));
  EXPECT_DOUBLE_EQ(workspace().playback.time(), workspace().playback.duration());
  QTest::keyClick(ruler, Qt::Key_Left);
  EXPECT_EQ(workspace().playback.frame(), 7);
  find<QToolButton>("playButton")->click();
  ASSERT_TRUE(workspace().playback.playing());
  const double from = workspace().playback.time();
  ASSERT_TRUE(wait_until([&] { return workspace().playback.time() != from; })) << "the window's clock runs";
  find<QToolButton>("playButton")->click();

  auto* tree = find<QTreeWidget>("jointTree");
  QTreeWidgetItem* joint = tree->topLevelItem(0)->child(0);
  tree->setCurrentItem(joint);
  EXPECT_EQ(workspace().selected_joint(), 1);
  joint->setText(0, "neck");
  EXPECT_EQ(workspace().state().character.skeleton->joints[1].name, "neck");
  find<QDoubleSpinBox>("jointPlace1")->setValue(0.15);
  EXPECT_NEAR(workspace().state().character.skeleton->joints[1].rest.translation.y(), 0.15, 1e-5);
  EXPECT_TRUE(window->isWindowModified());
  action("edit.undo")->trigger();
  EXPECT_NEAR(workspace().state().character.skeleton->joints[1].rest.translation.y(), 0, 1e-5);
  EXPECT_EQ(tree->topLevelItem(0)->child(0)->text(0), "neck");

  action("file.export")->trigger();
  auto* dialog = find<QDialog>("exportDialog");
  const std::string out = folder / "out.fbx";
  dialog->findChild<QLineEdit*>("exportFile")->setText(QString::fromStdString(out));
  dialog->findChild<QComboBox*>("option-for")->setCurrentText("unreal");
  dialog->findChild<QPushButton*>("exportButton")->click();
  ASSERT_TRUE(wait_for(workspace().job));
  EXPECT_TRUE(std::filesystem::exists(out)) << issues(workspace());
  EXPECT_TRUE(dialog->findChild<QLabel*>("exportOutcome")->text().startsWith("Written. "));
  EXPECT_EQ(workspace().state().format.target, "unreal");
  dialog->close();
  const auto exported = read_model(out);
  ASSERT_TRUE(exported);
  EXPECT_GE(exported->skeleton.find("neck"), 0);

  save_answer = QString::fromStdString(folder / "beam");
  action("file.save")->trigger();
  ASSERT_TRUE(wait_for(workspace().saver));
  EXPECT_FALSE(window->isWindowModified()) << issues(workspace());
  ASSERT_TRUE(std::filesystem::exists(folder / "beam.mp4d"));

  start();
  auto* recent = find<QPushButton>("recent");
  EXPECT_EQ(recent->text(), "beam.mp4d");
  recent->click();
  ASSERT_TRUE(wait_for(workspace().job));
  ASSERT_TRUE(workspace().state().character) << issues(workspace());
  EXPECT_EQ(workspace().state().character.skeleton->joints[1].name, "neck");
  EXPECT_EQ(workspace().state().format.target, "unreal");
}

TEST_F(Window, AnExportThatFailsSaysWhyAndWritesNothing) {
  open_beam();
  action("file.export")->trigger();
  auto* dialog = find<QDialog>("exportDialog");
  dialog->findChild<QLineEdit*>("exportFile")->setText(QString::fromStdString(folder / "nowhere/out.glb"));
  dialog->findChild<QPushButton*>("exportButton")->click();
  ASSERT_TRUE(wait_for(workspace().job));
  const QString outcome = dialog->findChild<QLabel*>("exportOutcome")->text();
  EXPECT_TRUE(outcome.startsWith("Not written. ") && outcome.contains("nowhere")) << outcome.toStdString();
  EXPECT_EQ(workspace().issues.count(Issues::Severity::kError), 1);
}

TEST_F(Window, AFileDroppedOnItIsOpened) {
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(QString::fromStdString(beam_file()))});
  QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window.get(), &enter);
  EXPECT_TRUE(enter.isAccepted());
  QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window.get(), &drop);
  ASSERT_TRUE(wait_for(workspace().job));
  EXPECT_TRUE(workspace().state().character) << issues(workspace());
}

TEST_F(Window, ActionsAreFoundByTheirWordsAndRun) {
  open_beam();
  action("edit.search")->trigger();
  auto* search = find<QDialog>("actionSearch");
  auto* words = search->findChild<QLineEdit*>("actionWords");
  QTest::keyClicks(words, "qqq");
  auto* nothing = search->findChild<QListWidget*>("actionList");
  ASSERT_EQ(nothing->count(), 1) << "it says that there is none";
  QTest::keyClick(words, Qt::Key_Return);
  EXPECT_TRUE(search->isVisible());
  words->clear();
  QTest::keyClicks(words, "weights skin");
  auto* found = search->findChild<QListWidget*>("actionList");
  ASSERT_EQ(found->count(), 1);
  QTest::keyClick(words, Qt::Key_Return);
  EXPECT_EQ(window->viewport().view().look, SurfaceLook::kWeights);
}

TEST_F(Window, EveryActionHasAnIdOfItsOwnAndNoShortcutIsGivenTwice) {
  std::set<QString> ids, keys;
  for (const QAction* a : window->actions().all()) {
    EXPECT_TRUE(ids.insert(a->objectName()).second) << a->objectName().toStdString();
    if (!a->shortcut().isEmpty()) {
      EXPECT_TRUE(keys.insert(a->shortcut().toString()).second) << a->shortcut().toString().toStdString();
    }
  }
}

TEST_F(Window, FormsFollowTheDocumentAndItsHistory) {
  open_beam();
  auto* list = find<QListWidget>("stageList");
  ASSERT_EQ(list->count(), 3);  // rig, transfer, export
  list->setCurrentRow(0);
  auto* resolution = find<QSpinBox>("option-resolution");
  resolution->setValue(96);
  EXPECT_EQ(workspace().state().rig.resolution, 96);
  action("edit.undo")->trigger();
  EXPECT_EQ(resolution->value(), AutoRigOptions().resolution);
}

TEST_F(Window, TheMotionIsChosenAndRunFromTheStageList) {
  open_beam();
  auto* list = find<QListWidget>("stageList");
  list->setCurrentRow(1);
  EXPECT_FALSE(find<QPushButton>("runButton")->isEnabled()) << "there is no motion yet";
  file_answer = QString::fromStdString(beam_file());
  find<QPushButton>("chooseMotion")->click();
  EXPECT_TRUE(find<QPushButton>("runButton")->isEnabled());
  find<QPushButton>("runButton")->click();
  EXPECT_TRUE(workspace().job.running());
  EXPECT_TRUE(find<QPushButton>("stopButton")->isVisible());
  ASSERT_TRUE(wait_for(workspace().job));
  EXPECT_FALSE(find<QPushButton>("stopButton")->isVisible());
}

TEST_F(Window, JointsAreDraggedInTheView) {
  open_beam();
  action("edit.joints")->setChecked(true);
  window->viewport().look_from(0.5f, 0.3f);
  auto* canvas = find<QWidget>(window->viewport().uses_gl() ? "glCanvas" : "cpuCanvas");
  workspace().rename_joint(1, "front2");
  workspace().move_joint(1, Vec3(0, 0, 0.5f));
  workspace().document.end_merge();
  const int steps = workspace().document.history()->count();
  const ViewFrame frame = window->viewport().frame(window->viewport().size());
  const Vec3 at = project(frame.camera, frame.root_from_joint[1].topRightCorner<3, 1>());
  const QPoint from(static_cast<int>(at.x()), static_cast<int>(at.y()));
  QTest::mousePress(canvas, Qt::LeftButton, {}, from);
  QTest::mouseMove(canvas, from + QPoint(10, 0));
  QTest::mouseMove(canvas, from + QPoint(30, 0));
  QTest::mouseRelease(canvas, Qt::LeftButton, {}, from + QPoint(30, 0));
  EXPECT_EQ(workspace().selected_joint(), 1);
  EXPECT_EQ(workspace().document.history()->count(), steps + 1) << "a drag is one step";
  const ViewFrame after = window->viewport().frame(window->viewport().size());
  const Vec3 now = project(after.camera, after.root_from_joint[1].topRightCorner<3, 1>());
  EXPECT_NEAR(now.x(), from.x() + 30, 1.5);
  EXPECT_NEAR(now.y(), from.y(), 1.5);
}

TEST_F(Window, APersonIsMadeFromWordsAndAPose) {
  action("file.person")->trigger();
  auto* dialog = find<QDialog>("personDialog");
  QTest::keyClicks(dialog->findChild<QLineEdit*>("personWords"), "a tall old man");
  auto* pose = dialog->findChild<QComboBox*>("personPose");
  ASSERT_GT(pose->count(), 10);
  pose->setCurrentText("t-pose");
  dialog->findChild<QCheckBox*>("personQuick")->setChecked(true);
  dialog->findChild<QPushButton*>("personMake")->click();
  ASSERT_TRUE(wait_for(workspace().job));
  ASSERT_TRUE(workspace().state().character) << issues(workspace());
  EXPECT_GT(workspace().state().character.skeleton->size(), 15);
  EXPECT_TRUE(workspace().document.dirty()) << "it is in no file yet";
  EXPECT_TRUE(find<QWidget>("viewport")->isVisible());
  EXPECT_TRUE(workspace().issues.report().contains("understood")) << issues(workspace());
}

TEST_F(Window, MasksArePaintedCarriedSavedAndUsed) {
  const auto clip = draw_clip({.count = 6, .step_x = 2, .start_x = 100});
  std::filesystem::create_directory(folder / "clip");
  for (std::size_t t = 0; t < clip.frames.images.size(); ++t)
    ASSERT_TRUE(write_image(folder / ("clip/" + clip.frames.names[t] + ".png"), clip.frames.images[t]));
  open(workspace(), folder / "clip");
  ASSERT_FALSE(workspace().footage().pictures.empty()) << issues(workspace());
  action("edit.masks")->trigger();
  auto* editor = find<MaskEditor>("maskEditor");
  EXPECT_FALSE(editor->findChild<QPushButton*>("maskSave")->isEnabled()) << "there is nothing to save";
  auto* canvas = editor->findChild<MaskCanvas*>("maskCanvas");
  // A click on the subject finds it; undone, it is painted in strokes.
  const Mask& truth = clip.truth[0];
  const auto [x, y] = clip.centres[0];
  QTest::mouseClick(canvas, Qt::LeftButton, {}, canvas->on_screen(QPointF(x, y)).toPoint());
  ASSERT_TRUE(wait_for(editor->job()));
  EXPECT_GT(mask_iou(editor->masks()[0], truth), 0.85);
  editor->findChild<QPushButton*>("maskUndo")->click();
  EXPECT_TRUE(editor->masks()[0].empty());
  QTest::mouseClick(canvas, Qt::RightButton, {}, canvas->on_screen(QPointF(5, 5)).toPoint());
  EXPECT_FALSE(editor->job().running()) << "there is nothing that background could be taken from";
  editor->findChild<QRadioButton*>("maskAdd")->setChecked(true);
  editor->findChild<QSpinBox*>("maskRadius")->setValue(4);
  for (int y = 2; y < truth.height; y += 4)
    for (int x = 2; x < truth.width; x += 4)
      if (truth.at(x, y)) Q_EMIT canvas->touched(x, y, 3.5, false);
  EXPECT_GT(mask_iou(editor->masks()[0], truth), 0.85);
  const QPoint corner = canvas->on_screen(QPointF(5, 5)).toPoint();
  QTest::mouseClick(canvas, Qt::LeftButton, {}, corner);
  EXPECT_EQ(editor->masks()[0].at(5, 5), 255);
  editor->findChild<QPushButton*>("maskUndo")->click();
  EXPECT_EQ(editor->masks()[0].at(5, 5), 0);
  Q_EMIT canvas->stroke_begun();
  Q_EMIT canvas->touched(truth.width - 1, 0, 1, true);
  Q_EMIT canvas->stroke_ended();
  editor->findChild<QPushButton*>("maskCarry")->click();
  ASSERT_TRUE(wait_for(editor->job()));
  for (std::size_t t = 1; t < clip.truth.size(); ++t) EXPECT_GT(mask_iou(editor->masks()[t], clip.truth[t]), 0.85) << t;
  folder_answer = QString::fromStdString(folder / "masks");
  editor->findChild<QPushButton*>("maskSave")->click();
  ASSERT_TRUE(wait_until([&] { return !workspace().state().masks.empty(); }));
  const auto saved = read_masks(folder / "masks", clip.frames);
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_GT(mask_iou(saved->masks[3], clip.truth[3]), 0.85);
}

TEST_F(Window, ChainsAreChosenInTheTable) {
  open_beam();
  file_answer = QString::fromStdString(beam_file());
  window->findChild<StagePanel*>()->choose(Stage::kTransfer);
  find<QPushButton>("chooseMotion")->click();
  find<QPushButton>("runButton")->click();
  ASSERT_TRUE(wait_for(workspace().job));
  ASSERT_TRUE(wait_until([&] { return window->findChild<QComboBox*>("chain-trunk") != nullptr; })) << issues(workspace());
  EXPECT_EQ(find<QComboBox>("chain-trunk")->currentText(), "trunk");
  for (const NamedChain& chain : workspace().chain_map().target) {
    auto* box = find<QComboBox>(("chain-" + chain_name(chain)).c_str());
    box->setCurrentIndex(0);
    Q_EMIT box->activated(0);
  }
  ASSERT_TRUE(wait_until([&] { return window->findChild<QComboBox*>("chain-trunk")->currentIndex() == 0; }));
  find<QPushButton>("runButton")->click();
  EXPECT_EQ(workspace().issues.count(Issues::Severity::kError), 1) << "nothing would follow anything";
  EXPECT_FALSE(workspace().job.running());
  find<QPushButton>("chainsAnew")->click();
  ASSERT_TRUE(wait_until([&] { return window->findChild<QComboBox*>("chain-trunk")->currentText() == "trunk"; }));
}

TEST_F(Window, ChangesAreAskedAboutBeforeAnotherFileOpensAndOnClosing) {
  open_beam();
  workspace().rename_joint(1, "x");
  save_choice = SaveChoice::kCancel;
  file_answer = QString::fromStdString(beam_file());
  action("file.open")->trigger();
  EXPECT_EQ(asked_to_save, 1);
  EXPECT_FALSE(workspace().job.running());
  EXPECT_EQ(workspace().state().character.skeleton->joints[1].name, "x");
  window->close();
  EXPECT_EQ(asked_to_save, 2);
  EXPECT_TRUE(window->isVisible());
  save_choice = SaveChoice::kSave;
  save_answer = QString::fromStdString(folder / "kept.mp4d");
  window->close();
  ASSERT_TRUE(wait_until([&] { return !window->isVisible(); }));
  EXPECT_TRUE(std::filesystem::exists(folder / "kept.mp4d"));
  EXPECT_FALSE(std::filesystem::exists(folders.recovery) && !std::filesystem::is_empty(folders.recovery));
}

TEST_F(Window, ClosesWhileWorkRuns) {
  open_beam();
  workspace().job.start("endless", {{"wait", 1}}, [](JobContext& context) -> Result<Job::Commit> {
    context.begin_phase("wait");
    while (true) MP4D_CHECK(context.check());
  });
  window->close();
  ASSERT_TRUE(wait_until([&] { return !window->isVisible(); }));
  EXPECT_FALSE(workspace().job.running());
}

TEST_F(Window, PreferencesAreKeptAndHold) {
  action("edit.preferences")->trigger();
  auto* dialog = find<QDialog>("preferences");
  auto* theme = dialog->findChild<QComboBox*>("preferTheme");
  ASSERT_EQ(theme->count(), 3);
  theme->setCurrentIndex(2);
  Q_EMIT theme->activated(2);
  EXPECT_TRUE(action("theme.dark")->isChecked());
  dialog->findChild<QSpinBox*>("preferThreads")->setValue(1);
  dialog->findChild<QComboBox*>("preferDevice")->setCurrentText("cpu");
  auto* keys = dialog->findChild<QKeySequenceEdit*>("keys-view.ground");
  keys->setKeySequence(QKeySequence("T"));
  Q_EMIT keys->editingFinished();
  EXPECT_EQ(action("view.ground")->shortcut(), QKeySequence("T"));
  EXPECT_TRUE(action("view.textured")->shortcut().isEmpty()) << "who had it lost it";
  start();  // the program again
  EXPECT_EQ(action("view.ground")->shortcut(), QKeySequence("T"));
  EXPECT_TRUE(action("view.textured")->shortcut().isEmpty());
  open_beam();
  EXPECT_EQ(workspace().state().reconstruct.threads, 1);
  EXPECT_EQ(workspace().state().reconstruct.device, "cpu");
  action("theme.system")->setChecked(true);
}

TEST_F(Window, RemembersTheThemeAndShowsIt) {
  const auto lightness = [&] { return window->palette().color(QPalette::Window).lightness(); };
  action("theme.dark")->setChecked(true);
  EXPECT_TRUE(wait_until([&] { return lightness() < 128; }));
  action("theme.light")->setChecked(true);
  EXPECT_TRUE(wait_until([&] { return lightness() > 128; }));
  EXPECT_EQ(settings.value("theme").toString(), "light");
}

TEST_F(Window, WithoutOpenGlTheViewIsDrawnOnTheProcessorAndSaysSo) {
  if (window->viewport().uses_gl()) GTEST_SKIP() << "this display has OpenGL";
  EXPECT_TRUE(find<QLabel>("backendLabel")->text().contains("no OpenGL"));
  EXPECT_EQ(workspace().issues.count(Issues::Severity::kWarning), 1);
  open_beam();
  const QImage picture = window->viewport().picture();
  std::set<QRgb> colours;
  for (int x = 0; x < picture.width(); x += 3) colours.insert(picture.pixel(x, picture.height() / 2));
  EXPECT_GT(colours.size(), 3u);
}

TEST_F(Window, WhatDrawsTheViewCanBeChosen) {
  open_beam();
  const QString automatic = find<QLabel>("backendLabel")->text();
  action("renderer.processor")->setChecked(true);
  EXPECT_TRUE(find<QLabel>("backendLabel")->text().contains("as chosen"));
  EXPECT_NE(find<QWidget>("cpuCanvas"), nullptr);
  EXPECT_EQ(settings.value("renderer").toString(), "processor");
  const int warnings = workspace().issues.count(Issues::Severity::kWarning);
  action("renderer.open3d")->setChecked(true);
  if (QGuiApplication::platformName() == QLatin1String("xcb")) {
    EXPECT_TRUE(find<QLabel>("backendLabel")->text().contains("Open3D"));
    const QImage picture = window->viewport().picture();
    std::set<QRgb> colours;
    for (int x = 0; x < picture.width(); x += 3) colours.insert(picture.pixel(x, picture.height() / 2));
    EXPECT_GT(colours.size(), 3u);
  } else {
    EXPECT_GT(workspace().issues.count(Issues::Severity::kWarning), warnings);
  }
  action("renderer.auto")->setChecked(true);
  QCoreApplication::sendPostedEvents();
  window->viewport().picture();  // OpenGL tells its name when it first draws
  EXPECT_EQ(find<QLabel>("backendLabel")->text(), automatic);
}

TEST(StudioProgram, HeadlessIsTheCommandLineProgram) {
  const Outcome version = run({"--headless", "--version"}, {}, studio_program());
  EXPECT_EQ(version.exit_code, 0) << version.err;
  const Outcome wrong = run({"--headless", "reconstrukt"}, {}, studio_program());
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_NE(wrong.err.find("did you mean reconstruct"), std::string::npos) << wrong.err;
  EXPECT_EQ(run({"a", "b"}, {}, studio_program()).exit_code, 2);
}

}  // namespace
}  // namespace mp4d::test
