// Makes the pictures of docs/studio.md: make_studio_pictures OUT_FOLDER [MODEL], under a display with OpenGL. With MODEL, that
// model is shown too.
#include "app/studio/batch_window.h"
#include "app/studio/main_window.h"
#include "app/studio/mask_editor.h"
#include "app/studio/stage_panel.h"
#include "app/studio/studio.h"
#include "core/assets.h"
#include "core/files.h"
#include "core/runtime.h"
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDialog>
#include <QDockWidget>
#include <QPainter>
#include <QEventLoop>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <cstdio>

using namespace mp4d;

namespace {

/// Lets the window be laid out and drawn.
void settle(int ms = 400) {
  QEventLoop loop;
  QTimer::singleShot(ms, &loop, &QEventLoop::quit);
  loop.exec();
}

struct Photographer {
  std::filesystem::path folder;
  MainWindow& window;

  void trigger(const char* id) const { window.actions().find(QLatin1String(id))->trigger(); }
  void raise(const char* dock) const { window.findChild<QDockWidget*>(QLatin1String(dock))->raise(); }
  void theme(const char* name) const {
    window.actions().find(QStringLiteral("theme.") + QLatin1String(name))->setChecked(true);
    settle();
  }
  /// The window as it is on the screen: grab() would put OpenGL's picture over what is painted on it.
  QPixmap whole_window() const {
    settle();
    QPixmap whole = window.grab();
    if (window.viewport().isVisible()) {
      QPainter painter(&whole);
      painter.setCompositionMode(QPainter::CompositionMode_Source);
      painter.drawImage(window.viewport().mapTo(&window, QPoint()), window.viewport().picture());
    }
    return whole;
  }
  void shoot(const char* name) const { whole_window().save(to_qstring(folder / (std::string(name) + ".png"))); }
  /// The window with a dialog of its own over its middle.
  void shoot_with(const char* dialog_name, const char* name) const {
    auto* dialog = window.findChild<QDialog*>(QLatin1String(dialog_name));
    QPixmap whole = whole_window();
    QPainter painter(&whole);
    const QPixmap over = dialog->grab();
    const QPoint at((whole.width() - over.width()) / 2, (whole.height() - over.height()) / 2);
    painter.fillRect(QRect(at, over.size()).adjusted(-1, -1, 1, 1), QColor(0, 0, 0, 120));
    painter.drawPixmap(at, over);
    painter.end();
    whole.save(to_qstring(folder / (std::string(name) + ".png")));
    dialog->close();
  }
  /// A window beside the main one, without what is behind it.
  void shoot_window(QWidget& beside, const char* name) const {
    settle();
    beside.grab().save(to_qstring(folder / (std::string(name) + ".png")));
  }
  /// Light and dark.
  void shoot_both(QWidget& beside, const std::string& name) const {
    theme("light");
    shoot_window(beside, (name + "-light").c_str());
    theme("dark");
    shoot_window(beside, (name + "-dark").c_str());
  }
  void wait() const {
    while (window.workspace().job.running()) settle(50);
  }
  void open(const std::filesystem::path& path) const {
    window.workspace().open(path);
    wait();
  }
};

/// A batch with jobs that are done, failed and running. Paths in it are relative, so that no folder's name is in the picture.
void shoot_batch(const Photographer& p, const std::filesystem::path& clip, const std::filesystem::path& home) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::create_directories(home / "clips");
  std::filesystem::current_path(home);
  std::filesystem::copy_file(clip, "clips/creature.mp4");
  std::filesystem::copy_file(clip, "clips/creature_again.mp4");
  (void)write_atomically("clips/broken.mp4", "no video");
  BatchModel& batch = p.window.batch();
  batch.program = {MP4D_PROGRAM, "--headless"};
  p.trigger("file.batch");
  auto& beside = *p.window.findChild<BatchWindow*>();
  p.shoot_both(beside, "batch-empty");
  p.window.workspace().set_option(Stage::kPhase1, "effort", "0.1");
  beside.findChild<QLineEdit*>(QStringLiteral("batchFolder"))->setText(QStringLiteral("results"));
  auto* options = beside.findChild<QComboBox*>(QStringLiteral("batchOptions"));
  options->setCurrentIndex(1);
  beside.add({"clips/broken.mp4", "clips/creature.mp4", "clips/creature_again.mp4"});
  beside.findChild<QPushButton*>(QStringLiteral("batchRun"))->click();
  while (batch.job.running() && batch.count(JobStatus::kDone) < 1) settle(50);
  settle(4000);
  beside.findChild<QTableView*>(QStringLiteral("batchTable"))->selectRow(1);
  p.shoot_both(beside, "batch");
  beside.findChild<QTableView*>(QStringLiteral("batchTable"))->selectRow(0);
  p.shoot_window(beside, "batch-error");
  batch.job.cancel();
  while (batch.job.running()) settle(50);
  beside.close();
  std::filesystem::current_path(before);
}

}  // namespace

