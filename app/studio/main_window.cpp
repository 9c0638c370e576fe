#include "app/studio/main_window.h"
#include "app/studio/batch_window.h"
#include "app/studio/export_dialog.h"
#include "app/studio/field_panel.h"
#include "app/studio/footage_view.h"
#include "app/studio/issue_panel.h"
#include "app/studio/mask_editor.h"
#include "app/studio/motion_panel.h"
#include "app/studio/person_dialog.h"
#include "app/studio/preferences.h"
#include "app/studio/rig_panel.h"
#include "app/studio/session.h"
#include "app/studio/stage_panel.h"
#include "app/studio/start_page.h"
#include "app/studio/theme.h"
#include "app/studio/timeline.h"
#include "app/studio/transfer_editor.h"
#include "app/studio/weight_panel.h"
#include "io/input_kind.h"
#include <QActionGroup>
#include <QCloseEvent>
#include <QDockWidget>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QMimeData>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <algorithm>
#include <cmath>

namespace mp4d {
namespace {

constexpr int kFrameMs = 16;
constexpr int kAutosaveMs = 15000;
constexpr const char* kGeometryKey = "window/geometry";
constexpr const char* kLayoutKey = "window/layout";
constexpr const char* kThemeKey = "theme";
constexpr const char* kRendererKey = "renderer";
constexpr int kLayoutVersion = 2;
constexpr float kQuarter = static_cast<float>(M_PI / 2);

QString project_filter() { return MainWindow::tr("Projects (*%1)").arg(QLatin1String(kProjectEnding)); }

}  // namespace

MainWindow::MainWindow(Workspace& workspace, Dialogs dialogs)
    : workspace_(workspace), settings_(workspace.settings()), dialogs_(std::move(dialogs)), actions_(this) {
  setObjectName(QStringLiteral("mainWindow"));
  setWindowIcon(program_icon());
  setAcceptDrops(true);
  setDockNestingEnabled(true);
  apply_theme(settings_.value(kThemeKey, QStringLiteral("system")).toString());

  pages_ = new QStackedWidget(this);
  auto* start = new StartPage(workspace_, pages_);
  viewport_ = new Viewport(workspace_);
  pages_->addWidget(start);
  auto* views = new QSplitter(pages_);
  views->setChildrenCollapsible(false);
  views->addWidget(viewport_);
  views->addWidget(new FootageView(workspace_, *viewport_, views));
  views->setSizes({500, 500});  // halves, once both are seen
  pages_->addWidget(views);
  setCentralWidget(pages_);
  make_docks();
  make_file_actions();
  make_edit_actions();
  make_view_actions();
  make_look_actions();
  make_clip_actions();
  make_stage_actions();
  apply_shortcuts(settings_, actions_);
  make_menus();

  job_ = new QLabel(this);
  issue_count_ = new QLabel(this);
  issue_count_->setObjectName(QStringLiteral("issueCount"));
  backend_ = new QLabel(this);
  backend_->setObjectName(QStringLiteral("backendLabel"));
  statusBar()->addWidget(job_);
  statusBar()->addPermanentWidget(issue_count_);
  statusBar()->addPermanentWidget(backend_);

  connect(start, &StartPage::open_wanted, actions_.find(QStringLiteral("file.open")), &QAction::trigger);
  connect(start, &StartPage::person_wanted, actions_.find(QStringLiteral("file.person")), &QAction::trigger);
  connect(start, &StartPage::field_wanted, actions_.find(QStringLiteral("file.field")), &QAction::trigger);
  connect(start, &StartPage::batch_wanted, actions_.find(QStringLiteral("file.batch")), &QAction::trigger);
  connect(start, &StartPage::folder_wanted, actions_.find(QStringLiteral("file.open_folder")), &QAction::trigger);
  connect(&workspace_.document, &Document::title_changed, this, &MainWindow::update_state);
  connect(&workspace_.document, &Document::changed, this, &MainWindow::update_state);
  connect(&workspace_, &Workspace::stages_changed, this, &MainWindow::update_state);
  connect(&workspace_, &Workspace::footage_changed, this, &MainWindow::update_state);
  connect(&workspace_, &Workspace::selection_changed, this, &MainWindow::update_state);
  connect(&workspace_.field, &FieldWork::changed, this, &MainWindow::update_state);
  connect(&workspace_.field, &FieldWork::scene_changed, this, [this] {
    update_state();
    show_field();
  });
  connect(&workspace_, &Workspace::recent_changed, this, &MainWindow::fill_recent);
  connect(&workspace_, &Workspace::templates_changed, this, &MainWindow::fill_templates);
  connect(&workspace_.issues, &QAbstractItemModel::rowsInserted, this, [this] {
    findChild<QDockWidget*>(QStringLiteral("issueDock"))->show();
    update_state();
  });
  connect(&workspace_.issues, &QAbstractItemModel::modelReset, this, &MainWindow::update_state);
  connect(viewport_, &Viewport::backend_changed, this, &MainWindow::update_state);
  connect(&workspace_.playback, &Playback::changed, this, [this] {
    if (workspace_.playback.playing() == frame_timer_.isActive()) return;
    if (!workspace_.playback.playing()) return frame_timer_.stop();
    clock_.start();
    frame_timer_.start();
  });
  frame_timer_.setTimerType(Qt::PreciseTimer);
  frame_timer_.setInterval(kFrameMs);
  connect(&frame_timer_, &QTimer::timeout, this, &MainWindow::tick);
  autosave_timer_.start(kAutosaveMs);
  connect(&autosave_timer_, &QTimer::timeout, &workspace_, &Workspace::autosave);

  resize(1280, 800);
  restoreGeometry(settings_.value(kGeometryKey).toByteArray());
  fill_recent();
  fill_templates();
  update_state();
}

MainWindow::~MainWindow() { delete batch_window_; }  // before the model that it shows

void MainWindow::tick() { workspace_.playback.advance(clock_.restart() / 1000.0); }

QDockWidget* MainWindow::dock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area) {
  auto* made = new QDockWidget(title, this);
  made->setObjectName(name);
  made->setWidget(content);
  addDockWidget(area, made);
  return made;
}

