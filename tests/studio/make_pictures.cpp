// Makes the pictures of docs/studio.md, light and dark: make_studio_pictures OUT_FOLDER MODEL [GROUP [LANGUAGE]], under a
// display with OpenGL. Groups: start, model, batch, field, clip, or all. MODEL: a rigged model with a clip. LANGUAGE: de or
// zh. No picture shows the folders of the machine.
#include "app/studio/batch_window.h"
#include "app/studio/export_dialog.h"
#include "app/studio/field_panel.h"
#include "app/studio/main_window.h"
#include "app/studio/mask_editor.h"
#include "app/studio/rig_view.h"
#include "app/studio/stage_panel.h"
#include "app/studio/studio.h"
#include "app/studio/timeline.h"
#include "app/studio/transfer_editor.h"
#include "core/assets.h"
#include "core/files.h"
#include "core/runtime.h"
#include "io/model_io.h"
#include "tests/synthetic/creatures.h"
#include "tests/synthetic/field_scenes.h"
#include "tests/tools/paths.h"
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QEventLoop>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <cstdio>

using namespace mp4d;

namespace {

namespace fs = std::filesystem;

/// Lets the window be laid out and drawn.
void settle(int ms = 400) {
  QEventLoop loop;
  QTimer::singleShot(ms, &loop, &QEventLoop::quit);
  loop.exec();
}

struct Photographer {
  fs::path folder, home;
  MainWindow& window;