int main(int argc, char** argv) {
  tune_process();
  if (argc < 2 || argc > 3) {
    std::fputs("usage: make_studio_pictures OUT_FOLDER [MODEL]\n", stderr);
    return 2;
  }
  set_surface_format();
  QApplication app(argc, argv);
  const auto home = TempFolder::create();
  const auto clip = find_asset("demo/creature.mp4");
  if (!home || !clip) return 1;
  QSettings settings(to_qstring(home->path() / "settings.ini"), QSettings::IniFormat);
  Workspace workspace(settings, {home->path() / "cache", home->path() / "recovery"});
  MainWindow window(workspace, system_dialogs());
  window.resize(1280, 800);
  window.show();
  const Photographer p{argv[1], window};
  p.theme("light");
  p.shoot("empty");
  p.theme("dark");
  p.shoot("empty-dark");

  if (argc == 3) {
    p.open(argv[2]);
    p.theme("light");
    window.workspace().playback.set_playing(true);
    settle(500);
    p.shoot("model-light");
    p.theme("dark");
    p.shoot("model-dark");
    window.workspace().playback.set_playing(false);
    window.workspace().select_joint(std::min(8, window.workspace().state().character.skeleton->size() - 1));
    p.trigger("view.trajectory");
    p.trigger("view.ghosts");
    p.raise("motionDock");
    p.shoot("motion");
    p.trigger("view.ghosts");
    p.trigger("view.trajectory");
    p.raise("weightDock");
    window.findChild<QComboBox*>(QStringLiteral("brushMode"))->setCurrentIndex(1);
    p.shoot("brush");
    window.findChild<QComboBox*>(QStringLiteral("brushMode"))->setCurrentIndex(0);
    p.trigger("view.textured");
    p.raise("rigDock");
    p.open(home->path() / "missing.glb");
    p.shoot("error");
    window.workspace().issues.clear();
  }

  shoot_batch(p, *clip, home->path());
  p.trigger("file.person");
  window.findChild<QLineEdit*>(QStringLiteral("personWords"))->setText(QStringLiteral("a tall old man in a grey suit, waving"));
  p.shoot_with("personDialog", "person");
  p.open(*clip);
  p.shoot("clip");
  p.trigger("edit.masks");
  auto* editor = window.findChild<MaskEditor*>();
  editor->findChild<QPushButton*>(QStringLiteral("maskFind"))->click();
  while (editor->job().running()) settle(50);
  p.shoot_with("maskEditor", "masks");
  workspace.set_option(Stage::kPhase1, "effort", "0.1");  // the pictures are of the window
  workspace.set_option(Stage::kPhase1, "category", "quadruped");
  p.trigger("stage.reconstruct");
  while (window.workspace().job.running() && window.workspace().progress().phase != "phase 1") settle(50);
  settle(1500);
  p.shoot("running");
  p.wait();
  window.workspace().playback.seek(0.8);
  p.shoot("dark");
  p.theme("light");
  p.shoot("light");
  p.trigger("view.through_camera");
  p.shoot("camera");
  p.trigger("view.through_camera");
  p.trigger("edit.joints");
  p.shoot("joints");
  p.trigger("edit.joints");
  window.workspace().set_motion(*clip);
  window.findChild<StagePanel*>()->choose(Stage::kTransfer);
  p.shoot("transfer");
  p.trigger("file.export");
  p.shoot_with("exportDialog", "export");
  p.trigger("edit.search");
  p.shoot_with("actionSearch", "search");
  return 0;
}