void MainWindow::make_docks() {
  stages_ = new StagePanel(workspace_, dialogs_);
  QDockWidget* stages = dock(QStringLiteral("stageDock"), tr("Stages"), stages_, Qt::LeftDockWidgetArea);
  QDockWidget* rig = dock(QStringLiteral("rigDock"), tr("Skeleton"), new RigPanel(workspace_), Qt::RightDockWidgetArea);
  QDockWidget* weights = dock(QStringLiteral("weightDock"), tr("Weights"), new WeightPanel(workspace_, *viewport_), Qt::RightDockWidgetArea);
  QDockWidget* motion = dock(QStringLiteral("motionDock"), tr("Motion"), new MotionPanel(workspace_), Qt::RightDockWidgetArea);
  tabifyDockWidget(rig, weights);
  tabifyDockWidget(weights, motion);
  auto* field = new FieldPanel(workspace_.field, dialogs_);
  field_dock_ = dock(QStringLiteral("fieldDock"), tr("Field"), field, Qt::RightDockWidgetArea);
  tabifyDockWidget(motion, field_dock_);
  connect(field, &FieldPanel::view_wanted, this, [this](int key) {
    FieldPathKeys& path = workspace_.field.path;
    const Camera now = viewport_->frame(viewport_->size()).camera;
    key < 0 ? path.add(now) : path.replace(key, now);
  });
  connect(field, &FieldPanel::look_wanted, this, [this](int key) { viewport_->look_as(workspace_.field.path.keys().at(static_cast<std::size_t>(key))); });
  connect(field, &FieldPanel::mesh_wanted, this, [this] {
    leave_then([this] { workspace_.field.make_mesh([this](Mesh mesh) { workspace_.take_mesh(std::move(mesh)); }); });
  });
  rig->raise();
  QDockWidget* timeline = dock(QStringLiteral("timelineDock"), tr("Timeline"), new Timeline(workspace_), Qt::BottomDockWidgetArea);
  QDockWidget* issues = dock(QStringLiteral("issueDock"), tr("Issues"), new IssuePanel(workspace_.issues), Qt::BottomDockWidgetArea);
  setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  splitDockWidget(timeline, issues, Qt::Vertical);
  resizeDocks({stages, rig}, {300, 230}, Qt::Horizontal);
  resizeDocks({timeline, issues}, {120, 120}, Qt::Vertical);
  connect(stages_, &StagePanel::masks_wanted, this, [this] { actions_.find(QStringLiteral("edit.masks"))->trigger(); });
  connect(stages_, &StagePanel::transfer_wanted, this, [this] { actions_.find(QStringLiteral("stage.compare"))->trigger(); });
  connect(stages_, &StagePanel::export_wanted, this, [this] { actions_.find(QStringLiteral("file.export"))->trigger(); });
}