  Workspace& workspace() const { return window.workspace(); }
  template <class Widget>
  Widget& find(const char* name) const {
    return *window.findChild<Widget*>(QLatin1String(name));
  }
  void trigger(const char* id) const { window.actions().find(QLatin1String(id))->trigger(); }
  void raise(const char* dock) const { find<QDockWidget>(dock).raise(); }
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
  void save(const QPixmap& picture, const std::string& name) const { picture.save(to_qstring(folder / (name + ".png"))); }
  /// Of the whole window, light and dark.
  void shoot(const std::string& name) const {
    for (const char* theme_name : {"light", "dark"}) {
      theme(theme_name);
      save(whole_window(), name + "-" + theme_name);
    }
  }
  /// Of a dialog or of a window beside the main one, light and dark.
  void shoot_beside(QWidget& beside, const std::string& name) const {
    for (const char* theme_name : {"light", "dark"}) {
      theme(theme_name);
      save(beside.grab(), name + "-" + theme_name);
    }
  }
  void shoot_dialog(const char* dialog_name, const std::string& name) const {
    auto& dialog = find<QDialog>(dialog_name);
    shoot_beside(dialog, name);
    dialog.close();
    settle(50);
  }
  void wait() const {
    while (workspace().job.running()) settle(50);
  }
  void open(const fs::path& path) const {
    workspace().open(path);
    wait();
  }
};

void shoot_start(const Photographer& p) {
  p.shoot("start");
  p.trigger("file.person");
  p.find<QLineEdit>("personWords").setText(QStringLiteral("a tall old man in a grey suit, waving"));
  p.shoot_dialog("personDialog", "person");
  p.trigger("edit.preferences");
  auto& preferences = p.find<QDialog>("preferences");
  auto* tabs = preferences.findChild<QTabWidget*>();
  for (int tab = 0; tab < tabs->count(); ++tab) {
    tabs->setCurrentIndex(tab);
    p.shoot_beside(preferences, "preferences" + std::to_string(tab + 1));
  }
  preferences.close();
  p.trigger("edit.search");
  p.find<QLineEdit>("actionWords").setText(QStringLiteral("camera"));
  p.shoot_dialog("actionSearch", "search");
}

void shoot_model(const Photographer& p, const fs::path& model) {
  Workspace& workspace = p.workspace();
  p.open(model);
  workspace.playback.seek(0.4);
  p.shoot("model");
  p.trigger("renderer.open3d");
  p.shoot("open3d");
  p.trigger("renderer.auto");
  // The joint that moves in most keys shows most of the timeline.
  int joint = 0;
  std::size_t most = 0;
  for (int j = 1; j < workspace.state().character.skeleton->size(); ++j) {
    workspace.select_joint(j);
    if (workspace.keys().size() > most) most = workspace.keys().size(), joint = j;
  }
  workspace.select_joint(joint);
  workspace.choose_keys({workspace.keys()[workspace.keys().size() / 2]});
  p.trigger("view.trajectory");
  p.trigger("view.ghosts");
  p.raise("motionDock");
  p.shoot("motion");
  p.trigger("view.ghosts");
  p.trigger("view.trajectory");
  p.raise("weightDock");
  p.find<QComboBox>("brushMode").setCurrentIndex(1);
  p.shoot("weights");
  p.find<QComboBox>("brushMode").setCurrentIndex(0);
  p.trigger("view.textured");
  p.raise("rigDock");
  p.trigger("edit.joints");
  workspace.set_limit(joint, JointLimit{-1, 0.7, -0.3, 0.3, Vec3::Zero()});
  p.shoot("joints");
  p.trigger("edit.joints");
  workspace.set_motion(model);
  p.find<StagePanel>("stagePanel").choose(Stage::kTransfer);
  p.trigger("stage.transfer");
  p.wait();
  p.shoot("transfer");
  if (!write_glb("walker.glb", make_quadruped(40))) return;
  workspace.set_motion("walker.glb");
  p.trigger("stage.compare");
  while (!workspace.transfer_sides()) settle(50);
  auto& sides = p.find<TransferEditor>("transferEditor");
  settle();
  Q_EMIT p.find<RigView>("transferTarget").joint_clicked(workspace.transfer_sides()->target.joints.back().front());
  p.shoot_beside(sides, "sides");
  p.find<QCheckBox>("transferOver").setChecked(true);
  p.shoot_beside(sides, "sides-rest");
  sides.close();
  workspace.settings().setValue(QStringLiteral("export_folder"), QStringLiteral("~/Projects"));
  p.trigger("file.export");
  p.shoot_dialog("exportDialog", "export");
  p.open("missing.glb");
  p.shoot("issues");
  workspace.issues.clear();
}

/// A batch with jobs that are done, failed and running.
void shoot_batch(const Photographer& p, const fs::path& clip) {
  fs::create_directories("clips");
  fs::copy_file(clip, "clips/creature.mp4");
  fs::copy_file(clip, "clips/creature_again.mp4");
  (void)write_atomically("clips/broken.mp4", "no video");
  BatchModel& batch = p.window.batch();
  batch.program = {test::studio_program().string(), "--headless"};
  p.trigger("file.batch");
  auto& beside = *p.window.findChild<BatchWindow*>();
  p.shoot_beside(beside, "batch-empty");
  p.workspace().set_option(Stage::kPhase1, "effort", "0.1");
  p.workspace().set_option(Stage::kPhase1, "category", "quadruped");
  beside.findChild<QLineEdit*>(QStringLiteral("batchFolder"))->setText(QStringLiteral("results"));
  auto* options = beside.findChild<QComboBox*>(QStringLiteral("batchOptions"));
  options->setCurrentIndex(1);
  beside.add({"clips/broken.mp4", "clips/creature.mp4", "clips/creature_again.mp4"});
  beside.findChild<QPushButton*>(QStringLiteral("batchRun"))->click();
  while (batch.job.running() && batch.count(JobStatus::kDone) < 1) settle(50);
  settle(4000);
  beside.findChild<QTableView*>(QStringLiteral("batchTable"))->selectRow(1);
  p.shoot_beside(beside, "batch");
  beside.findChild<QTableView*>(QStringLiteral("batchTable"))->selectRow(0);
  p.shoot_beside(beside, "batch-error");
  batch.job.cancel();
  while (batch.job.running()) settle(50);
  beside.close();
}

void shoot_field(const Photographer& p) {
  FieldSceneOptions options;
  options.width = 160;
  options.height = 120;
  options.views = 40;
  options.supersample = 2;
  if (const auto written = write_transforms_scene("object", make_object(options)); !written) return;
  p.trigger("file.field");
  p.shoot("field-empty");
  FieldWork& field = p.workspace().field;
  field.open("object");
  p.wait();
  p.shoot("field-cameras");
  field.set_option("minutes", "0.5");
  field.set_option("resolution", "80");
  field.set_option("batch", "1024");
  field.train();
  while (p.workspace().job.running() && field.progress() < 0.5) settle(50);
  p.shoot("field");
  p.wait();
  p.find<QPushButton>("fieldMesh").click();
  p.wait();
  p.shoot("field-mesh");
}

void shoot_clip(const Photographer& p, const fs::path& clip) {
  Workspace& workspace = p.workspace();
  p.open(clip);
  p.shoot("clip");
  p.trigger("edit.masks");
  auto* editor = p.window.findChild<MaskEditor*>();
  auto* canvas = editor->findChild<MaskCanvas*>();
  settle();
  Q_EMIT canvas->pointed(0.5 * workspace.footage().pictures[0].width(), 0.55 * workspace.footage().pictures[0].height(), true);
  while (editor->job().running()) settle(50);
  p.shoot_beside(*editor, "masks-point");
  editor->findChild<QPushButton*>(QStringLiteral("maskFind"))->click();
  while (editor->job().running()) settle(50);
  p.shoot_dialog("maskEditor", "masks");
  workspace.set_option(Stage::kPhase1, "effort", "0.3");  // the pictures are of the window
  workspace.set_option(Stage::kPhase1, "category", "quadruped");
  p.find<StagePanel>("stagePanel").choose(Stage::kPhase1);
  p.trigger("stage.reconstruct");
  p.find<StagePanel>("stagePanel").choose(Stage::kPhase1);
  while (workspace.job.running() && (workspace.progress().phase != "phase 1" || !workspace.preview())) settle(50);
  settle(1500);
  workspace.job.set_paused(true);
  p.shoot("running");
  p.find<QTabWidget>("stageTabs").setCurrentIndex(1);
  p.shoot("log");
  p.find<QTabWidget>("stageTabs").setCurrentIndex(0);
  workspace.job.set_paused(false);
  p.wait();
  workspace.playback.seek(0.8);
  p.shoot("reconstructed");
  p.trigger("view.picture_beside");
  p.trigger("view.camera_path");
  p.shoot("beside");
  p.trigger("view.camera_path");
  p.trigger("view.picture_beside");
  p.trigger("view.through_camera");
  p.shoot("camera");
  p.trigger("view.skeleton");
  p.trigger("view.silhouettes");
  p.shoot("outlines");
  p.trigger("view.silhouettes");
  p.trigger("view.error");
  p.shoot("error");
  p.trigger("view.error");
  p.trigger("view.skeleton");
  p.trigger("view.through_camera");
}

}  // namespace

