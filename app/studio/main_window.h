#pragma once
#include "app/studio/actions.h"
#include "app/studio/batch_model.h"
#include "app/studio/dialogs.h"
#include "app/studio/viewport.h"
#include "app/studio/workspace.h"
#include <QElapsedTimer>
#include <QMainWindow>
#include <QTimer>
#include <optional>

class QLabel;
class QMenu;
class QStackedWidget;

namespace mp4d {

class BatchWindow;
class StagePanel;

/// Setting: "system" or a language's code.
inline constexpr const char* kLanguageKey = "language";

/// The window: docks around the view, menus made from the actions. `workspace` must outlive it. Dialogs are given, so that
/// tests bring their own.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow(Workspace& workspace, Dialogs dialogs);
  ~MainWindow() override;

  Workspace& workspace() { return workspace_; }
  Viewport& viewport() { return *viewport_; }
  Actions& actions() { return actions_; }
  BatchModel& batch() { return batch_; }
  /// Opens what was open when the program last ended, where it stood, if the user wants that and no crash left anything.
  void restore_session();

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  void make_docks();
  void make_file_actions();
  void make_edit_actions();
  void make_view_actions();
  void make_look_actions();
  void make_clip_actions();
  void make_stage_actions();
  void make_menus();
  void fill_recent();
  void fill_templates();
  void update_state();
  void show_docks(bool on);
  /// True if what is open may be left: saved, or not wanted. `then` runs once that is so, maybe after a save.
  void leave_then(const std::function<void()>& then);
  bool idle() const;
  void leave_when_idle();
  void open(const std::filesystem::path& path);
  BatchWindow& batch_window();
  void show_field();
  void keep_session();
  void save(bool ask_where);
  void change_view(const std::function<void(ViewSettings&)>& change);
  void set_theme(const QString& name);
  void tick();
  QDockWidget* dock(const QString& name, const QString& title, QWidget* content, Qt::DockWidgetArea area);

  Workspace& workspace_;
  QSettings& settings_;
  Dialogs dialogs_;
  Actions actions_;
  BatchModel batch_;
  BatchWindow* batch_window_ = nullptr;
  Viewport* viewport_ = nullptr;
  StagePanel* stages_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  QDockWidget* field_dock_ = nullptr;
  bool field_shown_ = false;  ///< it was asked for since the start
  QMenu *recent_menu_ = nullptr, *template_menu_ = nullptr;
  QLabel *backend_ = nullptr, *issue_count_ = nullptr, *job_ = nullptr;
  QTimer frame_timer_, autosave_timer_;
  QElapsedTimer clock_;
  std::optional<bool> docks_shown_;
  bool leaving_ = false;
};

}  // namespace mp4d