void MainWindow::make_file_actions() {
  actions_.add(QStringLiteral("file.open"), tr("&Open…"), QKeySequence::Open, [this] {
    const QString file = dialogs_.open_file(this, tr("Open a video, a model or a project"), {});
    if (!file.isEmpty()) open(to_path(file));
  });
  actions_.add(QStringLiteral("file.open_folder"), tr("Open &folder…"), QKeySequence(QStringLiteral("Ctrl+Shift+O")), [this] {
    const QString folder = dialogs_.open_folder(this, tr("Open a folder of pictures or meshes"));
    if (!folder.isEmpty()) open(to_path(folder));
  });
  actions_.add(QStringLiteral("file.person"), tr("&New person from words…"), QKeySequence(QStringLiteral("Ctrl+N")), [this] {
    auto* dialog = new PersonDialog(dialogs_, [this](const PersonWish& wish) { leave_then([this, wish] { workspace_.make_person(wish); }); }, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
  });
  actions_.add(QStringLiteral("file.field"), tr("Neural &field of a place…"), QKeySequence(QStringLiteral("Ctrl+Shift+N")), [this] { show_field(); });
  actions_.add(QStringLiteral("file.save"), tr("&Save project"), QKeySequence::Save, [this] { save(false); });
  actions_.add(QStringLiteral("file.save_as"), tr("Save project &as…"), QKeySequence(QStringLiteral("Ctrl+Shift+S")), [this] { save(true); });
  actions_.add(QStringLiteral("file.template"), tr("Keep the options as a &template…"), {}, [this] {
    bool ok = false;
    const QString name = QInputDialog::getText(this, tr("Keep the options as a template"), tr("Name"), QLineEdit::Normal, {}, &ok);
    if (!ok) return;
    if (const auto kept = workspace_.keep_template(name); !kept) workspace_.issues.add(Issues::Severity::kError, QString::fromStdString(kept.error().message));
  });
  actions_.add(QStringLiteral("file.export"), tr("&Export…"), QKeySequence(QStringLiteral("Ctrl+E")), [this] {
    auto* dialog = new ExportDialog(workspace_, dialogs_, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
  });
  actions_.add(QStringLiteral("file.batch"), tr("&Batch of many files…"), QKeySequence(QStringLiteral("Ctrl+B")), [this] {
    batch_window().show();
    batch_window().activateWindow();
  });
  actions_.add(QStringLiteral("file.quit"), tr("&Quit"), QKeySequence::Quit, [this] { close(); });
}

void MainWindow::make_edit_actions() {
  QUndoStack* history = workspace_.document.history();
  QAction* undo = actions_.add(QStringLiteral("edit.undo"), tr("&Undo"), QKeySequence::Undo, [history] { history->undo(); });
  QAction* redo = actions_.add(QStringLiteral("edit.redo"), tr("&Redo"), QKeySequence::Redo, [history] { history->redo(); });
  const auto follow = [this, history, undo, redo] {
    undo->setEnabled(history->canUndo());
    redo->setEnabled(history->canRedo());
    undo->setText(history->canUndo() ? tr("&Undo: %1").arg(history->undoText()) : tr("&Undo"));
    redo->setText(history->canRedo() ? tr("&Redo: %1").arg(history->redoText()) : tr("&Redo"));
  };
  connect(history, &QUndoStack::indexChanged, this, follow);
  follow();
  actions_.add_toggle(QStringLiteral("edit.joints"), tr("&Move joints"), QKeySequence(QStringLiteral("J")), false,
                      [this](bool on) { viewport_->set_edit_joints(on); });
  actions_.add(QStringLiteral("edit.masks"), tr("Look at and &paint masks…"), QKeySequence(QStringLiteral("Ctrl+M")), [this] {
    auto* editor = new MaskEditor(workspace_, dialogs_, this);
    editor->setAttribute(Qt::WA_DeleteOnClose);
    editor->open();
  });
  actions_.add(QStringLiteral("edit.preferences"), tr("P&references…"), QKeySequence(QStringLiteral("Ctrl+,")), [this] {
    auto* preferences = new Preferences(settings_, actions_, this);
    preferences->setAttribute(Qt::WA_DeleteOnClose);
    preferences->open();
  });
  actions_.add(QStringLiteral("edit.search"), tr("&Find an action…"), QKeySequence(QStringLiteral("Ctrl+K")), [this] {
    auto* search = new ActionSearch(actions_, this);
    search->setAttribute(Qt::WA_DeleteOnClose);
    search->open();
  });
}

void MainWindow::change_view(const std::function<void(ViewSettings&)>& change) {
  ViewSettings view = viewport_->view();
  change(view);
  viewport_->set_view(view);
}

void MainWindow::make_view_actions() {
  auto* looks = new QActionGroup(this);
  const auto look = [&](const QString& id, const QString& text, SurfaceLook value, const QKeySequence& keys) {
    QAction* action = actions_.add_toggle(id, text, keys, viewport_->view().look == value, [this, value](bool on) {
      if (on) change_view([value](ViewSettings& v) { v.look = value; });
    });
    looks->addAction(action);
  };
  look(QStringLiteral("view.textured"), tr("&Textured"), SurfaceLook::kTextured, QKeySequence(QStringLiteral("T")));
  look(QStringLiteral("view.plain"), tr("&Shape only"), SurfaceLook::kPlain, QKeySequence(QStringLiteral("P")));
  look(QStringLiteral("view.weights"), tr("Skin &weights"), SurfaceLook::kWeights, QKeySequence(QStringLiteral("W")));
  const auto toggle = [&](const QString& id, const QString& text, bool ViewSettings::*field, const QKeySequence& keys) {
    actions_.add_toggle(id, text, keys, viewport_->view().*field,
                        [this, field](bool on) { change_view([&](ViewSettings& v) { v.*field = on; }); });
  };
  toggle(QStringLiteral("view.wireframe"), tr("W&ireframe"), &ViewSettings::wireframe, QKeySequence(QStringLiteral("Z")));
  toggle(QStringLiteral("view.skeleton"), tr("S&keleton"), &ViewSettings::skeleton, QKeySequence(QStringLiteral("K")));
  toggle(QStringLiteral("view.names"), tr("Joint &names"), &ViewSettings::names, QKeySequence(QStringLiteral("N")));
  toggle(QStringLiteral("view.ground"), tr("&Ground"), &ViewSettings::ground, QKeySequence(QStringLiteral("G")));
  toggle(QStringLiteral("view.trajectory"), tr("Pat&h of the chosen joint"), &ViewSettings::trajectory, QKeySequence(QStringLiteral("H")));
  toggle(QStringLiteral("view.ghosts"), tr("Gh&osts before and after"), &ViewSettings::ghosts, QKeySequence(QStringLiteral("Shift+G")));
  toggle(QStringLiteral("view.field_cameras"), tr("Cameras of the &field's pictures"), &ViewSettings::field_cameras, {});
  toggle(QStringLiteral("view.through_camera"), tr("Through the clip's &camera"), &ViewSettings::through_camera, QKeySequence(QStringLiteral("C")));
  actions_.add_toggle(QStringLiteral("view.camera_path"), tr("Way of the clip's c&amera"), QKeySequence(QStringLiteral("Shift+C")), false, [this](bool on) {
    if (on == viewport_->view().camera_path) return;  // it was restored
    change_view([on](ViewSettings& v) { v.camera_path = on; });
    viewport_->frame_all();  // cameras stand far away
  });
  toggle(QStringLiteral("view.picture_beside"), tr("The clip's picture &beside"), &ViewSettings::picture_beside, QKeySequence(QStringLiteral("B")));
  const auto compare = [&](const QString& id, const QString& text, const QString& keys, bool ViewSettings::*field) {
    actions_.add_toggle(id, text, QKeySequence(keys), false, [this, field](bool on) {
      if (on) workspace_.find_film_masks();
      change_view([&](ViewSettings& v) {
        v.*field = on;
        if (on) v.through_camera = true;
      });
    });
  };
  compare(QStringLiteral("view.silhouettes"), tr("Silhouette out&lines"), QStringLiteral("Shift+E"), &ViewSettings::silhouettes);
  compare(QStringLiteral("view.error"), tr("Silhouette &error"), QStringLiteral("E"), &ViewSettings::silhouette_error);
  connect(viewport_, &Viewport::view_changed, this, [this] {
    for (const auto& [id, field] : {std::pair{"view.wireframe", &ViewSettings::wireframe}, {"view.skeleton", &ViewSettings::skeleton},
                                    {"view.names", &ViewSettings::names}, {"view.ground", &ViewSettings::ground},
                                    {"view.trajectory", &ViewSettings::trajectory}, {"view.ghosts", &ViewSettings::ghosts},
                                    {"view.camera_path", &ViewSettings::camera_path}, {"view.picture_beside", &ViewSettings::picture_beside},
                                    {"view.silhouettes", &ViewSettings::silhouettes}, {"view.error", &ViewSettings::silhouette_error},
                                    {"view.through_camera", &ViewSettings::through_camera}})
      actions_.find(QLatin1String(id))->setChecked(viewport_->view().*field);
    if (viewport_->view().look == SurfaceLook::kPlain) actions_.find(QStringLiteral("view.plain"))->setChecked(true);
    actions_.find(QStringLiteral("edit.joints"))->setChecked(viewport_->edit_joints());
    if (viewport_->view().look == SurfaceLook::kWeights) actions_.find(QStringLiteral("view.weights"))->setChecked(true);
  });
  actions_.add(QStringLiteral("view.frame"), tr("&Frame everything"), QKeySequence(QStringLiteral("F")), [this] { viewport_->frame_all(); });
  actions_.add(QStringLiteral("view.frame_joint"), tr("Frame the chosen &joint"), QKeySequence(QStringLiteral("Shift+F")), [this] { viewport_->frame_joint(); });
  const auto from = [&](const QString& id, const QString& text, const QString& keys, float azimuth, float elevation) {
    actions_.add(id, text, QKeySequence(keys), [this, azimuth, elevation] { viewport_->look_from(azimuth, elevation); });
  };
  from(QStringLiteral("view.front"), tr("From the front"), QStringLiteral("1"), 0, 0);
  from(QStringLiteral("view.back"), tr("From behind"), QStringLiteral("Ctrl+1"), 2 * kQuarter, 0);
  from(QStringLiteral("view.left"), tr("From its left"), QStringLiteral("3"), kQuarter, 0);
  from(QStringLiteral("view.right"), tr("From its right"), QStringLiteral("Ctrl+3"), -kQuarter, 0);
  from(QStringLiteral("view.above"), tr("From above"), QStringLiteral("7"), 0, 0.99f * kQuarter);
  from(QStringLiteral("view.three_quarter"), tr("Three-quarter view"), QStringLiteral("0"), 0.6f, 0.25f);
}

void MainWindow::make_look_actions() {
  auto* themes = new QActionGroup(this);
  const QString current = settings_.value(kThemeKey, QStringLiteral("system")).toString();
  for (const auto& [name, text] : {std::pair{"system", tr("Theme: as the system")}, {"light", tr("Theme: light")}, {"dark", tr("Theme: dark")}}) {
    const QString theme = QLatin1String(name);
    QAction* action = actions_.add_toggle(QStringLiteral("theme.") + theme, text, {}, current == theme, [this, theme](bool on) {
      if (on) set_theme(theme);
    });
    themes->addAction(action);
  }
  auto* renderers = new QActionGroup(this);
  const QString renderer_now = settings_.value(kRendererKey, QStringLiteral("auto")).toString();
  for (const auto& [name, text] : {std::pair{"auto", tr("Drawn by: OpenGL, or the processor")}, {"open3d", tr("Drawn by: Open3D, with shadows")},
                                   {"processor", tr("Drawn by: the processor")}}) {
    const QString renderer = QLatin1String(name);
    QAction* action = actions_.add_toggle(QStringLiteral("renderer.") + renderer, text, {}, renderer_now == renderer, [this, renderer](bool on) {
      if (!on) return;
      settings_.setValue(kRendererKey, renderer);
      viewport_->set_renderer(renderer);
    });
    renderers->addAction(action);
  }
  if (renderer_now != QLatin1String("auto")) viewport_->set_renderer(renderer_now);
  auto* languages = new QActionGroup(this);
  const QString language_now = settings_.value(kLanguageKey, QStringLiteral("system")).toString();
  // Each in its own words, for whoever is lost in another.
  for (const auto& [code, text] : {std::pair{"system", tr("Language: as the system")}, {"en", QStringLiteral("Language: English")},
                                   {"de", QStringLiteral("Sprache: Deutsch")}, {"zh", QStringLiteral("语言：中文")}}) {
    const QString language = QLatin1String(code);
    QAction* action = actions_.add_toggle(QStringLiteral("language.") + language, text, {}, language_now == language, [this, language](bool on) {
      if (!on) return;
      settings_.setValue(kLanguageKey, language);
      workspace_.issues.add(Issues::Severity::kInfo, tr("The language changes when the program starts next"));
    });
    languages->addAction(action);
  }
}

void MainWindow::set_theme(const QString& name) {
  settings_.setValue(kThemeKey, name);
  apply_theme(name);
}

void MainWindow::make_clip_actions() {
  Playback& playback = workspace_.playback;
  actions_.add(QStringLiteral("clip.play"), tr("&Play or pause"), QKeySequence(QStringLiteral("Space")), [&playback] { playback.set_playing(!playback.playing()); });
  actions_.add(QStringLiteral("clip.back"), tr("One frame &back"), QKeySequence(QStringLiteral(",")), [&playback] { playback.step(-1); });
  actions_.add(QStringLiteral("clip.forward"), tr("One frame &on"), QKeySequence(QStringLiteral(".")), [&playback] { playback.step(1); });
  actions_.add(QStringLiteral("clip.range_start"), tr("Play from &here"), QKeySequence(QStringLiteral("I")), [&playback] { playback.set_range(playback.time(), std::max(playback.time(), playback.last())); });
  actions_.add(QStringLiteral("clip.range_end"), tr("Play up to h&ere"), QKeySequence(QStringLiteral("O")), [&playback] { playback.set_range(std::min(playback.first(), playback.time()), playback.time()); });
  actions_.add(QStringLiteral("clip.range_all"), tr("Play the &whole clip"), {}, [&playback] { playback.set_range(0, playback.duration()); });
  actions_.add(QStringLiteral("clip.copy_pose"), tr("&Copy the pose"), QKeySequence::Copy, [this] { workspace_.copy_pose(); });
  actions_.add(QStringLiteral("clip.paste_pose"), tr("Paste the pose as a &key"), QKeySequence::Paste, [this] { workspace_.paste_pose(); });
  actions_.add(QStringLiteral("clip.delete_keys"), tr("&Delete the chosen keys"), {}, [this] { workspace_.delete_keys(); });
  actions_.add(QStringLiteral("clip.rename"), tr("&Rename clip…"), {}, [this] {
    bool ok = false;
    const QString name = QInputDialog::getText(this, tr("Rename clip"), tr("Name"), QLineEdit::Normal,
                                               QString::fromStdString(workspace_.clip()->name), &ok);
    if (ok) workspace_.rename_clip(workspace_.clip_index(), name);
  });
  actions_.add(QStringLiteral("clip.remove"), tr("Re&move clip"), {}, [this] { workspace_.remove_clip(workspace_.clip_index()); });
}

void MainWindow::make_stage_actions() {
  const auto run = [&](const QString& id, const QString& text, const QKeySequence& keys, Stage stage) {
    actions_.add(id, text, keys, [this, stage] {
      stages_->choose(stage);
      workspace_.run(stage);
    });
  };
  run(QStringLiteral("stage.reconstruct"), tr("&Reconstruct"), QKeySequence(QStringLiteral("Ctrl+R")), Stage::kFrames);
  run(QStringLiteral("stage.rig"), tr("Make a &skeleton"), {}, Stage::kRig);
  run(QStringLiteral("stage.transfer"), tr("&Transfer the motion"), QKeySequence(QStringLiteral("Ctrl+T")), Stage::kTransfer);
  actions_.add(QStringLiteral("stage.compare"), tr("Both &sides of the transfer…"), QKeySequence(QStringLiteral("Ctrl+Shift+T")), [this] {
    stages_->choose(Stage::kTransfer);
    auto* editor = new TransferEditor(workspace_, dialogs_, this);
    editor->setAttribute(Qt::WA_DeleteOnClose);
    editor->show();
  });
  actions_.add(QStringLiteral("stage.from_here"), tr("Run from the &chosen stage on"), QKeySequence(QStringLiteral("Ctrl+Shift+R")),
               [this] { workspace_.run(stages_->chosen(), true); });
  actions_.add(QStringLiteral("stage.pause"), tr("&Pause or go on"), QKeySequence(QStringLiteral("Ctrl+Shift+.")),
               [this] { workspace_.job.set_paused(!workspace_.job.paused()); });
  actions_.add(QStringLiteral("stage.stop"), tr("S&top"), QKeySequence(QStringLiteral("Ctrl+.")), [this] { workspace_.job.cancel(); });
}

void MainWindow::make_menus() {
  const auto menu = [&](const QString& title, const QString& prefix) {
    QMenu* made = menuBar()->addMenu(title);
    for (QAction* action : actions_.all())
      if (action->objectName().startsWith(prefix)) made->addAction(action);
    return made;
  };
  QMenu* file = menu(tr("&File"), QStringLiteral("file."));
  recent_menu_ = new QMenu(tr("Open &recent"), file);
  file->insertMenu(actions_.find(QStringLiteral("file.save")), recent_menu_);
  template_menu_ = new QMenu(tr("Options of a te&mplate"), file);
  file->insertMenu(actions_.find(QStringLiteral("file.template")), template_menu_);
  file->insertSeparator(actions_.find(QStringLiteral("file.quit")));
  menu(tr("&Edit"), QStringLiteral("edit."));
  QMenu* view = menu(tr("&View"), QStringLiteral("view."));
  view->insertSeparator(actions_.find(QStringLiteral("view.wireframe")));
  view->insertSeparator(actions_.find(QStringLiteral("view.frame")));
  view->addSeparator();
  for (QAction* action : actions_.all())
    if (action->objectName().startsWith(QStringLiteral("renderer."))) view->addAction(action);
  menu(tr("&Clip"), QStringLiteral("clip."));
  menu(tr("&Stages"), QStringLiteral("stage."));
  QMenu* window = menu(tr("&Window"), QStringLiteral("theme."));
  window->addSeparator();
  for (QAction* action : actions_.all())
    if (action->objectName().startsWith(QStringLiteral("language."))) window->addAction(action);
  window->addSeparator();
  for (QDockWidget* d : findChildren<QDockWidget*>()) window->addAction(d->toggleViewAction());
}

void MainWindow::fill_recent() {
  recent_menu_->clear();
  for (const QString& path : workspace_.recent_files())
    recent_menu_->addAction(path, this, [this, path] { open(to_path(path)); });
  recent_menu_->setEnabled(!recent_menu_->isEmpty());
}

void MainWindow::fill_templates() {
  template_menu_->clear();
  for (const ProjectTemplate& one : workspace_.templates())
    template_menu_->addAction(one.title, this, [this, id = one.id] { workspace_.use_template(id); });
}

void MainWindow::show_docks(bool on) {
  if (docks_shown_ == on) return;
  docks_shown_ = on;
  const QByteArray layout = settings_.value(kLayoutKey).toByteArray();
  if (!on || layout.isEmpty() || !restoreState(layout, kLayoutVersion)) {
    for (QDockWidget* d : findChildren<QDockWidget*>()) d->setVisible(on);
    findChild<QDockWidget*>(QStringLiteral("rigDock"))->raise();
  }
  if (!workspace_.field.scene()) field_dock_->hide();
}

void MainWindow::show_field() {
  field_shown_ = true;
  update_state();
  field_dock_->show();
  field_dock_->raise();
}

void MainWindow::update_state() {
  const DocumentState& state = workspace_.state();
  const bool something = field_shown_ || state.character || !workspace_.footage().pictures.empty() || !state.source.empty();
  pages_->setCurrentIndex(something ? 1 : 0);
  const QString title = workspace_.document.title();
  setWindowTitle(title.isEmpty() ? QStringLiteral("MagicPose4D Studio[*]") : title + QStringLiteral("[*] – MagicPose4D Studio"));
  setWindowModified(workspace_.document.dirty());
  const bool running = workspace_.job.running();
  const bool character = static_cast<bool>(state.character);
  const bool jointed = character && state.character.skeleton->size() > 0;
  const std::vector<Stage>& stages = workspace_.stages();
  const auto can = [&](Stage stage) { return !running && std::find(stages.begin(), stages.end(), stage) != stages.end(); };
  const auto enable = [&](const char* id, bool on) { actions_.find(QLatin1String(id))->setEnabled(on); };
  enable("file.save", something);
  enable("file.save_as", something);
  enable("file.template", something);
  template_menu_->setEnabled(something);
  enable("file.export", character && !running);
  enable("edit.joints", jointed);
  enable("edit.masks", !running && !workspace_.footage().pictures.empty() && !state.source.empty());
  const bool filmed = state.film && !workspace_.footage().pictures.empty();
  for (const char* id : {"view.through_camera", "view.camera_path", "view.silhouettes", "view.error"}) enable(id, filmed);
  enable("view.picture_beside", character && !workspace_.footage().pictures.empty());
  enable("view.frame_joint", jointed && workspace_.selected_joint() >= 0);
  enable("clip.copy_pose", workspace_.clip() != nullptr);
  enable("clip.paste_pose", workspace_.clip() != nullptr && workspace_.can_paste_pose());
  enable("clip.delete_keys", workspace_.clip() && !workspace_.chosen_keys().empty());
  enable("clip.rename", workspace_.clip() != nullptr);
  enable("clip.remove", workspace_.clip() != nullptr);
  enable("stage.reconstruct", can(Stage::kFrames));
  enable("stage.rig", can(Stage::kRig));
  enable("stage.transfer", can(Stage::kTransfer) && !state.motion.empty());
  enable("stage.compare", jointed || (character && state.character.mesh->faces.rows() > 0));
  enable("stage.from_here", can(Stage::kFrames) && is_reconstruction(stages_->chosen()));
  enable("stage.pause", running);
  enable("stage.stop", running);
  show_docks(something);
  job_->setText(running ? workspace_.job.name() : QString());
  const int errors = workspace_.issues.count(Issues::Severity::kError), warnings = workspace_.issues.count(Issues::Severity::kWarning);
  issue_count_->setText(tr("Errors: %1, warnings: %2").arg(errors).arg(warnings));
  backend_->setText(viewport_->backend());
  backend_->setMinimumWidth(backend_->sizeHint().width());
  statusBar()->layout()->activate();
}

void MainWindow::keep_session() {
  const DocumentState& state = workspace_.state();
  const std::filesystem::path& file = workspace_.document.path().empty() ? state.source : workspace_.document.path();
  const ViewCamera& camera = viewport_->camera();
  write_session(settings_, {file, workspace_.clip_index(), workspace_.playback.time(), workspace_.selected_joint(),
                            static_cast<int>(stages_->chosen()), camera, viewport_->view()});
}

void MainWindow::restore_session() {
  if (!settings_.value(kRestoreKey, true).toBool() || !workspace_.recoverable().empty()) return;
  const Session last = read_session(settings_);
  std::error_code error;
  if (last.file.empty() || !std::filesystem::exists(last.file, error)) return;
  connect(&workspace_.job, &Job::finished, this, [this, last](const Error* failed) {
    if (failed) return;
    if (last.clip < static_cast<int>(workspace_.state().character.clips.size())) workspace_.select_clip(last.clip);
    workspace_.playback.seek(last.time);
    if (workspace_.state().character && last.joint < workspace_.state().character.skeleton->size()) workspace_.select_joint(last.joint);
    stages_->choose(static_cast<Stage>(last.stage));
    viewport_->camera() = last.camera;
    viewport_->set_view(last.view);
  }, Qt::SingleShotConnection);
  workspace_.open(last.file);
}

void MainWindow::leave_then(const std::function<void()>& then) {
  if (!workspace_.document.dirty()) return then();
  switch (dialogs_.ask_save(this, workspace_.document.title())) {
    case SaveChoice::kCancel: return;
    case SaveChoice::kDiscard: return then();
    case SaveChoice::kSave: break;
  }
  connect(&workspace_, &Workspace::saved, this, [then](bool ok) {
    if (ok) then();
  }, Qt::SingleShotConnection);
  save(false);
}

void MainWindow::open(const std::filesystem::path& path) {
  leave_then([this, path] { workspace_.open(path); });
}

void MainWindow::save(bool ask_where) {
  std::filesystem::path path = workspace_.document.path();
  if (ask_where || path.empty()) {
    const DocumentState& state = workspace_.state();
    const std::string name = state.source.empty() ? state.character.name : state.source.stem().string();
    const std::filesystem::path proposal = state.source.parent_path() / (name + kProjectEnding);
    const QString chosen = dialogs_.save_file(this, tr("Save project"), to_qstring(path.empty() ? proposal : path), project_filter());
    if (chosen.isEmpty()) return;
    path = to_path(chosen);
    if (path.extension() != kProjectEnding) path += kProjectEnding;
  }
  workspace_.save(path);
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (leaving_ && idle()) return event->accept();
  event->ignore();
  if (leaving_) return;
  leave_then([this] {
    leaving_ = true;
    settings_.setValue(kGeometryKey, saveGeometry());
    keep_session();
    if (docks_shown_ == true) settings_.setValue(kLayoutKey, saveState(kLayoutVersion));
    // Work ends within a moment of the cancel; the window stays until then, without waiting in it.
    setEnabled(false);
    workspace_.job.cancel();
    batch_.job.cancel();
    for (Job* job : {&workspace_.job, &workspace_.saver, &batch_.job}) connect(job, &Job::finished, this, &MainWindow::leave_when_idle);
    QMetaObject::invokeMethod(this, &MainWindow::leave_when_idle, Qt::QueuedConnection);
  });
}

bool MainWindow::idle() const { return !workspace_.job.running() && !workspace_.saver.running() && !batch_.job.running(); }

void MainWindow::leave_when_idle() {
  if (!idle()) return;
  workspace_.forget_autosave();
  close();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (!urls.isEmpty() && urls.front().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  std::vector<std::filesystem::path> paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) paths.push_back(to_path(url.toLocalFile()));
  if (paths.size() == 1) return open(paths.front());
  batch_window().show();
  if (!batch_.job.running()) batch_window().add(paths);
}

BatchWindow& MainWindow::batch_window() {
  if (!batch_window_) {
    batch_window_ = new BatchWindow(workspace_, batch_, dialogs_, this);
    connect(batch_window_, &BatchWindow::open_wanted, this, [this](const QString& path) { open(to_path(path)); });
  }
  return *batch_window_;
}

}  // namespace mp4d