int main(int argc, char** argv) {
  tune_process();
  if (argc < 3 || argc > 5) {
    std::fputs("usage: make_studio_pictures OUT_FOLDER MODEL [all|start|model|batch|field|clip [LANGUAGE]]\n", stderr);
    return 2;
  }
  set_surface_format();
  QApplication app(argc, argv);
  const std::string group = argc >= 4 ? argv[3] : "all";
  const fs::path out = fs::absolute(argv[1]), model = fs::absolute(argv[2]);
  const auto home = TempFolder::create();
  const auto clip = find_asset("demo/creature.mp4");
  if (!home || !clip) return 1;
  const fs::path demo = fs::absolute(*clip);
  fs::current_path(home->path());  // names relative to it have no folder of the machine
  if (argc == 5) install_language(app, QString::fromUtf8(argv[4]), QStringLiteral(MP4D_TRANSLATIONS));
  QSettings settings(to_qstring(home->path() / "settings.ini"), QSettings::IniFormat);
  Workspace workspace(settings, {home->path() / "cache", home->path() / "recovery", home->path() / "templates", home->path() / "maps"});
  MainWindow window(workspace, system_dialogs());
  window.resize(1280, 800);
  window.show();
  const Photographer p{out, home->path(), window};
  const auto wanted = [&](const char* name) { return group == "all" || group == name; };
  if (wanted("start")) shoot_start(p);
  if (wanted("batch")) shoot_batch(p, demo);
  if (wanted("model")) shoot_model(p, model);
  if (wanted("clip")) shoot_clip(p, demo);
  if (wanted("field")) shoot_field(p);
  return 0;
}
